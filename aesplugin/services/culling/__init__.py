"""Which photos to keep: pure logic on scores, measurements and groups.

`propose` is the one entry. It never decides: a proposal is the machine's word, and what a person
decided is left as it is.
"""
