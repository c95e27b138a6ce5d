"""PARA: photos rated by 438 people, about 25 each (Yang et al., CVPR 2022).

Layout: `annotation/PARA-GiaaTest.csv` and `PARA-GiaaTrain.csv` (a row a photo: counts of ratings
1, 1.5 .. 5, means and standard deviations), `annotation/PARA-Images.csv` (a row a photo and
person), `imgs/session1/iaa_pub1_.jpg` and so on. `PARA-UserInfo.csv` is not needed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from aesplugin.training.datasets.base import (
    PersonalRating,
    RatedPhoto,
    Split,
    stable_split,
    within_train,
)
from aesplugin.training.datasets.reading import Pictures, Row, counts, number, stretch, table
from aesplugin.training.datasets.skipped import Skipped

_LOW, _HIGH = 1.0, 5.0
_PHOTO: Final = ("sessionId", "imageName")
_LEVELS: Final = tuple(f"aestheticScore_{half / 2:.1f}" for half in range(2, 11))
_ATTRIBUTES: Final = {
    "qualityScore_mean": "quality",
    "compositionScore_mean": "composition",
    "colorScore_mean": "color",
    "dofScore_mean": "depth_of_field",
    "lightScore_mean": "light",
    "contentScore_mean": "content",
}


class Para:
    """Rated photos with attributes, and who rated them."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._tables, self._skipped = root / "annotation", skipped
        self._pictures = Pictures(root / "imgs")

    def rated(self) -> Iterator[RatedPhoto]:
        return self._rated(self._skipped)

    def _rated(self, skipped: Skipped) -> Iterator[RatedPhoto]:
        columns = (*_PHOTO, "aestheticScore_mean")
        for official in ("test", "train"):
            rows = table(self._tables / f"PARA-Giaa{official.title()}.csv", columns)
            yield from skipped.keep(rows, self._maker(is_test=official == "test"))

    def personal(self) -> Iterator[PersonalRating]:
        silent = Skipped("para", lambda _: None)  # what is wrong is reported for the ratings
        known = {row.path: row for row in self._rated(silent)}

        def rating(row: Row) -> PersonalRating:
            path = self._pictures.find(_name(row))
            photo = known.get(path)
            return PersonalRating(
                user=f"para:{row['userId']}",
                path=photo.path if photo else path,
                rating=stretch(number(row["aestheticScore"], _LOW, _HIGH), _LOW, _HIGH),
                split=photo.split if photo else stable_split(f"para/{_name(row)}"),
                user_split=stable_split(f"para/user/{row['userId']}"),
                theme=photo.theme if photo else None,
            )

        rows = table(self._tables / "PARA-Images.csv", (*_PHOTO, "userId", "aestheticScore"))
        yield from self._skipped.keep(rows, rating)

    def _maker(self, *, is_test: bool) -> Callable[[Row], RatedPhoto]:
        def photo(row: Row) -> RatedPhoto:
            name = _name(row)
            split: Split = "test" if is_test else within_train(f"para/{name}")
            spread = row.get("aestheticScore_std")
            return RatedPhoto(
                path=self._pictures.find(name),
                score=stretch(number(row["aestheticScore_mean"], _LOW, _HIGH), _LOW, _HIGH),
                spread=number(spread, 0, _HIGH, "spread") * 9 / (_HIGH - _LOW) if spread else None,
                votes=counts([row[level] for level in _LEVELS]) if _LEVELS[0] in row else None,
                theme=row.get("semantic") or None,
                split=split,
                attributes={
                    ours: (number(row[official], _LOW, _HIGH, ours) - 3) / 2
                    for official, ours in _ATTRIBUTES.items()
                    if row.get(official)
                },
            )

        return photo


def _name(row: Row) -> str:
    return f"{row['sessionId']}/{row['imageName']}"
