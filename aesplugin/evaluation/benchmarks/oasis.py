"""Reader of OASIS beauty: photographs with mean beauty votes, in this project's layout.

`root/images.csv` has the columns item, file, theme, beauty_mos (1..7; empty where nobody
voted) and may have more; the pictures lie in `root/images/`. Photos: Kurdi, Lozano & Banaji
2017; beauty votes: Brielmann & Pelli 2019.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aesplugin.errors import DataError

MOS_MIN: Final = 1.0
MOS_MAX: Final = 7.0
_COLUMNS: Final = ("item", "file", "theme", "beauty_mos")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedPhoto:
    """One photo with the mean of its votes, `MOS_MIN`..`MOS_MAX`."""

    item: int
    path: Path
    theme: str
    mos: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Oasis:
    """The photos that can be used, and what was left out."""

    photos: tuple[RatedPhoto, ...]
    without_mos: int  # rows nobody voted on
    missing: tuple[str, ...]  # files named by a row but absent


def read_oasis(root: Path) -> Oasis:
    """Every photo of `root` that has votes and a file.

    Raises:
        DataError: no images.csv, a column is missing, a row cannot be read, or nothing is left.
    """
    table = root / "images.csv"
    photos: list[RatedPhoto] = []
    missing: list[str] = []
    without_mos = 0
    for number, row in enumerate(_rows(table), start=2):
        if not row["beauty_mos"].strip():
            without_mos += 1
            continue
        photo = _photo(row, root / "images", f"{table}, line {number}")
        if photo.path.is_file():
            photos.append(photo)
        else:
            missing.append(row["file"])
    if not photos:
        raise DataError(
            f"{table} has no usable photo ({without_mos} without votes, {len(missing)} "
            f"without a file in {root / 'images'})"
        )
    return Oasis(photos=tuple(photos), without_mos=without_mos, missing=tuple(missing))


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="")
            names, rows = reader.fieldnames or (), list(reader)
    except OSError as error:
        raise DataError(f"{table} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{table} is not CSV in UTF-8 ({error})") from None
    lacking = [column for column in _COLUMNS if column not in names]
    if lacking:
        raise DataError(f"{table} lacks the column {lacking[0]!r}; needed: {', '.join(_COLUMNS)}")
    return rows


def _photo(row: dict[str, str], images: Path, where: str) -> RatedPhoto:
    try:
        item, mos = int(row["item"]), float(row["beauty_mos"])
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None
    if not (math.isfinite(mos) and MOS_MIN <= mos <= MOS_MAX):
        raise DataError(f"{where}: beauty_mos {mos} is outside {MOS_MIN:g}..{MOS_MAX:g}")
    if not row["file"] or Path(row["file"]).name != row["file"]:
        raise DataError(f"{where}: {row['file']!r} is not the name of a file in {images}")
    return RatedPhoto(item=item, path=images / row["file"], theme=row["theme"], mos=mos)
