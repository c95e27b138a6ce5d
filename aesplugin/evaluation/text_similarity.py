"""How alike texts are: shared passages, and BLEU, ROUGE-L and CIDEr by the field's own library."""

import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from aesplugin.errors import DataError, UsageError
from aesplugin.evaluation.inputs import read_json

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
        raise DataError(f"{path} contains no critique of {RUN} words or more")
    return texts


References = Mapping[str, Sequence[str]]


def measure_likeness(comments: Mapping[str, str], references: References) -> dict[str, float]:
    """BLEU-1..4 (corpus), ROUGE-L (mean) and CIDEr (CIDEr-D, mean, 0..10) of one comment a photo.

    `references` name photos of `comments`, at least one, each with at least one text (`of_photos`
    gives such). CIDEr weighs words by how few photos' references have them, so it is NaN for a
    single photo.

    Raises:
        UsageError: the library is not installed.
    """
    candidates = {name: [_words(comments[name])] for name in references}
    wanted = {name: [_words(text) for text in texts] for name, texts in references.items()}
    bleu, _ = _metric("bleu", "Bleu", 4).compute_score(wanted, candidates, verbose=0)
    rouge, _ = _metric("rouge", "Rouge").compute_score(wanted, candidates)
    found = {f"BLEU-{number}": float(value) for number, value in enumerate(bleu, start=1)}
    cider = float("nan")
    if len(wanted) > 1:
        cider = float(_metric("cider", "Cider").compute_score(wanted, candidates)[0])
    return found | {"ROUGE-L": float(rouge), "CIDEr": cider}


def of_photos(photos: Iterable[str], references: References) -> dict[str, Sequence[str]]:
    """The references of photos named "folder/file"; found by that name or by the file's alone.

    Raises:
        DataError: none of the photos has any.
    """
    found = {
        photo: references.get(photo) or references.get(photo.rpartition("/")[2], ())
        for photo in photos
    }
    kept = {photo: texts for photo, texts in found.items() if texts}
    if not kept:
        raise DataError(
            "none of these photos has a reference comment: use their file names as names"
        )
    return kept


def check_likeness() -> None:
    """Before a long run: is the library there?

    Raises:
        UsageError: it is not installed.
    """
    _metric("cider", "Cider")


def read_references(path: Path) -> dict[str, list[str]]:
    """People's comments by the photo's file name: {"name.jpg": ["…", "…"]}.

    Raises:
        DataError: it cannot be read, or has another layout.
    """
    listed = read_json(path)
    if not isinstance(listed, dict) or not listed:
        raise DataError(f"{path} must be an object: photo name to a list of comments")
    return {name: _texts(path, name, texts) for name, texts in listed.items()}


def _texts(path: Path, name: str, texts: Any) -> list[str]:
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise DataError(f"{path}: {name!r} needs a list of comments as text")
    return [text for text in texts if _words(text)]


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower()))


def _metric(part: str, name: str, *arguments: Any) -> Any:
    try:
        module = importlib.import_module(f"pycocoevalcap.{part}.{part}")
    except ModuleNotFoundError:
        raise UsageError(
            "comments are compared with references by pycocoevalcap: pip install pycocoevalcap"
        ) from None
    return getattr(module, name)(*arguments)
