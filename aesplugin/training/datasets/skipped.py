"""Rows that cannot be used: each reported in one line, all of them counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, TypeVar

Say = Callable[[str], None]
Kind = Literal["malformed", "absent", "unlabelled", "repeated"]

_LABELS: Final[dict[Kind, str]] = {
    "malformed": "malformed",
    "absent": "without a picture",
    "unlabelled": "without a label",
    "repeated": "named twice",
}
_REPORTED: Final = 10  # lines of one kind; the rest are only counted

_Row = TypeVar("_Row")
_Made = TypeVar("_Made")


class Skip(Exception):
    """This row cannot be used; `str()` says why, without saying where."""

    def __init__(self, kind: Kind, why: str) -> None:
        super().__init__(why)
        self.kind = kind


class Skipped:
    """Counts what was left out of one set, and reports the first of each kind."""

    def __init__(self, name: str, say: Say) -> None:
        self.counts: Counter[Kind] = Counter()
        self._name, self._say = name, say

    def keep(
        self, rows: Iterable[tuple[str, _Row]], make: Callable[[_Row], _Made]
    ) -> Iterator[_Made]:
        """`make(row)` of every (where, row), without those that raise `Skip`."""
        for where, row in rows:
            try:
                made = make(row)
            except Skip as skip:
                self.note(where, skip)
            else:
                yield made

    def note(self, where: str, skip: Skip) -> None:
        """Counts one row, and reports it unless many like it were."""
        self.counts[skip.kind] += 1
        if self.counts[skip.kind] <= _REPORTED:
            self.report(f"{where}: {skip}")

    def report(self, line: str) -> None:
        """Prints a line about this set."""
        self._say(f"{self._name}: {line}")

    def close(self, kept: int) -> None:
        """Reports how many rows were left out, if any were."""
        if total := self.counts.total():
            self.report(f"{total} of {kept + total} rows skipped ({self.summary()})")

    def summary(self) -> str:
        """The counts as text: "2 malformed, 1 without a picture"."""
        found = (
            f"{self.counts[kind]} {word}" for kind, word in _LABELS.items() if self.counts[kind]
        )
        return ", ".join(found) or "nothing skipped"
