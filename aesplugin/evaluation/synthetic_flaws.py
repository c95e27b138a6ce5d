"""Flawed copies of clean photos: one known cause, strength and way out, for evaluation only.

Written with OpenCV and with parameters of its own, so that a model trained on the training
flaws is not merely asked to recognise its teacher's code.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.errors import DataError, UsageError
from aesplugin.evaluation.inputs import load_pixels

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]


class Strength(StrEnum):
    MILD = "mild"
    MEDIUM = "medium"
    STRONG = "strong"


Maker = Callable[[Pixels, Strength, np.random.Generator], tuple[Pixels, str]]


def flawed(
    pixels: Pixels, flaw: Flaw, *, strength: Strength | str, rng: np.random.Generator
) -> tuple[Pixels, str]:
    """A flawed copy of `pixels` [H, W, 3] and the way out, in a word of `models.directions`.

    The copy has the same size, except for tilt (the upright inner rectangle that is left) and
    the two crops. Lengths scale with the long side, so a flaw looks alike at every resolution.
    `rng` draws signs, angles and noise; the amount depends on `strength` alone.

    Raises:
        UsageError: OpenCV is not installed, or the picture is smaller than 32 pixels.
    """
    if min(pixels.shape[:2]) < 32:
        raise UsageError("a flawed copy needs an image of at least 32 x 32 pixels")
    copy, direction = _MAKERS[flaw](pixels, Strength(strength), rng)
    return np.ascontiguousarray(copy, dtype=np.uint8), direction


def _cv2() -> ModuleType:
    try:
        return importlib.import_module("cv2")
    except ModuleNotFoundError:
        raise UsageError("flawed copies need OpenCV: pip install opencv-python-headless") from None


def _pick(strength: Strength, mild: float, medium: float, strong: float) -> float:
    return {Strength.MILD: mild, Strength.MEDIUM: medium, Strength.STRONG: strong}[strength]


def _linear(pixels: Pixels) -> Plane:
    """Linear light 0..1 of sRGB (IEC 61966-2-1)."""
    v = pixels.astype(np.float32) / np.float32(255)
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _display(linear: Plane) -> Pixels:
    v = np.clip(linear, 0, 1)
    v = np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055)
    return np.rint(v * 255).astype(np.uint8)


def _underexposed(pixels: Pixels, strength: Strength, _: np.random.Generator) -> tuple[Pixels, str]:
    stops = _pick(strength, -0.7, -1.3, -2.0)
    return _display(_linear(pixels) * np.float32(2.0**stops)), "brighten"


def _overexposed(pixels: Pixels, strength: Strength, _: np.random.Generator) -> tuple[Pixels, str]:
    stops = _pick(strength, 0.7, 1.3, 2.0)
    return _display(_linear(pixels) * np.float32(2.0**stops)), "darken"


def _low_contrast(pixels: Pixels, strength: Strength, _: np.random.Generator) -> tuple[Pixels, str]:
    """Pulled towards the photo's own mean grey, as haze or a dirty lens does."""
    keep = _pick(strength, 0.7, 0.5, 0.3)
    mean = float(pixels.mean()) * (1 - keep)
    return np.rint(pixels * np.float32(keep) + np.float32(mean)).astype(np.uint8), "raise contrast"


def _chroma(pixels: Pixels, factor: float) -> Pixels:
    cv2 = _cv2()
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[..., 1:] *= factor
    rgb = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    copy: Pixels = np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
    return copy


def _oversaturated(
    pixels: Pixels, strength: Strength, _: np.random.Generator
) -> tuple[Pixels, str]:
    return _chroma(pixels, _pick(strength, 1.5, 2.0, 2.6)), "reduce saturation"


def _undersaturated(
    pixels: Pixels, strength: Strength, _: np.random.Generator
) -> tuple[Pixels, str]:
    return _chroma(pixels, _pick(strength, 0.6, 0.35, 0.15)), "add saturation"


_CASTS = {  # the way out: gains of R, G, B as powers of the strength
    "cool down": (1.0, 0.1, -1.0),
    "warm up": (-1.0, 0.0, 1.0),
    "less green": (-0.5, 0.8, -0.5),
    "less magenta": (0.5, -0.8, 0.5),
}


def _color_cast(pixels: Pixels, strength: Strength, rng: np.random.Generator) -> tuple[Pixels, str]:
    direction = str(rng.choice(list(_CASTS)))
    gain = _pick(strength, 1.15, 1.35, 1.7)
    gains = np.float32(gain) ** np.array(_CASTS[direction], np.float32)
    return _display(_linear(pixels) * gains), direction


