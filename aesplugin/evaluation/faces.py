"""Are faces found, their eyes open, their heads turned away? Against folders and labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import load_pixels, photos_in
from aesplugin.evaluation.judged import Progress
from aesplugin.evaluation.metrics import Measured, measure_ratio, measure_share
from aesplugin.evaluation.plots import Bars
from aesplugin.evaluation.real.labels import LABELS, Complain, Split, read_labels
from aesplugin.face import Eyes, Face, Facing
from aesplugin.models.faces.reader import FaceReader

CLOSED, OPEN = "closed", "open"  # folders of photos, each of one face
CAMERA, AWAY = "camera", "away"
_WIDTHS: Final = (0, 40, 56, 80, 120)  # px


@dataclass(frozen=True, slots=True, kw_only=True)
class ByWidth:
    """Faces of at least `width` pixels: AUC of the openness, and what the thresholds make of it."""

    width: int
    closed: int
    open: int
    auc: float
    closed_found: Measured
    open_called_closed: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesReport:
    """What was measured; empty where the folder does not give it.

    `found`: faces found of those labelled, a photo's at most as many as it has. `false_photos`:
    photos without people in which a face is seen. `eyes_right`: of labelled photos whose eyes are
    open or closed and told, how many are told right. `away_right`: of faces said to be turned away,
    how many are; `away_found`: of those that are, how many are said to be. `red_eyes`: of faces
    with open eyes that are large enough, how many are said to have red eyes.
    """

    photos: int
    eyes: tuple[ByWidth, ...] = ()
    without_a_face: int = 0
    found: Measured = field(default_factory=Measured)
    false_photos: Measured = field(default_factory=Measured)
    eyes_right: Measured = field(default_factory=Measured)
    away_right: Measured = field(default_factory=Measured)
    away_found: Measured = field(default_factory=Measured)
    red_eyes: Measured = field(default_factory=Measured)

    def table(self) -> str:
        """The report as text."""
        lines = []
        if self.eyes:
            lines += ["face width   closed  open    AUC  closed found  open called closed"]
            lines += [
                f"{f'>= {row.width} px':>11} {row.closed:>8} {row.open:>5} {row.auc:>6.3f}"
                f" {row.closed_found.value:>13.3f} {row.open_called_closed.value:>19.3f}"
                for row in self.eyes
            ]
        if self.eyes or self.away_found.count:
            lines += [f"photos in which no face was found: {self.without_a_face} of {self.photos}"]
        for name, value in self._shares().items():
            if value.count:
                interval = f"{value.low:.3f} to {value.high:.3f}"
                lines += [f"{name}: {value.value:.3f} ({interval}, n = {value.count})"]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The report for JSON."""
        return {
            "photos": self.photos,
            "without_a_face": self.without_a_face,
            "eyes": list(self.eyes),
            "found": self.found,
            "false_photos": self.false_photos,
            "eyes_right": self.eyes_right,
            "away_right": self.away_right,
            "away_found": self.away_found,
            "red_eyes": self.red_eyes,
        }

    def panels(self) -> list[Bars]:
        """Eyes by width of the face, and the shares."""
        panels = []
        if self.eyes:
            series = {
                "AUC": [row.auc for row in self.eyes],
                "closed found": [row.closed_found.value for row in self.eyes],
                "open called closed": [row.open_called_closed.value for row in self.eyes],
            }
            labels = [f">= {row.width} px" for row in self.eyes]
            panels.append(Bars(title="eyes by width of the face", labels=labels, series=series))
        shares = {name: one.value for name, one in self._shares().items() if one.count}
        if shares:
            panels.append(
                Bars(
                    title="labelled photos" if self.found.count else "turned away",
                    labels=list(shares),
                    series={"share": list(shares.values())},
                )
            )
        return panels

    def _shares(self) -> dict[str, Measured]:
        return {
            "labelled faces found": self.found,
            "photos without people given a face": self.false_photos,
            "eyes of labelled photos told right": self.eyes_right,
            "faces said to be turned away that are": self.away_right,
            "faces turned away that are said to be": self.away_found,
            "open eyes said to be red": self.red_eyes,
        }


