"""AVA-Captions: comments on AVA's photos, cleaned (Ghosal, Rana & Smolic, ICCV workshops 2019).

Layout: `CLEAN_AVA_FULL_AFTER_SUBJECTIVE_CLEANING.json` (AVA-Captions) or
`CLEAN_AVA_FULL_COMMENTS.json` (before its filter), both {"images": [{"filename", "split",
"sentences": [{"raw", "clean", ..}]}]}; AVA's `images/` or `image/`. Where AVA's own list of test
photos lies beside them, those are test photos here too: the two splits were drawn apart.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aesplugin.errors import DataError
from aesplugin.training.datasets.ava import test_photos
from aesplugin.training.datasets.base import CaptionedPhoto, Split
from aesplugin.training.datasets.json_items import items
from aesplugin.training.datasets.pictures import Pictures
from aesplugin.training.datasets.skipped import Skip, Skipped
from aesplugin.training.datasets.texts import texts

_FILES: Final = (
    "CLEAN_AVA_FULL_AFTER_SUBJECTIVE_CLEANING.json",
    "CLEAN_AVA_FULL_COMMENTS.json",
)
_SPLITS: Final[dict[object, Split]] = {"train": "train", "val": "validate", "test": "test"}


class AvaCaptions:
    """Photos with comments."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._skipped = skipped
        self._pictures = Pictures(root / "images", root / "image")
        self._test = test_photos(root) or frozenset()
        found = [root / name for name in _FILES if (root / name).is_file()]
        if not found:
            raise DataError(f"{root} holds neither {' nor '.join(_FILES)}")
        self._file = found[0]

    def captioned(self) -> Iterator[CaptionedPhoto]:
        return self._skipped.keep(items(self._file, "images.item"), self._photo)

    def _photo(self, item: object) -> CaptionedPhoto:
        if not isinstance(item, dict) or not isinstance(item.get("filename"), str):
            raise Skip("malformed", "no object with a filename")
        name, sentences = item["filename"], item.get("sentences")
        if not isinstance(sentences, list):
            raise Skip("malformed", f"{name} has no list of sentences")
        if item.get("split") not in _SPLITS:
            raise Skip("malformed", f"split {item.get('split')!r} is none of train, val, test")
        said = [
            each.get("raw") or each.get("clean") for each in sentences if isinstance(each, dict)
        ]
        tested = name.removesuffix(".jpg") in self._test
        return CaptionedPhoto(
            path=self._pictures.find(name),
            captions=texts(said),
            split="test" if tested else _SPLITS[item["split"]],
        )