def _noise(pixels: Pixels, strength: Strength, rng: np.random.Generator) -> tuple[Pixels, str]:
    """Shot and read noise in linear light, one draw a colour channel, then 8 bits."""
    amount = _pick(strength, 0.02, 0.05, 0.11)
    linear = _linear(pixels)
    sigma = amount * np.sqrt(linear * 0.5 + 0.004)
    grain = rng.standard_normal(linear.shape, dtype=np.float32) * sigma
    return _display((linear + grain).astype(np.float32)), "reduce noise"


def _blur(pixels: Pixels, strength: Strength, _: np.random.Generator) -> tuple[Pixels, str]:
    """Defocus: a disc as the kernel, in linear light."""
    cv2 = _cv2()
    radius = _pick(strength, 0.005, 0.010, 0.018) * max(pixels.shape[:2])
    reach = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return _display(cv2.filter2D(_linear(pixels), -1, disc / disc.sum())), "sharpen"


def _motion_blur(
    pixels: Pixels, strength: Strength, rng: np.random.Generator
) -> tuple[Pixels, str]:
    """A straight shake of the camera at any angle."""
    cv2 = _cv2()
    length = _pick(strength, 0.015, 0.03, 0.055) * max(pixels.shape[:2])
    angle = rng.uniform(0, np.pi)
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, int(length * 8) + 1):
        x, y = reach + step * np.cos(angle), reach + step * np.sin(angle)
        left, top = int(x), int(y)
        fx, fy = x - left, y - top
        kernel[top : top + 2, left : left + 2] += np.outer([1 - fy, fy], [1 - fx, fx])
    return _display(cv2.filter2D(_linear(pixels), -1, kernel / kernel.sum())), "steady"


def _jpeg(pixels: Pixels, strength: Strength, _: np.random.Generator) -> tuple[Pixels, str]:
    cv2 = _cv2()
    quality = int(_pick(strength, 30, 18, 10))
    _ok, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    copy = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return copy, "save finer"


def _tilted(pixels: Pixels, strength: Strength, rng: np.random.Generator) -> tuple[Pixels, str]:
    """Turned, then cut to the largest upright rectangle of the same shape without empty corners."""
    cv2 = _cv2()
    height, width = pixels.shape[:2]
    clockwise = bool(rng.integers(2))
    degrees = _pick(strength, 2.5, 5.0, 9.0)
    turn = np.radians(degrees)
    fit = 1 / (np.cos(turn) + np.sin(turn) * max(width / height, height / width))
    matrix = cv2.getRotationMatrix2D(
        ((width - 1) / 2, (height - 1) / 2), -degrees if clockwise else degrees, 1.0
    )
    turned = cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    keep_h, keep_w = max(int(height * fit), 1), max(int(width * fit), 1)
    top, left = (height - keep_h) // 2, (width - keep_w) // 2
    inner = turned[top : top + keep_h, left : left + keep_w]
    return inner, "rotate left" if clockwise else "rotate right"


def _vignetting(pixels: Pixels, strength: Strength, _: np.random.Generator) -> tuple[Pixels, str]:
    """Corners darker by 1, 2 or 3 stops; smooth, centred."""
    height, width = pixels.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    stops = -_pick(strength, 1.0, 2.0, 3.0) * ((x * x + y * y) / 2) ** 1.2  # [H, W], 0 at centre
    return _display(_linear(pixels) * np.exp2(stops)[..., None]), "lighten corners"


def _subject(pixels: Pixels) -> tuple[float, float, float, float]:
    """Centre x, y and half width, half height of what stands out, as fractions of the frame.

    The spectral residual (Hou and Zhang, CVPR 2007) on 64 x 64, smoothed.
    """
    cv2 = _cv2()
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (64, 64), interpolation=3)
    spectrum = np.fft.fft2(grey.astype(np.float32))
    log = np.log(np.abs(spectrum) + 1e-3).astype(np.float32)
    residual = np.exp(log - cv2.blur(log, (3, 3)) + 1j * np.angle(spectrum))
    salient = cv2.GaussianBlur(np.abs(np.fft.ifft2(residual)) ** 2, (0, 0), 3.5)
    salient = np.maximum(salient - 0.5 * salient.max(), 0)  # [64, 64]
    total = float(salient.sum()) or 1.0
    at = (np.arange(64) + 0.5) / 64
    x, y = float(salient.sum(0) @ at) / total, float(salient.sum(1) @ at) / total
    spread_x = float(salient.sum(0) @ (at - x) ** 2 / total) ** 0.5
    spread_y = float(salient.sum(1) @ (at - y) ** 2 / total) ** 0.5
    return x, y, float(np.clip(1.5 * spread_x, 0.1, 0.3)), float(np.clip(1.5 * spread_y, 0.1, 0.3))


