"""OASIS beauty votes as training targets: mean opinion scores by file, themes beside."""

import csv
from dataclasses import dataclass
from pathlib import Path

from aesplugin.errors import DataError


@dataclass(frozen=True, slots=True)
class Vote:
    """The mean vote of one photo on 1..10 (OASIS's 1..7 stretched linearly), and its theme."""

    score: float
    theme: str


def read_votes(folder: Path) -> dict[str, Vote]:
    """Votes by file name from `images.csv`; photos nobody voted on are left out.

    Raises:
        DataError: the table is missing or not of the documented layout.
    """
    path = folder / "images.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return {
                row["file"]: Vote(1 + (float(row["beauty_mos"]) - 1) * 9 / 6, row["theme"])
                for row in csv.DictReader(stream)
                if row["beauty_mos"].strip()
            }
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except (KeyError, ValueError) as error:
        raise DataError(f"{path} is not of the documented layout: {error}") from None
