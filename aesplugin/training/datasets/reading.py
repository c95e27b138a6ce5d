"""Lines, tables and numbers of label files; a bad one is told by file and line."""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aesplugin.errors import DataError
from aesplugin.training.datasets.skipped import Skip

Row = Mapping[str, str]


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """("file, line 3", text) of every line that is not blank.

    Raises:
        DataError: the file cannot be read or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, start=1):
                if text := line.strip():
                    yield f"{path.name}, line {number}", text
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def table(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """("file, line 3", row) of a CSV with a header; names and values without outer spaces.

    A row that is too short has "" in its last columns.

    Raises:
        DataError: the file cannot be read, is no CSV in UTF-8, or lacks one of `columns`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            names = [name.strip() for name in next(reader, [])]
            for column in columns:
                if column not in names:
                    wanted = ", ".join(columns)
                    raise DataError(f"{path} lacks the column {column!r}; needed: {wanted}")
            for values in reader:
                cells = [value.strip() for value in values] + [""] * (len(names) - len(values))
                if any(cells):
                    yield (
                        f"{path.name}, line {reader.line_num}",
                        dict(zip(names, cells, strict=False)),
                    )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: Exception) -> DataError:
    """One line for a file that cannot be read."""
    if isinstance(error, OSError):
        return DataError(f"{path} cannot be read: {error.strerror}; see docs/datasets.md")
    return DataError(f"{path} is not of the documented layout: {error}")


def number(text: str, low: float, high: float, what: str = "score") -> float:
    """A number within low..high.

    Raises:
        Skip: it is not.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:  # NaN too
        raise Skip("malformed", f"{what} {text!r} is no number within {low:g}..{high:g}")
    return value


def counts(texts: Sequence[str]) -> tuple[int, ...]:
    """Numbers of votes; "3" and "3.0" are three.

    Raises:
        Skip: one is no whole number of 0 or more.
    """
    values = [number(text, 0, math.inf, "count") for text in texts]
    if not all(value.is_integer() for value in values):
        raise Skip("malformed", f"counts {' '.join(texts)} are no whole numbers")
    return tuple(int(value) for value in values)


def stretch(value: float, low: float, high: float) -> float:
    """low..high to 1..10, linearly."""
    return 1 + (value - low) * 9 / (high - low)


def mean_and_spread(votes: Sequence[int]) -> tuple[float, float]:
    """Mean and standard deviation, 1..10, of counts at ratings that lie evenly from 1 to 10.

    Raises:
        Skip: there are no votes.
    """
    total = sum(votes)
    if not total:
        raise Skip("unlabelled", "nobody rated it")
    ratings = [stretch(place, 0, len(votes) - 1) for place in range(len(votes))]
    mean = sum(rating * count for rating, count in zip(ratings, votes, strict=True)) / total
    square = sum((r - mean) ** 2 * count for r, count in zip(ratings, votes, strict=True)) / total
    return mean, math.sqrt(square)
