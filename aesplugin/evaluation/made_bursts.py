"""Bursts made of one photo of open eyes: a good frame, a soft one, and one in which a face blinks.

Nobody's burst is in the data of which it is known what went wrong in which frame, so three frames
are made of one photo. Each is shifted by a few pixels, a little brighter or darker, noisy and
saved as JPEG by itself. The soft one was out of focus or shaken, as a whole or on the face alone.
In the blinking one the face of somebody whose eyes are closed is laid over the largest face, with
the eyes where the eyes were, in the tones of the face below and no sharper than it is.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from aesplugin.models.faces.detector import FoundFace

_Floats = NDArray[np.floating[Any]]

_SHIFT: Final = 0.01  # of the long side, at most
_STOPS, _NOISE, _QUALITY = 0.1, 1.5, 92  # exposure at most; of 255; of the JPEG
# In widths of the face:
_FOCUS: Final = (0.015, 0.035)  # sigma of a missed focus
_SHAKE: Final = (0.05, 0.12)  # length of a shake
_OVAL: Final = (0.52, 0.62)  # half axes of what is laid over a face
_FEATHER: Final = 0.06
_STEPS: Final = 15  # of a shake
_BLURS: Final = np.arange(0, 6, 0.25)  # px, sigma: tried in turn on a face that is laid over
_COARSER: Final = 1.1  # a closed face may be enlarged so much, or it would be soft as well


class Made(StrEnum):
    """What was done to a frame."""

    GOOD = "good"
    SOFT = "soft"
    BLINK = "blink"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `eyes_open` is the same exposure as it was before the face was laid over it."""

    made: Made
    image: Image.Image
    eyes_open: Image.Image


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture and its largest face."""

    image: Image.Image
    face: FoundFace

    @property
    def apart(self) -> float:
        """Between the eyes, in pixels."""
        return float(np.hypot(*(self.face.eyes[1] - self.face.eyes[0])))

    def scaled(self, factor: float) -> "Portrait":
        """The same in a picture so many times as large."""
        width, height = (max(1, round(side * factor)) for side in self.image.size)
        image = self.image.resize((width, height), Image.Resampling.LANCZOS)
        return Portrait(image, self.face.scaled(factor))


def make_burst(
    scene: Portrait, closed: Sequence[Portrait], rng: np.random.Generator
) -> list[Frame]:
    """Three frames, shuffled.

    The face with closed eyes is drawn from those of `closed` that have as many pixels; where none
    has, the scene is made smaller.
    """
    enough = [one for one in closed if one.apart * _COARSER >= scene.apart]
    if not enough:
        enough = [max(closed, key=lambda one: one.apart)]
        scene = scene.scaled(enough[0].apart / scene.apart)
    shut = enough[int(rng.integers(len(enough)))]
    soft = _softened(scene, rng)
    pictures = {
        Made.GOOD: (scene.image, scene.image),
        Made.SOFT: (soft, soft),
        Made.BLINK: (_blinking(scene, shut), scene.image),
    }
    frames = []
    for made, both in pictures.items():
        seed = int(rng.integers(2**32))  # one exposure
        image, eyes_open = (_taken(one, np.random.default_rng(seed)) for one in both)
        frames.append(Frame(made, image, eyes_open))
    return [frames[place] for place in rng.permutation(len(frames))]


def _softened(scene: Portrait, rng: np.random.Generator) -> Image.Image:
    width = scene.face.width
    if rng.random() < 0.5:
        soft = scene.image.filter(ImageFilter.GaussianBlur(rng.uniform(*_FOCUS) * width))
    else:
        soft = _shaken(scene.image, rng.uniform(*_SHAKE) * width, rng.uniform(0, np.pi))
    if rng.random() < 0.5:
        return soft
    return Image.composite(soft, scene.image, _feathered(_oval(scene), scene))


def _shaken(image: Image.Image, length: float, angle: float) -> Image.Image:
    total = np.zeros((image.height, image.width, 3), np.float32)
    for step in np.linspace(-length / 2, length / 2, _STEPS):
        total += np.asarray(_moved(image, step * np.cos(angle), step * np.sin(angle)), np.float32)
    return Image.fromarray(np.rint(total / _STEPS).astype(np.uint8))


def _moved(image: Image.Image, right: float, down: float) -> Image.Image:
    """By parts of a pixel, too; what is moved in repeats the border."""
    pad = int(np.ceil(max(abs(right), abs(down)))) + 1
    pixels = np.pad(np.asarray(image), ((pad, pad), (pad, pad), (0, 0)), mode="edge")
    return Image.fromarray(pixels).transform(
        image.size,
        Image.Transform.AFFINE,
        (1, 0, pad - right, 0, 1, pad - down),
        Image.Resampling.BICUBIC,
    )


def _blinking(scene: Portrait, shut: Portrait) -> Image.Image:
    """The scene with the other face over its own."""
    if shut.apart > scene.apart:
        shut = shut.scaled(scene.apart / shut.apart)
    (from_x, from_y), (to_x, to_y) = scene.face.eyes
    ours = complex(to_x - from_x, to_y - from_y)
    (left_x, left_y), (right_x, right_y) = shut.face.eyes
    turn = complex(right_x - left_x, right_y - left_y) / ours
    start = complex(left_x, left_y) - turn * complex(from_x, from_y)
    matrix = (turn.real, -turn.imag, start.real, turn.imag, turn.real, start.imag)

    def laid(image: Image.Image) -> Image.Image:
        resampling = Image.Resampling.BICUBIC
        return image.transform(scene.image.size, Image.Transform.AFFINE, matrix, resampling)

    inside = laid(Image.new("L", shut.image.size, 255))  # its picture may end within the oval
    mask = _feathered(ImageChops.multiply(_oval(scene), inside), scene)
    over = _as_below(laid(shut.image), scene.image, np.asarray(mask) > 127)
    return Image.composite(over, scene.image, mask)


def _oval(scene: Portrait) -> Image.Image:
    face = scene.face
    (x, y), width = face.centre, face.width
    across, down = _OVAL[0] * width, _OVAL[1] * width
    mask = Image.new("L", scene.image.size)
    box = (float(x - across), float(y - down), float(x + across), float(y + down))
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def _feathered(mask: Image.Image, scene: Portrait) -> Image.Image:
    return mask.filter(ImageFilter.GaussianBlur(_FEATHER * scene.face.width))


def _as_below(over: Image.Image, below: Image.Image, where: NDArray[np.bool_]) -> Image.Image:
    """With the mean and the spread of each colour of the face below, and no finer detail."""
    old = np.asarray(below, np.float32)
    for sigma in _BLURS:
        new = np.asarray(over.filter(ImageFilter.GaussianBlur(float(sigma))), np.float32)
        gain = old[where].std(axis=0) / np.maximum(new[where].std(axis=0), 1)  # [3]
        toned = (new - new[where].mean(axis=0)) * gain + old[where].mean(axis=0)
        if _detail(toned, where) <= _detail(old, where):
            break
    return Image.fromarray(np.rint(toned.clip(0, 255)).astype(np.uint8))


def _detail(pixels: _Floats, where: NDArray[np.bool_]) -> float:
    """The strongest steps between pixels side by side."""
    grey = pixels.mean(axis=2)
    steps = np.hypot(np.gradient(grey, axis=0), np.gradient(grey, axis=1))
    return float(np.quantile(steps[where], 0.98))


def _taken(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """As the next exposure of a hand-held camera, saved as JPEG."""
    reach = _SHIFT * max(image.size)
    moved = np.asarray(_moved(image, *rng.uniform(-reach, reach, 2)), np.float32)
    noise = rng.normal(0, _NOISE, moved.shape)
    pixels = moved * 2 ** rng.uniform(-_STOPS, _STOPS) + noise
    file = io.BytesIO()
    frame = Image.fromarray(np.rint(pixels.clip(0, 255)).astype(np.uint8))
    frame.save(file, "JPEG", quality=_QUALITY)
    return Image.open(file).convert("RGB")
