"""Where the faces of a picture are: BlazeFace (Bazarevsky et al. 2019, arXiv 1907.05047).

The detector alone takes cushions and wheels for faces. So it has to find each of them again in a
closer view, which also places the eyes better; or the face mesh, which was trained to say whether
it looks at a face from the front, has to be sure of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from aesplugin.models.faces.networks import DETECTOR, FLAG, FOLDER, Floats, Network

# Chosen on the training photos: see docs/training-log.md.
_LEAST_CONFIDENCE: Final = 0.5
_LEAST_FLAG: Final = 0.9  # of the mesh, else
_LEAST_FIRST, _LEAST_SECOND = 0.55, 0.725  # confidence in the picture, and in the closer view
_LEAST_WIDTH: Final = 28.0  # px: what is smaller is as often a leaf
_MARGIN, _LARGE = 1.7, 0.3  # room around the picture; the least share of it that a face then has
# A face that fills the picture is guessed at without that room, too: of those that were found with
# it, all at .26 or more, in a box wider than this share. Of photos without people a third is.
_LEAST_GUESS, _WIDE = 0.1, 0.18
_CLOSER: Final = 4.0  # side of the closer view over that of the box
_SAME: Final = 0.3  # intersection over union of two boxes around one face
_AROUND: Final = 1.5  # the mesh sees the box made so much larger
_GRID: Final = ((16, 2), (8, 6))  # cells a side, and boxes each of them predicts
_MOST: Final = 100  # faces in one picture
# Pixels are averaged in whole blocks first, for speed, and then only resampled.
_RESAMPLING, _GAP = Image.Resampling.BILINEAR, 1.0
_REACH: Final = 0.75  # of its size a turned square reaches from its centre, and a little more
_HALF_TURNED: Final = 0.35  # of the way between the ears the eyes have moved at 45 degrees, or so


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One face in pixels of the picture it was found in.

    `box` is left, top, right, bottom [4]; `points` [6, 2] the eye on the left of the picture, the
    one on the right, tip of the nose, mouth, ear on the left and on the right, as x and y. One that
    cannot be seen is where the detector supposes it.
    """

    box: Floats
    points: Floats
    confidence: float

    @property
    def eyes(self) -> Floats:
        """Centres of the eye on the left of the picture and of the one on the right [2, 2]."""
        return self.points[:2]

    @property
    def width(self) -> float:
        """Of the box, in pixels."""
        return float(self.box[2] - self.box[0])

    @property
    def corners(self) -> Floats:
        """Of the box [2, 2]: left and top, right and bottom."""
        return self.box.reshape(2, 2)

    @property
    def centre(self) -> Floats:
        """Of the box: x and y."""
        found: Floats = self.corners.mean(axis=0)
        return found

    @property
    def size(self) -> float:
        """The longer side of the box, in pixels."""
        return float((self.corners[1] - self.corners[0]).max())

    @property
    def angle(self) -> float:
        """By how much the line between the eyes is turned clockwise, in radians."""
        across, down = self.eyes[1] - self.eyes[0]
        return float(np.arctan2(down, across))

    @property
    def turned(self) -> float:
        """How far the head is turned to a side: 0 straight, about .5 at 45 degrees, 1 at most.

        The eyes lie before the line from ear to ear, so they leave its middle as the head turns,
        while the ears come closer together.
        """
        ears = self.points[4:]
        across = ears[1] - ears[0]
        length = max(float(np.hypot(*across)), float(np.finfo(np.float32).tiny))
        moved = abs(float((self.eyes.mean(axis=0) - ears.mean(axis=0)) @ across)) / length
        return float(np.arctan2(moved, _HALF_TURNED * length) * 2 / np.pi)

    def scaled(self, factor: float) -> "FoundFace":
        """The same face in a picture so many times as large."""
        return FoundFace(self.box * factor, self.points * factor, self.confidence)


