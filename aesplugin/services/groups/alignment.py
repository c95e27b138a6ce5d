"""How far one small grey picture is shifted against another, and how well they then agree.

Normalised cross-correlation over the overlap, for all shifts at once in the Fourier domain
(Padfield 2012, "Masked object registration in the Fourier domain", IEEE TIP 21(5)).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]  # [H, W], 0..255

LEAST_OVERLAP = 0.12  # of the picture's area; below that, chance agrees too well


@dataclass(frozen=True, slots=True)
class Shift:
    """`right` and `down` are fractions of width and height; `agreement` is -1..1."""

    right: float
    down: float
    agreement: float


def find_shift(one: Grey, other: Grey) -> Shift:
    """Where the content of `one` lies in `other`; both [H, W] of one shape.

    A picture without structure agrees with nothing (agreement 0).
    """
    height, width = one.shape
    a, b = _edges(one), _edges(other)
    if not a.any() or not b.any():
        return Shift(0.0, 0.0, 0.0)
    score = _masked_ncc(a, b)  # [2H-1, 2W-1]
    down, right = np.unravel_index(int(score.argmax()), score.shape)
    return Shift(
        right=(int(right) - width + 1) / width,
        down=(int(down) - height + 1) / height,
        agreement=float(score.max()),
    )


def shrunk(grey: Grey, factor: int = 4) -> Grey:
    """The picture at a fraction of its size, by averaging: for a quick estimate of a shift."""
    height, width = (side // factor * factor for side in grey.shape)
    cells = grey[:height, :width].reshape(height // factor, factor, width // factor, factor)
    small: Grey = cells.mean(axis=(1, 3), dtype=np.float32)
    return small


def blurred(grey: Grey, passes: int = 1) -> Grey:
    """`grey` smoothed by a 3x3 binomial kernel, `passes` times; borders repeat."""
    result = grey.astype(np.float32)
    for _ in range(passes):
        wide = np.pad(result, 1, mode="edge")
        rows = (wide[:-2] + 2 * wide[1:-1] + wide[2:]) / 4
        result = ((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4).astype(np.float32)
    return result


def _edges(grey: Grey) -> Grey:
    """A band of frequencies: without the brightness, which correlates at any shift."""
    band = blurred(grey, 1) - blurred(grey, 12)
    flat = float(np.abs(band).max()) < 1.0  # less than one grey level: noise of rounding
    result: Grey = np.zeros_like(band) if flat else band
    return result


def _masked_ncc(a: Grey, b: Grey) -> NDArray[np.float64]:
    """Correlation over the overlap for every shift of `a` against `b`: [2H-1, 2W-1]."""
    height, width = a.shape
    shape = (2 * height, 2 * width)  # one more than needed: its factors are small
    flipped, b64 = a[::-1, ::-1].astype(np.float64), b.astype(np.float64)
    fa, fa2 = np.fft.rfft2(flipped, shape), np.fft.rfft2(flipped**2, shape)
    fb, fb2 = np.fft.rfft2(b64, shape), np.fft.rfft2(b64**2, shape)
    mask, overlap = _overlap(height, width)

    def back(spectrum: NDArray[np.complex128]) -> NDArray[np.float64]:
        return np.fft.irfft2(spectrum, shape)[:-1, :-1]

    sum_a, sum_b = back(fa * mask), back(fb * mask)
    cross = back(fa * fb) - sum_a * sum_b / overlap
    energy_a = (back(fa2 * mask) - sum_a**2 / overlap).clip(0)
    energy_b = (back(fb2 * mask) - sum_b**2 / overlap).clip(0)
    power = np.sqrt(energy_a * energy_b)
    least = 1e-3 * np.sqrt(float((flipped**2).sum()) * float((b64**2).sum()))
    valid = (overlap >= LEAST_OVERLAP * height * width) & (power > least)
    return np.where(valid, cross / np.maximum(power, least), 0.0).clip(-1, 1)


@lru_cache(maxsize=4)
def _overlap(height: int, width: int) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Spectrum of a full mask, and the pixels that overlap at each shift, [2H-1, 2W-1]."""
    mask = np.fft.rfft2(np.ones((height, width)), (2 * height, 2 * width))
    down = height - np.abs(np.arange(1 - height, height))
    right = width - np.abs(np.arange(1 - width, width))
    return mask, np.outer(down, right).astype(np.float64)
