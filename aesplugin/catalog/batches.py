"""Long lists in portions that every database accepts."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
PORTION = 500  # SQLite takes 32,766 variables, PostgreSQL 65,535; short lists plan well


def portions(items: Sequence[T], size: int = PORTION) -> Iterator[list[T]]:
    """`items` in lists of at most `size`."""
    rest = iter(items)
    while portion := list(islice(rest, size)):
        yield portion