def measure_faces(
    root: Path,
    *,
    split: Split | None = Split.REPORT,
    complain: Complain = lambda line: None,
    progress: Progress = lambda done, of: None,
) -> FacesReport:
    """Of a folder with `closed` and `open`, `camera` and `away`, or `labels.jsonl`.

    For the last see `evaluation.real.labels`.

    Raises:
        DataError: the folder holds neither, or a photo cannot be read.
        WeightsMissing, WeightsDamaged: of the face networks.
    """
    if (root / CLOSED).is_dir() and (root / OPEN).is_dir():
        return _measure_eyes(root, progress)
    if (root / CAMERA).is_dir() and (root / AWAY).is_dir():
        return _measure_facing(root, progress)
    if (root / LABELS).is_file():
        return _measure_labelled(root, split, complain, progress)
    folders = f"{CLOSED} and {OPEN}, nor {CAMERA} and {AWAY}"
    raise DataError(f"{root} holds neither the folders {folders}, nor {LABELS}")


def _measure_eyes(root: Path, progress: Progress) -> FacesReport:
    photos, largest = _largest(root, (CLOSED, OPEN), progress)
    rows = (_row(width, largest[CLOSED], largest[OPEN]) for width in _WIDTHS)
    return FacesReport(
        photos=photos,
        without_a_face=photos - sum(map(len, largest.values())),
        eyes=tuple(row for row in rows if row.closed and row.open),
        red_eyes=_red(face for some in largest.values() for face in some),
    )


def _measure_facing(root: Path, progress: Progress) -> FacesReport:
    photos, largest = _largest(root, (CAMERA, AWAY), progress)
    said = {name: [one.facing is Facing.AWAY for one in some] for name, some in largest.items()}
    wrong, right = sum(said[CAMERA]), sum(said[AWAY])
    return FacesReport(
        photos=photos,
        without_a_face=photos - sum(map(len, largest.values())),
        away_right=measure_share([True] * right + [False] * wrong),
        away_found=measure_share(said[AWAY]),
    )


def _largest(
    root: Path, names: Sequence[str], progress: Progress
) -> tuple[int, dict[str, list[Face]]]:
    """How many photos the folders hold, and the largest face of each, where there is one."""
    reader = FaceReader()
    paths = {name: photos_in([root / name]) for name in names}
    total = sum(len(some) for some in paths.values())
    largest: dict[str, list[Face]] = {name: [] for name in names}
    for done, (name, path) in enumerate(((n, p) for n in paths for p in paths[n]), start=1):
        largest[name] += _faces(reader, path)[:1]
        progress(done, total)
    return total, largest


def _row(width: int, closed: Sequence[Face], opened: Sequence[Face]) -> ByWidth:
    shut, awake = _told(closed, width), _told(opened, width)
    return ByWidth(
        width=width,
        closed=len(shut),
        open=len(awake),
        auc=_auc([face.openness or 0 for face in awake], [face.openness or 0 for face in shut]),
        closed_found=measure_share([face.eyes is Eyes.CLOSED for face in shut]),
        open_called_closed=measure_share([face.eyes is Eyes.CLOSED for face in awake]),
    )


def _told(faces: Iterable[Face], width: int) -> list[Face]:
    return [one for one in faces if one.openness is not None and one.measured_width >= width]


def _auc(high: Sequence[float], low: Sequence[float]) -> float:
    """How often one of `high` is above one of `low`; NaN where a side is empty."""
    if not high or not low:
        return float("nan")
    above = np.asarray(high)[:, None] - np.asarray(low)[None, :]  # [H, L]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def _measure_labelled(
    root: Path, split: Split | None, complain: Complain, progress: Progress
) -> FacesReport:
    reader = FaceReader()
    labels = [one for one in read_labels(root, split, complain) if one.faces is not None]
    if not labels:
        raise DataError(f"{root / LABELS} says of no photo how many faces it shows")
    found, false, right = [], [], []
    seen: list[Face] = []
    for done, label in enumerate(labels, start=1):
        faces = _faces(reader, label.path)
        seen += faces
        if label.faces:
            found.append((min(len(faces), label.faces), label.faces))
            told = {face.eyes for face in faces} - {Eyes.UNSURE}
            if label.eyes in (Eyes.OPEN, Eyes.CLOSED) and told:
                right.append((Eyes.CLOSED in told) == (label.eyes is Eyes.CLOSED))
        else:
            false.append(bool(faces))
        progress(done, len(labels))
    return FacesReport(
        photos=len(labels),
        found=measure_ratio(found),
        false_photos=measure_share(false),
        eyes_right=measure_share(right),
        red_eyes=_red(seen),
    )


def _red(faces: Iterable[Face]) -> Measured:
    return measure_share([face.red_eyes for face in faces if face.red_eyes is not None])


def _faces(reader: FaceReader, path: Path) -> tuple[Face, ...]:
    image = Image.fromarray(load_pixels(path))
    return reader.read(image, full_width=image.width)
