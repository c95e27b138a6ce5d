"""AVA: contest photos with counts of votes 1..10 (Murray, Marchesotti & Perronnin, CVPR 2012).

Layout: `AVA.txt` (index, image, ten counts, two tags, challenge), `tags.txt` ("22 Macro"),
`aesthetics_image_lists/generic_test.jpgl` (the test photos; the others are for training),
`images/` or `image/` with `<image>.jpg`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aesplugin.training.datasets.base import RatedPhoto, Split
from aesplugin.training.datasets.pictures import Pictures
from aesplugin.training.datasets.reading import counts, lines, mean_and_spread
from aesplugin.training.datasets.skipped import Skip, Skipped
from aesplugin.training.datasets.splits import stable_split, within_train

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
            self._skipped.tell("no aesthetics_image_lists/generic_test.jpgl: split by a hash")

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
            self._skipped.tell("no tags.txt: photos have no theme")
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