class FaceDetector:
    """Finds faces; one instance a thread."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises: ModelError, WeightsMissing, WeightsDamaged, ImportError: as `Network`."""
        self._detector = Network(DETECTOR, folder)
        self._flag = Network(FLAG, folder)
        self._anchors = _anchors()

    def find(self, image: Image.Image) -> list[FoundFace]:
        """Faces of an upright RGB picture, the largest first."""
        boxes = self._with_room(image)
        found = self._confirmed(image, boxes.faces(), also_turned=True)
        if not found and boxes.may_fill(image):  # such a face is seen with room around it
            large = self._with_room(image, _MARGIN).faces()
            least = _LARGE * min(image.size)
            large = [face for face in large if face.width >= least]
            found = self._confirmed(image, large, also_turned=False)  # a cup, from the side
        return sorted(found, key=lambda face: -face.width)

    def _confirmed(
        self, image: Image.Image, found: Iterable[FoundFace], *, also_turned: bool
    ) -> list[FoundFace]:
        """Those that the mesh or a closer view takes for faces, too, as the closer view has them.

        The closer view alone is enough where faces may also be turned away from the camera.
        """
        faces = []
        for face in found:
            if face.width < _LEAST_WIDTH:
                continue
            may_be_turned = also_turned and face.confidence >= _LEAST_FIRST
            if not may_be_turned and not self._is_front(image, face):
                continue  # whatever the closer view would show
            near = self._closer(image, face)
            is_twice = near is not None and near.confidence >= _LEAST_SECOND
            if not may_be_turned or is_twice or self._is_front(image, face):
                faces.append(near or face)
        return faces

    def _closer(self, image: Image.Image, face: FoundFace) -> FoundFace | None:
        """The same face as it is found in a closer view, which places its eyes better."""
        corner = np.floor(face.centre - _CLOSER * face.size / 2)
        view = self._boxes(image, corner, round(_CLOSER * face.size)).faces()
        same = [one for one in view if _overlap(face.corners, one.corners[None])[0] > _SAME]
        return max(same, key=lambda one: one.confidence, default=None)

    def _is_front(self, image: Image.Image, face: FoundFace) -> bool:
        """Whether the mesh takes it for a face seen from the front."""
        square = cut_out(image, face.centre, _AROUND * face.size, face.angle, self._flag.side)
        (flag,) = self._flag(square)
        return float(1 / (1 + np.exp(-flag.item()))) >= _LEAST_FLAG

    def _with_room(self, image: Image.Image, margin: float = 1.0) -> "_Boxes":
        """What is detected with the picture in a square `margin` times as large."""
        length = margin * max(image.size)
        return self._boxes(image, (np.array(image.size, np.float32) - length) / 2, length)

    def _boxes(self, image: Image.Image, corner: Floats, length: float) -> "_Boxes":
        """What is detected in a square of the picture; `corner` [2] and `length` in its pixels."""
        side = self._detector.side
        square = _square(image, corner, length, side)
        boxes, logits = sorted(self._detector(square), key=lambda out: -out.shape[-1])
        with np.errstate(over="ignore"):
            sure = 1 / (1 + np.exp(-logits[0, :, 0]))
        raw = boxes[0].reshape(-1, 8, 2) / side  # centre, size, six points
        raw[:, 0] += self._anchors
        raw[:, 2:] += self._anchors[:, None]
        points = np.concatenate(
            [raw[:, :1] - raw[:, 1:2] / 2, raw[:, :1] + raw[:, 1:2] / 2, raw[:, 2:]], axis=1
        )  # [N, 8, 2]: two corners, six points
        return _Boxes(points * length + corner, sure)


@dataclass(frozen=True, slots=True)
class _Boxes:
    """All that the detector predicts: `points` [N, 8, 2] in pixels of the picture, `sure` [N]."""

    points: Floats
    sure: Floats

    def faces(self) -> list[FoundFace]:
        """Those that it takes for faces."""
        chosen = self.sure >= _LEAST_CONFIDENCE
        return _merged(self.points[chosen], self.sure[chosen])

    def may_fill(self, image: Image.Image) -> bool:
        """Whether a face may fill the picture, though the detector did not take it for one."""
        widths = self.points[:, 1, 0] - self.points[:, 0, 0]
        guesses = self.sure[widths > _WIDE * max(image.size)]
        return bool((guesses >= _LEAST_GUESS).any())


