"""From a picture to its faces: found on the small copy, measured on as many pixels as there are."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from aesplugin.face import Eyes, Face, Facing
from aesplugin.models.faces import red_eye
from aesplugin.models.faces.detector import FaceDetector, FoundFace
from aesplugin.models.faces.eyes import LEAST_WIDTH, EyeReader
from aesplugin.models.faces.networks import FOLDER, Floats

# Chosen on every second photo of 400 faces; the figures are those of the others.
CLOSED_BELOW: Final = 0.105
OPEN_ABOVE: Final = 0.16
# Chosen on faces whose heads were looked at: see docs/training-log.md.
CAMERA_BELOW: Final = 0.33
AWAY_ABOVE: Final = 0.58
_SIDE: Final = 128  # px: sharpness is compared at this width, at most
ENOUGH: Final = 160.0  # px: so wide, and no wider, a face is fetched
# More pixels, which cost as much as all the rest, are fetched for faces of this share of the
# largest one's width: for those behind it they would have to be many.
_MAIN: Final = 0.5
_WORTH_IT: Final = 1.25  # times as wide: for less the original is not decoded once more


class FaceReader:
    """Reads faces; one instance a thread."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises: ModelError, WeightsMissing, WeightsDamaged, ImportError: as `Network`."""
        self._detector = FaceDetector(folder)
        self._eyes = EyeReader(folder)

    def read(
        self,
        image: Image.Image,
        *,
        full_width: int,
        larger: Callable[[float], Image.Image] | None = None,
    ) -> tuple[Face, ...]:
        """The faces of an upright RGB picture, the largest first.

        `full_width` is the original's width in pixels. `larger` gives the picture at least so many
        times as wide as `image`, where faces need it, or at its own size; it is called at most
        once, and not at all where no face would gain.
        """
        found = self._detector.find(image)
        main = [face.width for face in found if face.width >= _MAIN * found[0].width]
        wanted = min(ENOUGH / min(main), full_width / image.width) if main else 0.0
        measured = larger(wanted) if larger is not None and wanted >= _WORTH_IT else image
        factor = measured.width / image.width
        return tuple(
            self._measured(face, image, measured, factor, full_width / image.width)
            for face in found
        )

    def _measured(
        self,
        face: FoundFace,
        image: Image.Image,
        measured: Image.Image,
        factor: float,
        full: float,
    ) -> Face:
        near = face.scaled(factor)
        openness = self._eyes.openness(measured, near) if near.width >= LEAST_WIDTH else None
        grey = _grey(measured, near)
        sides = np.array([image.width, image.height] * 2)
        left, top, right, bottom = (float(side) for side in np.clip(face.box / sides, 0, 1))
        facing = _facing(face.turned)
        eyes = Eyes.UNSURE if facing is Facing.AWAY else _eyes(openness)  # one is hidden
        may_be_red = eyes is Eyes.OPEN and near.width >= red_eye.LEAST_WIDTH
        return Face(
            box=(left, top, right, bottom),
            confidence=face.confidence,
            width=face.width * full,
            measured_width=near.width,
            eyes=eyes,
            openness=openness,
            sharpness=_sharpness(grey),
            brightness=float(grey.mean()),
            facing=facing,
            turned=face.turned,
            red_eyes=red_eye.are_eyes_red(measured, near) if may_be_red else None,
        )


def _eyes(openness: float | None) -> Eyes:
    if openness is None or CLOSED_BELOW <= openness < OPEN_ABOVE:
        return Eyes.UNSURE
    return Eyes.CLOSED if openness < CLOSED_BELOW else Eyes.OPEN


def _facing(turned: float) -> Facing:
    if CAMERA_BELOW <= turned < AWAY_ABOVE:
        return Facing.UNSURE
    return Facing.CAMERA if turned < CAMERA_BELOW else Facing.AWAY


def _grey(image: Image.Image, face: FoundFace) -> Floats:
    """Luminance of the face [h, w], 0..1, at most `_SIDE` pixels wide."""
    left, top, right, bottom = (round(float(side)) for side in face.box)
    box = (max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height))
    if box[2] - box[0] < 2 or box[3] - box[1] < 2:
        return np.zeros((2, 2), np.float32)
    cut = image.crop(box).convert("L")
    if cut.width > _SIDE:
        height = max(2, round(cut.height * _SIDE / cut.width))
        cut = cut.resize((_SIDE, height), Image.Resampling.BOX)
    return np.asarray(cut, np.float32) / 255


def _sharpness(grey: Floats) -> float:
    """The strongest steps between neighbouring pixels, over the face's whole range of tones."""
    steps = np.concatenate([np.abs(np.diff(grey, axis=axis)).ravel() for axis in (0, 1)])
    low, high = np.quantile(grey, (0.02, 0.98))
    return float(min(1.0, np.quantile(steps, 0.98) / max(high - low, 0.05)))
