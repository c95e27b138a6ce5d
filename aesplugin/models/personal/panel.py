"""Many people's ratings of many photos: what the personal model is trained and measured on.

Layout (OASIS beauty): `images.csv` with item, file, theme (a mean opinion score is not needed);
`images/`; `votes.csv` with user, item, beauty and, optionally, part (support or query).
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError

_PARTS = ("support", "query")
_LOW, _HIGH = 1.0, 7.0  # the votes' scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """N photos, U people.

    Attributes:
        paths: [N] files.
        themes: [N].
        users: [U] names.
        ratings: [U, N] in stars 1..5 (votes of 1..7 stretched), NaN where a person gave none.
        asked: [U, N] True where `part` says query; None where the table has no such column.
        absent: photos and votes that were left out because a photo is not there, in words.
    """

    paths: tuple[Path, ...]
    themes: tuple[str, ...]
    users: tuple[str, ...]
    ratings: NDArray[np.float32]
    asked: NDArray[np.bool_] | None = None
    absent: str | None = None

    @property
    def rated(self) -> NDArray[np.bool_]:
        """[U, N] where there is a rating."""
        return ~np.isnan(self.ratings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a model says of a panel's photos.

    Attributes:
        embeddings: [N, D].
        scores: [N], 1..10, each by weights that never learnt from the photo.
        learnt: [N], True where the shipped weights did; None where the model cannot tell.
    """

    embeddings: NDArray[np.float32]
    scores: NDArray[np.float32]
    learnt: NDArray[np.bool_] | None = None


def read_panel(root: Path) -> Panel:
    """The panel under `root`; photos that are not there are left out, and so are votes on them.

    Raises:
        DataError: a table is missing, a line of it is not as documented (names file and line), or
            no photo is there.
    """
    listed = _rows(root / "images.csv", ("item", "file", "theme"))
    images = [row for row in listed if (root / "images" / row["file"]).is_file()]
    if not images:
        raise DataError(
            f"no photo in {root / 'images'} can be used: none of the {len(listed)} photos of "
            "images.csv exists, and votes without a photo are of no use"
        )
    votes = _rows(root / "votes.csv", ("user", "item", "beauty"))
    column = {row["item"]: index for index, row in enumerate(images)}
    ratings, asked = _table(votes, column, root / "votes.csv")
    lost = sum(row["item"] not in column for row in votes)
    return Panel(
        paths=tuple(root / "images" / row["file"] for row in images),
        themes=tuple(row["theme"] for row in images),
        users=_users(votes),
        ratings=ratings,
        asked=asked if "part" in votes[0] else None,
        absent=_absent(len(listed) - len(images), lost),
    )


def _table(
    votes: list[dict[str, str]], column: dict[str, int], file: Path
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Ratings [U, N] and which of them are asked [U, N]."""
    place = {user: index for index, user in enumerate(_users(votes))}
    ratings = np.full((len(place), len(column)), np.nan, dtype=np.float32)
    asked = np.zeros(ratings.shape, dtype=np.bool_)
    for line, row in enumerate(votes, start=2):
        where = f"{file}, line {line}"
        beauty = _number(row["beauty"], where)
        is_query = "part" in row and _part(row["part"], where) == "query"
        if row["item"] in column:
            cell = (place[row["user"]], column[row["item"]])
            ratings[cell] = 1 + (beauty - _LOW) * 4 / (_HIGH - _LOW)
            asked[cell] = is_query
    return ratings, asked


def _users(votes: list[dict[str, str]]) -> tuple[str, ...]:
    """In the order they are first named."""
    return tuple(dict.fromkeys(row["user"] for row in votes))


def _absent(photos: int, votes: int) -> str | None:
    if not photos and not votes:
        return None
    absent = "1 photo" if photos == 1 else f"{photos} photos"
    return f"left out: {absent} without a file, with {votes} vote{'s' if votes != 1 else ''}"


def _rows(file: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="")
            rows = list(reader)
            names = reader.fieldnames or ()
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file} is not CSV in UTF-8 ({error})") from None
    lacking = [column for column in columns if column not in names]
    if lacking:
        raise DataError(f"{file} lacks the column {lacking[0]!r}; needed: {', '.join(columns)}")
    if not rows:
        raise DataError(f"{file} has no rows")
    return rows


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not _LOW <= value <= _HIGH:  # NaN too
        raise DataError(f"{where}: {text!r} is not a vote within {_LOW:g}..{_HIGH:g}")
    return value


def _part(text: str, where: str) -> str:
    part = text.strip().lower()
    if part not in _PARTS:
        raise DataError(f"{where}: part {text!r} is neither support nor query")
    return part
