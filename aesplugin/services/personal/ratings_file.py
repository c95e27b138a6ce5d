"""Ratings in a CSV file: path and rating per line, favourites where there is a column.

What is wrong is reported line by line.
"""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aesplugin.errors import DataError, UsageError

Scale = tuple[float, float]

STARS: Scale = (1.0, 5.0)
_DELIMITERS = ",;\t"
_PATH_NAMES = ("path", "file", "photo", "filename", "name")
_RATING_NAMES = ("rating", "stars", "vote", "score", "beauty")
_FAVORITE_NAMES = ("favorite", "favourite")
_FAVORITE_VALUES = {
    "": None,
    "1": True,
    "yes": True,
    "true": True,
    "0": False,
    "no": False,
    "false": False,
}


@dataclass(frozen=True, slots=True)
class RatedPath:
    """One usable line: `rating` is 1..5 on our scale; None where it only gives a favourite."""

    line: int
    path: str
    rating: int | None
    favorite: bool | None = None  # None: not given


@dataclass(frozen=True, slots=True)
class _Columns:
    path: int = 0
    rating: int = 1
    favorite: int | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out, and why."""

    line: int
    reason: str


def parse_scale(text: str) -> Scale:
    """ "1:7" → (1.0, 7.0).

    Raises:
        UsageError: not two numbers, the smaller first.
    """
    low, _, high = text.partition(":")
    try:
        scale = (float(low), float(high))
    except ValueError:
        scale = (math.nan, math.nan)
    if not (math.isfinite(scale[0]) and math.isfinite(scale[1]) and scale[0] < scale[1]):
        raise UsageError(f"--scale {text!r} is not a scale; write lowest:highest, for example 1:7")
    return scale


def to_stars(value: float, scale: Scale) -> int:
    """The nearest whole star 1..5 of a value on `scale`."""
    share = (value - scale[0]) / (scale[1] - scale[0])
    return math.floor(STARS[0] + share * (STARS[1] - STARS[0]) + 0.5)


def read_ratings(file: Path, scale: Scale = STARS) -> Iterator[RatedPath | BadLine]:
    """Every line of `file` but the header and empty ones, good or bad, in order.

    Columns are found by their names (path, file, photo; rating, stars, vote, score; favorite, 1 or
    0, beside which a rating may be empty); without a header the first two count. Comma, semicolon
    and tab separate. Each line is parsed on its own: an open quote ends with it.

    Raises:
        DataError: the file cannot be read, is no text, holds no ratings, or its header names no
            such columns.
    """
    lines = _text(file).split("\n")
    first = next((line for line in lines if any(mark in line for mark in _DELIMITERS)), "")
    delimiter = max(_DELIMITERS, key=first.count)
    columns: _Columns | None = None
    found = False
    for line, text in enumerate(lines, start=1):
        row = _cells(line, text, delimiter)
        if isinstance(row, list) and not any(row):
            continue
        if columns is None and isinstance(row, list):
            columns, is_header = _columns(file, row)
            if is_header:
                continue
        found = True
        yield row if isinstance(row, BadLine) else _rated(line, row, columns or _Columns(), scale)
    if not found:
        raise DataError(f"{file} contains no ratings; write one per line: path,rating")


def _cells(line: int, text: str, delimiter: str) -> list[str] | BadLine:
    try:
        row = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        return BadLine(
            line, f"not CSV ({error}); close every quote, and double quotes inside a path"
        )
    return [cell.strip() for cell in row]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{file} is not UTF-8 text; save it as CSV in UTF-8") from None


def _columns(file: Path, row: Sequence[str]) -> tuple[_Columns | None, bool]:
    """Which column holds what, from the first line, and whether it is a header.

    None where one column can be neither: then the next line tells.
    """
    names = [cell.lower() for cell in row]
    path, rating, favorite = (
        next((names.index(name) for name in known if name in names), None)
        for known in (_PATH_NAMES, _RATING_NAMES, _FAVORITE_NAMES)
    )
    if path is not None and rating is not None:
        return _Columns(path, rating, favorite), True
    if path is not None or rating is not None:
        raise DataError(f"{file}: the first line must name the columns: path,rating")
    return (None if len(row) < 2 else _Columns()), False


def _rated(line: int, row: Sequence[str], columns: _Columns, scale: Scale) -> RatedPath | BadLine:
    needed = max(columns.path, columns.rating) + 1
    if len(row) < needed:
        return BadLine(line, f"{len(row)} columns instead of {needed}")
    path, rating, at = row[columns.path], row[columns.rating], columns.favorite
    loved = row[at] if at is not None and at < len(row) else ""
    if not path:
        return BadLine(line, "no path")
    if loved.lower() not in _FAVORITE_VALUES:
        return BadLine(line, f"{loved!r} is not a favorite; write 1 or 0")
    favorite = _FAVORITE_VALUES[loved.lower()]
    if not rating and favorite:
        return RatedPath(line, path, rating=None, favorite=favorite)
    try:
        value = float(rating)
    except ValueError:
        return BadLine(line, f"{rating!r} is not a number")
    if not scale[0] <= value <= scale[1]:  # NaN too
        return BadLine(line, f"{rating} is not within {scale[0]:g}..{scale[1]:g} (see --scale)")
    return RatedPath(line, path, to_stars(value, scale), favorite)
