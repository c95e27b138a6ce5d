"""Does a text quote another? Runs of eight words that both have."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from aesplugin.errors import DataError
from aesplugin.evaluation.json_file import read_json

RUN: Final = 8  # words


def quoted(texts: Sequence[str], sources: Iterable[str]) -> list[bool]:
    """For each text, whether eight of its words in a row stand so in a source."""
    known = {run for source in sources for run in runs(source)}
    return [not known.isdisjoint(runs(text)) for text in texts]


def runs(text: str, length: int = RUN) -> set[tuple[str, ...]]:
    """All runs of `length` words, without case and punctuation."""
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def read_critiques(path: Path) -> list[str]:
    """The texts of a file in PCCD's layout: a list of objects, an aspect of critique a field.

    Raises:
        DataError: it cannot be read, or has another layout.
    """
    rows = read_json(path)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError(f"{path} must be a list of objects with critiques as text (PCCD)")
    texts = [text for row in rows for text in row.values() if isinstance(text, str)]
    if not any(runs(text) for text in texts):
        raise DataError(f"{path} holds no critique of {RUN} words or more")
    return texts