def _cut_subject(
    pixels: Pixels, strength: Strength, rng: np.random.Generator
) -> tuple[Pixels, str]:
    """The frame's edge runs through the subject: 25, 45 or 65 % of it is outside."""
    height, width = pixels.shape[:2]
    x, y, half_w, half_h = _subject(pixels)
    cut = _pick(strength, 0.25, 0.45, 0.65) * 2
    side = str(rng.choice(["left", "right"] if width >= height else ["above", "below"]))
    if side == "left":
        return pixels[:, _at(x - half_w + cut * half_w, width) :], "widen"
    if side == "right":
        return pixels[:, : width - _at(1 - x - half_w + cut * half_w, width)], "widen"
    if side == "above":
        return pixels[_at(y - half_h + cut * half_h, height) :], "widen"
    return pixels[: height - _at(1 - y - half_h + cut * half_h, height)], "widen"


def _poor_placement(
    pixels: Pixels, strength: Strength, _: np.random.Generator
) -> tuple[Pixels, str]:
    """Cropped to the same shape with the subject's centre near one side of the frame."""
    height, width = pixels.shape[:2]
    x, y, _half_w, _half_h = _subject(pixels)
    size = _pick(strength, 0.75, 0.65, 0.55)
    place = _pick(strength, 0.2, 0.14, 0.08)  # the subject's place, from the side it is near
    sides = {"aim left": x, "aim right": 1 - x}  # how much is there to cut on that side
    direction = max(sides, key=lambda name: sides[name])
    left = x - place * size if direction == "aim left" else x - (1 - place) * size
    left = float(np.clip(left, 0, 1 - size))
    top = float(np.clip(y - size / 2, 0, 1 - size))
    rows = slice(int(top * height), int((top + size) * height))
    return pixels[rows, int(left * width) : int((left + size) * width)], direction


def _at(fraction: float, length: int) -> int:
    """A place on a side of `length` pixels, never closer than a third to its far end."""
    return int(np.clip(fraction, 0.02, 0.67) * length)


_MAKERS: dict[Flaw, Maker] = {
    Flaw.UNDEREXPOSED: _underexposed,
    Flaw.OVEREXPOSED: _overexposed,
    Flaw.LOW_CONTRAST: _low_contrast,
    Flaw.OVERSATURATED: _oversaturated,
    Flaw.UNDERSATURATED: _undersaturated,
    Flaw.COLOR_CAST: _color_cast,
    Flaw.NOISE: _noise,
    Flaw.BLUR: _blur,
    Flaw.MOTION_BLUR: _motion_blur,
    Flaw.JPEG_ARTIFACTS: _jpeg,
    Flaw.TILTED_HORIZON: _tilted,
    Flaw.CUT_SUBJECT: _cut_subject,
    Flaw.POOR_PLACEMENT: _poor_placement,
    Flaw.VIGNETTING: _vignetting,
}


SMALLEST: Final = 32  # px a side, of a photo that can be given a flaw


def originals(photos: Sequence[Path]) -> list[Pixels]:
    """The pixels of each photo.

    Raises:
        DataError: no photos, or one that cannot be decoded or is too small.
    """
    if not photos:
        raise DataError("no photos to make flawed copies of")
    return [load_pixels(path, least=SMALLEST) for path in photos]


def looks(photos: int, strengths: Sequence[Strength]) -> int:
    """How many pictures are scored: each photo, and a copy with each flaw at each strength."""
    return photos * (1 + len(SYNTHETIC_FLAWS) * len(strengths))


def copies(
    photos: Sequence[Pixels], flaw: Flaw, strength: Strength, *, seed: int
) -> Iterator[tuple[Pixels, str]]:
    """A copy of each photo with the flaw, made when it is asked for, and its way out."""
    number = list(SYNTHETIC_FLAWS).index(flaw)
    for index, photo in enumerate(photos):
        rng = np.random.default_rng([seed, number, index])
        yield flawed(photo, flaw, strength=strength, rng=rng)
