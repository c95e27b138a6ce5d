"""OASIS beauty votes as training targets: mean opinion scores by file, themes beside."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aesplugin.errors import DataError
from aesplugin.evaluation.benchmarks.oasis import MOS_MAX, MOS_MIN

_COLUMNS: Final = ("file", "theme", "beauty_mos")


@dataclass(frozen=True, slots=True)
class Vote:
    """The mean vote of one photo on 1..10 (OASIS's 1..7 stretched linearly), and its theme."""

    score: float
    theme: str


def read_votes(folder: Path) -> dict[str, Vote]:
    """Votes by file name from `images.csv`; photos nobody voted on are left out.

    Raises:
        DataError: the table is missing or not of the documented layout; names the line.
    """
    path = folder / "images.csv"
    found: dict[str, Vote] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            lacking = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if lacking:
                needed = ", ".join(_COLUMNS)
                raise DataError(f"{path} lacks the column {lacking[0]!r}; needed: {needed}")
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                file, theme, mos = (_cell(row, name, where) for name in _COLUMNS)
                if mos:
                    found[file] = Vote(_score(mos, where), theme)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is no CSV in UTF-8 ({error})") from None
    return found


def _cell(row: dict[str, str | None], name: str, where: str) -> str:
    value = row[name]
    if value is None:  # a file cut off while it was copied would else lose votes in silence
        raise DataError(f"{where} is too short: it has no {name}; copy the table again")
    return value.strip()


def _score(text: str, where: str) -> float:
    try:
        mos = float(text)
    except ValueError:
        raise DataError(f"{where}: beauty_mos {text!r} is not a number") from None
    if not MOS_MIN <= mos <= MOS_MAX:  # nor is NaN
        raise DataError(f"{where}: beauty_mos {text} is outside {MOS_MIN:g}..{MOS_MAX:g}")
    return 1 + (mos - MOS_MIN) * 9 / (MOS_MAX - MOS_MIN)
