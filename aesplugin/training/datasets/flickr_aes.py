"""FLICKR-AES: Flickr photos rated 1..5 by 210 people, five each (Ren et al., ICCV 2017).

Layout: `FLICKR-AES_image_labeled_by_each_worker.csv` (worker, imagePair, score),
`FLICKR-AES_image_score.txt` (lines "file score": the ratings' weighted average); both are released
with a space before their names. Pictures in `40K/` or `FLICKR-AES-001/40K/`. The release does not
say which photos or people are for tests, so both are split by a hash.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aesplugin.errors import DataError
from aesplugin.training.datasets.base import PersonalRating, RatedPhoto, stable_split
from aesplugin.training.datasets.reading import (
    Pictures,
    Row,
    counts,
    lines,
    mean_and_spread,
    number,
    stretch,
    table,
)
from aesplugin.training.datasets.skipped import Skip, Skipped

_STARS: Final = 5
_COLUMNS: Final = ("worker", "imagePair", "score")
# The averages' scale is not written down: stars / 5, or (stars - 1) / 4. The ratings tell.
_SCALES: Final = ((0.2, 1.0), (0.0, 1.0))
_TOLERANCE: Final = 0.5  # mean difference, of 1..10, that weights can explain


class FlickrAes:
    """Rated photos, and who rated them."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._skipped = skipped
        self._pictures = Pictures(root / "40K", root / "FLICKR-AES-001" / "40K")
        self._ratings = _spaced(root / "FLICKR-AES_image_labeled_by_each_worker.csv")
        self._scores = _spaced(root / "FLICKR-AES_image_score.txt")

    def rated(self) -> Iterator[RatedPhoto]:
        votes = self._votes()
        averages = dict(self._skipped.keep(lines(self._scores), _average))
        low, high = self._scale(averages, votes)

        def photo(name: str) -> RatedPhoto:
            mine = votes.get(name)
            return RatedPhoto(
                path=self._pictures.find(name),
                score=stretch(number(str(averages[name]), low, high), low, high),
                spread=mean_and_spread(mine)[1] if mine else None,
                votes=mine,
                split=stable_split(f"flickr_aes/{name}"),
            )

        yield from self._skipped.keep(((self._scores.name, name) for name in averages), photo)

    def personal(self) -> Iterator[PersonalRating]:
        def rating(row: Row) -> PersonalRating:
            name = row["imagePair"]
            return PersonalRating(
                user=f"flickr_aes:{row['worker']}",
                path=self._pictures.find(name),
                rating=stretch(number(row["score"], 1, _STARS), 1, _STARS),
                split=stable_split(f"flickr_aes/{name}"),
                user_split=stable_split(f"flickr_aes/user/{row['worker']}"),
            )

        yield from self._skipped.keep(table(self._ratings, _COLUMNS), rating)

    def _votes(self) -> dict[str, tuple[int, ...]]:
        """Counts of 1..5 stars by photo."""
        found: dict[str, list[int]] = {}
        rows = table(self._ratings, _COLUMNS)
        for name, stars in self._skipped.keep(rows, _stars):
            found.setdefault(name, [0] * _STARS)[stars - 1] += 1
        return {name: tuple(votes) for name, votes in found.items()}

    def _scale(
        self, averages: dict[str, float], votes: dict[str, tuple[int, ...]]
    ) -> tuple[float, float]:
        both = [
            (averages[name], mean_and_spread(votes[name])[0]) for name in averages if name in votes
        ]
        if not both:
            raise DataError(f"{self._scores} and {self._ratings.name} name no photo in common")

        def difference(scale: tuple[float, float]) -> float:
            return abs(sum(stretch(mean, *scale) - rated for mean, rated in both)) / len(both)

        best = min(_SCALES, key=difference)
        if difference(best) > _TOLERANCE:
            raise DataError(f"{self._scores} does not agree with {self._ratings.name}")
        return best


def _spaced(path: Path) -> Path:
    """The file, or the file with the release's space before its name."""
    spaced = path.with_name(f" {path.name}")
    return spaced if spaced.is_file() and not path.is_file() else path


def _average(line: str) -> tuple[str, float]:
    name, *rest = line.split()
    if len(rest) != 1:
        raise Skip("malformed", f"{len(rest) + 1} columns, not 2")
    return name, number(rest[0], 0, 1)


def _stars(row: Row) -> tuple[str, int]:
    stars = number(row["score"], 1, _STARS)
    return row["imagePair"], counts([str(stars)])[0]
