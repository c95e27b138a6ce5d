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
    """

    paths: tuple[Path, ...]
    themes: tuple[str, ...]
    users: tuple[str, ...]
    ratings: NDArray[np.float32]
    asked: NDArray[np.bool_] | None = None

    @property
    def rated(self) -> NDArray[np.bool_]:
        """[U, N] where there is a rating."""
        return ~np.isnan(self.ratings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a model says of a panel's photos: `embeddings` [N, D], `scores` [N] 1..10."""

    embeddings: NDArray[np.float32]
    scores: NDArray[np.float32]


def read_panel(root: Path) -> Panel:
    """The panel under `root`.

    Raises:
        DataError: a table is missing or a line of it is not as documented (names file and line).
    """
    images = _rows(root / "images.csv", ("item", "file", "theme"))
    votes = _rows(root / "votes.csv", ("user", "item", "beauty"))
    column = {row["item"]: index for index, row in enumerate(images)}
    users = list(dict.fromkeys(row["user"] for row in votes))
    place = {user: index for index, user in enumerate(users)}
    ratings = np.full((len(users), len(images)), np.nan, dtype=np.float32)
    has_part = bool(votes) and "part" in votes[0]
    asked = np.zeros(ratings.shape, dtype=np.bool_)
    for line, row in enumerate(votes, start=2):
        where = f"{root / 'votes.csv'}, line {line}"
        if row["item"] not in column:
            raise DataError(f"{where}: item {row['item']!r} is not in images.csv")
        cell = (place[row["user"]], column[row["item"]])
        ratings[cell] = 1 + (_number(row["beauty"], where) - _LOW) * 4 / (_HIGH - _LOW)
        if has_part:
            asked[cell] = _part(row["part"], where) == "query"
    return Panel(
        paths=tuple(root / "images" / row["file"] for row in images),
        themes=tuple(row["theme"] for row in images),
        users=tuple(users),
        ratings=ratings,
        asked=asked if has_part else None,
    )


def _rows(file: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="")
            rows = list(reader)
            names = reader.fieldnames or ()
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file} is no CSV in UTF-8 ({error})") from None
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
        raise DataError(f"{where}: {text!r} is no vote within {_LOW:g}..{_HIGH:g}")
    return value


def _part(text: str, where: str) -> str:
    part = text.strip().lower()
    if part not in _PARTS:
        raise DataError(f"{where}: part {text!r} is neither support nor query")
    return part
