"""Reads one data set and says what it gives: python -m aesplugin.training.datasets NAME FOLDER."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from aesplugin.errors import AesError, UsageError
from aesplugin.training.datasets.base import (
    SPLITS,
    HasCaptions,
    HasRaters,
    HasRatings,
    Split,
)
from aesplugin.training.datasets.load import load_captioned, load_personal, load_rated
from aesplugin.training.datasets.named import NamedSet, dataset_class

Out = Callable[[str], object]


def main(words: Sequence[str], say: Out) -> int:
    """Says the lines about a set; returns the exit code."""
    try:
        if len(words) != 2:
            raise UsageError("usage: python -m aesplugin.training.datasets NAME FOLDER")
        named, found = NamedSet(name=words[0], root=Path(words[1])), dataset_class(words[0])

        def tell(line: str) -> None:
            say(f"{line}\n")

        if issubclass(found, HasRatings):
            rated = load_rated([named], say=tell)
            tell(_line("rated photos", [row.split for row in rated]))
        if issubclass(found, HasCaptions):
            captioned = load_captioned([named], say=tell)
            tell(_line("photos with texts", [row.split for row in captioned]))
        if issubclass(found, HasRaters):
            personal = load_personal([named], say=tell)
            people = len({row.user for row in personal})
            tell(_line(f"ratings by {people} people", [row.split for row in personal]))
    except AesError as error:
        say(f"{error}\n")
        return error.exit_code
    return 0


def _line(what: str, splits: Sequence[Split]) -> str:
    counts = Counter(splits)
    parts = ", ".join(f"{split} {counts[split]}" for split in SPLITS)
    return f"{len(splits)} {what} ({parts})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout.write))
