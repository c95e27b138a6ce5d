"""AVA, contest photos with votes, and AVA-Captions, comments on them.

AVA: counts of votes 1..10 (Murray, Marchesotti & Perronnin, CVPR 2012). Layout: `AVA.txt` (index,
image, ten counts, two tags, challenge), `tags.txt` ("22 Macro"),
`aesthetics_image_lists/generic_test.jpgl` (the test photos; the others are for training),
`images/` or `image/` with `<image>.jpg`.

AVA-Captions: cleaned comments (Ghosal, Rana & Smolic, ICCV workshops 2019). Layout:
`CLEAN_AVA_FULL_AFTER_SUBJECTIVE_CLEANING.json` (AVA-Captions) or `CLEAN_AVA_FULL_COMMENTS.json`
(before its filter), both {"images": [{"filename", "split", "sentences": [{"raw", "clean", ..}]}]};
AVA's `images/` or `image/`. Where AVA's own list of test photos lies beside them, those are test
photos here too: the two splits were drawn apart.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aesplugin.errors import DataError
from aesplugin.training.datasets.base import (
    CaptionedPhoto,
    RatedPhoto,
    Split,
    stable_split,
    within_train,
)
from aesplugin.training.datasets.reading import (
    Pictures,
    counts,
    items,
    lines,
    mean_and_spread,
    texts,
)
from aesplugin.training.datasets.skipped import Skip, Skipped

_COLUMNS: Final = 15


class Ava:
    """Rated photos."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._root, self._skipped = root, skipped
        self._pictures = Pictures(root / "images", root / "image")

    def rated(self) -> Iterator[RatedPhoto]:
        tags = self._tags()
        test = test_photos(self._root)
        if test is None:
            self._skipped.report("no aesthetics_image_lists/generic_test.jpgl: split by a hash")

        def photo(line: str) -> RatedPhoto:
            cells = line.split()
            if len(cells) != _COLUMNS:
                raise Skip("malformed", f"{len(cells)} columns, not {_COLUMNS}")
            votes = counts(cells[2:12])
            score, spread = mean_and_spread(votes)
            return RatedPhoto(
                path=self._pictures.find(f"{cells[1]}.jpg"),
                score=score,
                spread=spread,
                votes=votes,
                theme=next((tags[tag] for tag in cells[12:14] if tag in tags), None),
                split=split_of_photo(cells[1], test),
            )

        yield from self._skipped.keep(lines(self._root / "AVA.txt"), photo)

    def _tags(self) -> dict[str, str]:
        path = self._root / "tags.txt"
        if not path.is_file():
            self._skipped.report("no tags.txt: photos have no theme")
            return {}
        return {tag: name for _, line in lines(path) for tag, _, name in [line.partition(" ")]}


def test_photos(root: Path) -> frozenset[str] | None:
    """The official test photos, by number; None where the list is not there."""
    path = root / "aesthetics_image_lists" / "generic_test.jpgl"
    if not path.is_file():
        return None
    return frozenset(line.removesuffix(".jpg") for _, line in lines(path))


def split_of_photo(image: str, test: frozenset[str] | None) -> Split:
    """The part of photo number `image`."""
    if test is None:
        return stable_split(f"ava/{image}")
    return "test" if image in test else within_train(f"ava/{image}")


_CAPTION_FILES: Final = (
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
        found = [root / name for name in _CAPTION_FILES if (root / name).is_file()]
        if not found:
            raise DataError(f"{root} contains neither {' nor '.join(_CAPTION_FILES)}")
        self._file = found[0]

    def captioned(self) -> Iterator[CaptionedPhoto]:
        return self._skipped.keep(items(self._file, "images.item"), self._photo)

    def _photo(self, item: object) -> CaptionedPhoto:
        if not isinstance(item, dict) or not isinstance(item.get("filename"), str):
            raise Skip("malformed", "not an object with a filename")
        name, sentences = item["filename"], item.get("sentences")
        if not isinstance(sentences, list):
            raise Skip("malformed", f"{name} has no list of sentences")
        if item.get("split") not in _SPLITS:
            raise Skip("malformed", f"split {item.get('split')!r} is not train, val or test")
        found = [
            each.get("raw") or each.get("clean") for each in sentences if isinstance(each, dict)
        ]
        tested = name.removesuffix(".jpg") in self._test
        return CaptionedPhoto(
            path=self._pictures.find(name),
            captions=texts(found),
            split="test" if tested else _SPLITS[item["split"]],
        )
