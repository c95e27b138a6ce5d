"""Where judges differ most, by rank, as a contact sheet to decide by eye."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from aesplugin.catalog.records import Entry
from aesplugin.evaluation.judges.candidates import Judge
from aesplugin.evaluation.metrics import ranks
from aesplugin.imaging.renditions import ThumbnailStore
from aesplugin.services.files.whole_file import written_whole
from aesplugin.services.report import link_of, picture_of, template

Groups = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A photo that one judge places higher than the others do.

    Attributes:
        scores: judge → score, 1..10.
        places: judge → place among the compared photos, 1 the best; a mean one where scores tie.
        lift: by how much of all photos the judge places it higher than the others' mean, 0..1.
    """

    content_hash: str
    scores: Mapping[str, float]
    places: Mapping[str, float]
    lift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one judge likes more than the others, the most disputed first."""

    judge: str
    photos: tuple[Disputed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tile:
    name: str
    link: str | None
    picture: str | None
    opinions: Sequence[tuple[str, float, float]]  # judge, score, place


def disputes(judges: Sequence[Judge], photos: Collection[str], *, most: int) -> list[Side]:
    """At most so many photos a judge, of two `photos` or more that all of them scored."""
    keys = sorted(photos)
    scores = np.array([[judge.scores[key] for key in keys] for judge in judges])  # [J, N]
    places = np.array([ranks(-row) for row in scores])
    share = 1 - (places - 1) / max(1, len(keys) - 1)  # 1 the best, 0 the last
    lifts = share - (share.sum(axis=0) - share) / (len(judges) - 1)

    def disputed(at: int, row: int) -> Disputed:
        return Disputed(
            content_hash=keys[at],
            scores={judge.name: float(scores[j, at]) for j, judge in enumerate(judges)},
            places={judge.name: float(places[j, at]) for j, judge in enumerate(judges)},
            lift=float(lifts[row, at]),
        )

    sides = []
    for row, judge in enumerate(judges):
        order = np.argsort(-lifts[row], kind="stable")[:most]
        found = tuple(disputed(at, row) for at in map(int, order) if lifts[row, at] > 0)
        sides.append(Side(judge=judge.name, photos=found))
    return sides


def one_of_each(sides: Sequence[Side], group_of: Groups, *, most: int) -> list[Side]:
    """Of alike photos (those of one group) the most disputed one alone; at most so many a side."""
    kept = []
    for side in sides:
        first: dict[int, Disputed] = {}
        for photo in side.photos:
            first.setdefault(group_of[photo.content_hash], photo)
        kept.append(Side(judge=side.judge, photos=tuple(first.values())[:most]))
    return kept


def write_sheet(
    target: Path,
    sides: Sequence[Side],
    entries: Mapping[str, Entry],
    *,
    compared: int,
    thumbnails: ThumbnailStore,
) -> None:
    """Writes the sheet atomically; `compared` is how many photos the places are among.

    Raises:
        UsageError: the target cannot be written.
    """
    page = template("judges.html").render(
        sides=[
            (side.judge, [_tile(one, entries[one.content_hash], thumbnails) for one in side.photos])
            for side in sides
        ],
        compared=compared,
        made_at=datetime.now(UTC).astimezone(),
    )
    with written_whole(target) as path:
        path.write_text(page, encoding="utf-8", errors="backslashreplace")


def sides_data(sides: Sequence[Side], entries: Mapping[str, Entry]) -> dict[str, Any]:
    """For JSON: judge → its photos."""
    return {
        side.judge: [
            {
                "path": entries[one.content_hash].path,
                "content_hash": one.content_hash,
                "scores": one.scores,
                "places": one.places,
                "lift": one.lift,
            }
            for one in side.photos
        ]
        for side in sides
    }


def _tile(photo: Disputed, entry: Entry, thumbnails: ThumbnailStore) -> _Tile:
    return _Tile(
        name=Path(entry.path).name,
        link=link_of(entry.path),
        picture=picture_of(entry, thumbnails),
        opinions=[(name, photo.scores[name], place) for name, place in photo.places.items()],
    )
