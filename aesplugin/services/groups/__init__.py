"""Which photos belong together: pure logic on times, exposure, similarity; no I/O.

`partition` is the one entry; each kind of group has its own file and its own written rule
(docs/cull.md tells them to people).
"""
