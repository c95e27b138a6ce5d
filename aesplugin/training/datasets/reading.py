"""A data set's lines, tables, texts and pictures; what is bad is reported by file and line."""

import csv
import html
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from aesplugin.errors import DataError
from aesplugin.training.datasets.skipped import Skip


def texts(found: Iterable[object]) -> tuple[str, ...]:
    """Each text once, its character references resolved and its white space single.

    Raises:
        Skip: nothing is left.
    """
    plain = (" ".join(html.unescape(text).split()) for text in found if isinstance(text, str))
    kept = tuple(dict.fromkeys(text for text in plain if text))
    if not kept:
        raise Skip("unlabelled", "no text")
    return kept


def items(path: Path, prefix: str) -> Iterator[tuple[str, object]]:
    """("file, item 3", value) of the array at `prefix` ("item": the top one; "images.item").

    Raises:
        DataError: the file cannot be read, or is truncated or not JSON (after the items before it).
    """
    try:
        import ijson
    except ModuleNotFoundError:
        raise DataError(f"{path} needs ijson: pip install 'aesplugin[train]'") from None
    try:
        with path.open("rb") as stream:
            found = ijson.items(stream, prefix, use_float=True)
            for number, value in enumerate(found, start=1):
                yield f"{path.name}, item {number}", value
    except OSError as error:
        raise unreadable(path, error) from None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise DataError(f"{path} is truncated or not JSON ({first})") from None


class Pictures:
    """Pictures in one or more folders, found by the name a label file gives them.

    Only what a listing holds is ever found, so no name in a label file leads out of the folders.
    """

    def __init__(self, *folders: Path) -> None:
        """Takes those of `folders` that exist, the first before the others.

        Raises:
            DataError: none of them does.
        """
        self.folders = [folder for folder in folders if folder.is_dir()]
        if not self.folders:
            named = " nor ".join(str(folder) for folder in folders)
            raise DataError(f"{named} is not a folder of images; see docs/datasets.md")
        self._listed: dict[Path, dict[str, str]] = {}

    def find(self, *names: str) -> Path:
        """The first picture called one of `names` ("file.jpg", "folder/file.jpg", or no suffix).

        Raises:
            Skip: there is none.
        """
        for folder in self.folders:
            for name in names:
                if found := self._find(folder, name):
                    return found
        raise Skip("absent", f"no picture {names[0]!r} in {self.folders[0]}")

    def _find(self, folder: Path, name: str) -> Path | None:
        below, _, file = name.rpartition("/")
        if below:
            if below not in self._names(folder):
                return None
            folder /= below
        found = self._names(folder).get(file)
        return folder / found if found else None

    def _names(self, folder: Path) -> dict[str, str]:
        """File names by themselves and by themselves without suffix."""
        if folder not in self._listed:
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entry.name for entry in entries)
            except OSError as error:
                raise DataError(f"{folder} cannot be listed: {error.strerror}") from None
            stems = {PurePosixPath(name).stem: name for name in reversed(names)}
            self._listed[folder] = stems | {name: name for name in names}
        return self._listed[folder]


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
        raise Skip("malformed", f"{what} {text!r} is not a number within {low:g}..{high:g}")
    return value


def counts(texts: Sequence[str]) -> tuple[int, ...]:
    """Numbers of votes; "3" and "3.0" are three.

    Raises:
        Skip: one is no whole number of 0 or more.
    """
    values = [number(text, 0, math.inf, "count") for text in texts]
    if not all(value.is_integer() for value in values):
        raise Skip("malformed", f"counts {' '.join(texts)} are not whole numbers")
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
