"""How like people's comments are: BLEU, ROUGE-L and CIDEr by the field's own library.

The library is pycocoevalcap, behind the published figures of captioning; these three of its
metrics need no Java. Its tokenizer does, so words are split here, by letters and digits in lower
case without punctuation: figures differ a little from those with the Penn Treebank tokenizer.
"""

import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aesplugin.errors import DataError, UsageError
from aesplugin.evaluation.json_file import read_json

References = Mapping[str, Sequence[str]]


def measure_likeness(comments: Mapping[str, str], references: References) -> dict[str, float]:
    """BLEU-1..4 (corpus), ROUGE-L (mean) and CIDEr (CIDEr-D, mean, 0..10) of one comment a photo.

    `references` name photos of `comments`, at least one, each with at least one text (`of_photos`
    gives such). CIDEr weighs words by how few photos' references have them, so it is NaN for a
    single photo.

    Raises:
        UsageError: the library is not installed.
    """
    said = {name: [_words(comments[name])] for name in references}
    wanted = {name: [_words(text) for text in texts] for name, texts in references.items()}
    bleu, _ = _metric("bleu", "Bleu", 4).compute_score(wanted, said, verbose=0)
    rouge, _ = _metric("rouge", "Rouge").compute_score(wanted, said)
    found = {f"BLEU-{number}": float(value) for number, value in enumerate(bleu, start=1)}
    cider = float("nan")
    if len(wanted) > 1:
        cider = float(_metric("cider", "Cider").compute_score(wanted, said)[0])
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
        raise DataError("none of these photos has a reference comment: are the names file names?")
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