def cut_out(
    image: Image.Image,
    centre: Floats,
    size: float,
    angle: float,
    side: int,
    *,
    mirrored: bool = False,
) -> Floats:
    """A square of `size` pixels around `centre`, turned upright, as [3, side, side] in 0..1.

    What lies beyond the picture is black. `mirrored` swaps left and right.
    """
    if (shrink := int(size / side)) > 1:  # bilinear sampling alone would skip pixels
        corner = np.floor(centre - _REACH * size)
        last = np.ceil(centre + _REACH * size)
        image = image.crop((int(corner[0]), int(corner[1]), int(last[0]), int(last[1])))
        image, centre, size = image.reduce(shrink), (centre - corner) / shrink, size / shrink
    across = np.array([np.cos(angle), np.sin(angle)]) * size * (-1 if mirrored else 1)
    down = np.array([-np.sin(angle), np.cos(angle)]) * size
    start = centre - (across + down) / 2
    matrix = (across[0], down[0], start[0] * side, across[1], down[1], start[1] * side)
    cut = image.transform(
        (side, side),
        Image.Transform.AFFINE,
        tuple(float(value) / side for value in matrix),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(cut, np.float32).transpose(2, 0, 1) / 255


def _anchors() -> Floats:
    """Centres of the cells, one for each box [896, 2], as fractions of the square."""
    found = []
    for cells, boxes in _GRID:
        down, across = np.mgrid[:cells, :cells]
        centres = (np.stack([across, down], axis=-1).reshape(-1, 2) + 0.5) / cells
        found.append(np.repeat(centres, boxes, axis=0))
    return np.concatenate(found).astype(np.float32)


def _square(image: Image.Image, corner: Floats, length: float, side: int) -> Floats:
    """The square that begins at `corner` [2] and is so long [3, side, side], -1..1.

    What lies beyond the picture is black.
    """
    factor = side / length
    ends = np.array([[0, 0], image.size]) - corner  # of the picture, seen from the square
    first, last = np.clip(np.round(ends * factor), 0, side).astype(int)
    square = Image.new("RGB", (side, side))
    if (last > first).all():
        box = np.clip(np.array([first, last]) / factor + corner, 0, image.size)
        width, height = (last - first).tolist()
        (left, top), (right, bottom) = box.tolist()
        part = image.resize((width, height), _RESAMPLING, (left, top, right, bottom), _GAP)
        square.paste(part, tuple(first.tolist()))
    return np.asarray(square, np.float32).transpose(2, 0, 1) / 127.5 - 1


def _merged(points: Floats, sure: Floats) -> list[FoundFace]:
    """Boxes of one face as one, weighted by their confidence; `points` [N, 8, 2]."""
    faces: list[FoundFace] = []
    left = np.argsort(-sure)
    while len(left) and len(faces) < _MOST:
        overlap = _overlap(points[left[0], :2], points[left, :2])
        overlap[0] = 1  # itself, also where its box has no area
        same = left[overlap > _SAME]
        weights = sure[same] / sure[same].sum()
        mean = np.einsum("n,nij->ij", weights, points[same])
        faces.append(FoundFace(mean[:2].reshape(4), mean[2:], float(sure[left[0]])))
        left = left[overlap <= _SAME]
    return faces


def _overlap(box: Floats, boxes: Floats) -> Floats:
    """Intersection over union [N] of a box [2, 2] and boxes [N, 2, 2]."""
    low, high = np.maximum(box[0], boxes[:, 0]), np.minimum(box[1], boxes[:, 1])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    both = (box[1] - box[0]).prod() + (boxes[:, 1] - boxes[:, 0]).prod(axis=1)
    found: Floats = shared / np.maximum(both - shared, np.finfo(np.float32).tiny)
    return found
