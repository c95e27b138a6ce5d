"""Connected components: links between pairs become groups."""

from collections.abc import Iterable


def components(count: int, links: Iterable[tuple[int, int]]) -> list[list[int]]:
    """All components of 0..count-1 under `links`, singles too; each ascending, by first member."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in links:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    found: dict[int, list[int]] = {}
    for node in range(count):
        found.setdefault(root(node), []).append(node)
    return [found[first] for first in sorted(found)]
