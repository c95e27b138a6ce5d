"""PCCD: critiques in seven aspects, each with a score 1..10 (Chang, Lu & Chen, ICCV 2017).

Layout: `raw.json`, an array of {"title": the picture's name, "overall", "score": seven, "category",
and a text for each aspect}; `images/` or `images/full/`. The split files that others publish
(`guru_train.json`, `guru_validation.json`, `guru_test.json`; also `processed_` or `pccd_`) are read
instead where they lie there; without them the photos are split by a hash.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from aesplugin.training.datasets.base import CaptionedPhoto, RatedPhoto, Split, stable_split
from aesplugin.training.datasets.reading import Pictures, items, number, texts
from aesplugin.training.datasets.skipped import Skip, Skipped

ASPECTS: Final = (  # in the order of "score"
    "general_impression",
    "subject_of_photo",
    "composition",
    "use_of_camera",
    "depth_of_field",
    "color_lighting",
    "focus",
)
_SPLITS: Final[tuple[Split, ...]] = ("test", "validate", "train")
_FILES: Final = {"test": "test", "validate": "validation", "train": "train"}
_PREFIXES: Final = ("guru", "processed", "pccd")
_Record = dict[str, Any]


class Pccd:
    """Photos with critiques, and their scores."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._root, self._skipped = root, skipped
        self._pictures = Pictures(root / "images" / "full", root / "images")

    def captioned(self) -> Iterator[CaptionedPhoto]:
        for split, file in self._files():

            def photo(item: object, split: Split | None = split) -> CaptionedPhoto:
                record = _record(item)
                path, part = self._place(record, split)
                return CaptionedPhoto(path=path, captions=critiques(record), split=part)

            yield from self._skipped.keep(items(file, "item"), photo)

    def rated(self) -> Iterator[RatedPhoto]:
        for split, file in self._files():

            def photo(item: object, split: Split | None = split) -> RatedPhoto:
                record = _record(item)
                path, part = self._place(record, split)
                category = str(record.get("category") or "")
                return RatedPhoto(
                    path=path,
                    score=number(str(record.get("overall")), 1, 10),
                    theme=category.removesuffix("-photography") or None,
                    split=part,
                    attributes=_marks(record),
                )

            yield from self._skipped.keep(items(file, "item"), photo)

    def _files(self) -> list[tuple[Split | None, Path]]:
        for prefix in _PREFIXES:
            named = [(split, self._root / f"{prefix}_{_FILES[split]}.json") for split in _SPLITS]
            found: list[tuple[Split | None, Path]] = [
                (split, file) for split, file in named if file.is_file()
            ]
            if found:
                return found
        return [(None, self._root / "raw.json")]

    def _place(self, record: _Record, split: Split | None) -> tuple[Path, Split]:
        name = record.get("title") or record.get("im_name")
        if not isinstance(name, str):
            raise Skip("malformed", "it does not name an image (title)")
        return self._pictures.find(name), split or stable_split(f"pccd/{name}")


def critiques(record: _Record) -> tuple[str, ...]:
    """The texts of one record, aspect by aspect, without the empty ones.

    Raises:
        Skip: all are empty.
    """
    return texts(record.get(aspect) for aspect in ASPECTS)


def _record(item: object) -> _Record:
    if not isinstance(item, dict):
        raise Skip("malformed", "not an object")
    return item


def _marks(record: _Record) -> dict[str, float]:
    """-1..1 by aspect; an aspect that was not judged has "N"."""
    marks = record.get("score")
    if not isinstance(marks, list) or len(marks) != len(ASPECTS):
        return {}
    return {
        aspect: (number(str(mark), 1, 10, aspect) - 5.5) / 4.5
        for aspect, mark in zip(ASPECTS, marks, strict=True)
        if str(mark) != "N"
    }
