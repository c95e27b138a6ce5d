"""Samples of a TIFF to 0..255: what their white is, told by their type and by what they hold.

Cameras, scanners and microscopes keep 8, 10, 12 or 14 bits in wider samples, and floating point has
no white of its own. Where nobody can say what is white, the file is refused: a picture that is
black by mistake would get a score.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import UnsupportedPhoto

Samples = NDArray[Any]

_NARROW: Final = (255, 1023, 4095, 16383)  # whites of fewer bits than the samples have
_NEAR: Final = 0.98  # a peak from this share of such a white up is taken for it
_DARKEST: Final = 1 / 255  # of white: a peak below would leave nothing to be seen
_MOST_NEGATIVE: Final = 0.02  # share of samples; ripples of sharpening go below zero
_SAMPLED: Final = 1 << 16  # values kept of each part, for the percentiles
_PEAK: Final = 99.9
_SCALED: Final = 16.0  # a float picture brighter than this is not in units of white


@dataclass(slots=True)
class Found:
    """What the colour samples of a picture hold, gathered part by part."""

    peak: float = 0.0
    negative: int = 0
    count: int = 0
    some: list[Samples] = field(default_factory=list)

    def add(self, samples: Samples) -> None:
        """Takes one part into account."""
        self.count += samples.size
        kind = samples.dtype.kind
        if kind == "f":
            finite = np.isfinite(samples)
            self.peak = max(self.peak, float(np.max(samples, initial=0.0, where=finite)))
            self.some.append(samples.ravel()[:: max(1, samples.size // _SAMPLED)])
        else:
            self.peak = max(self.peak, float(samples.max(initial=0)))
        if kind in "if":
            self.negative += int(np.less(samples, 0).sum())


def full_range(dtype: np.dtype[Any], bits: int) -> float:
    """White by the type of the samples alone."""
    if dtype.kind == "f":
        return 1.0
    return float((1 << (bits - (dtype.kind == "i"))) - 1)


def white_of(found: Found, dtype: np.dtype[Any], bits: int) -> float:
    """White by what the samples hold as well.

    Raises:
        UnsupportedPhoto: nothing tells it.
    """
    if found.count and found.negative > _MOST_NEGATIVE * found.count:
        raise _untold("many of its samples are negative")
    if dtype.kind == "f":
        return _white_of_floats(found)
    full = full_range(dtype, bits)
    if bits <= 8:
        return full
    if bits > 16:
        return _white_of_wide(found.peak, full)
    near = [level for level in _NARROW if level < full and _NEAR * level <= found.peak <= level]
    if near:
        return float(near[0])
    if 0 < found.peak < full * _DARKEST:
        raise _untold(f"its samples go up to {found.peak:.0f} of {full:.0f}")
    # Brightest sample 4 to 16 of 255: no photo, but what a 12-bit camera leaves in 16 bits.
    return 4095.0 if bits == 16 and 1023 < found.peak <= 4095 else full


def _white_of_wide(peak: float, full: float) -> float:
    """Of 32 and 64 bits: hardly anything fills them, much is only kept in them."""
    for level in (255.0, 65535.0):
        if peak <= level:
            return level
    if peak < full * _DARKEST:
        raise _untold(f"its samples go up to {peak:.0f} of {full:.0f}")
    return full


def _white_of_floats(found: Found) -> float:
    """1 where nothing much exceeds it; else the level it was scaled to, or its own brightest."""
    if not found.some or found.peak <= 0:
        return 1.0
    values = np.concatenate(found.some).astype(np.float64)
    values = values[np.isfinite(values)]
    bright = float(np.percentile(values, _PEAK)) if values.size else 0.0
    if found.peak <= 1.0:
        if bright < _DARKEST:
            raise _untold(f"its floating-point samples go up to {found.peak:.2g} only")
        return 1.0
    if found.peak > _SCALED and float(np.median(values)) > 1.0:
        level = next((level for level in (255.0, 65535.0) if bright <= level), None)
        return level or bright
    return max(1.0, bright)


def to_levels(samples: Samples, white: float) -> NDArray[np.uint8]:
    """0..255, clipped at both ends; whole numbers by their high byte, as other readers do."""
    if samples.dtype == np.bool_:
        return samples.astype(np.uint8) * np.uint8(255)
    bits = int(white).bit_length()
    if samples.dtype.kind == "u" and white == (1 << bits) - 1:
        return _of_whole(samples, int(white), bits)
    levels: NDArray[np.uint8] = (_share(samples, white) * np.float32(255)).round().astype(np.uint8)
    return levels


def to_codes(samples: Samples, white: float) -> NDArray[np.uint16]:
    """0..65535, for profiles that stretch the shadows."""
    codes = (_share(samples, white) * np.float32(65535)).round().astype(np.uint16)
    return np.asarray(codes)


def _share(samples: Samples, white: float) -> NDArray[np.float32]:
    """0..1 of white."""
    known = np.nan_to_num(samples, nan=0, posinf=white, neginf=0)
    return np.asarray(np.clip(known, 0, white).astype(np.float32) / np.float32(white))


def _of_whole(samples: Samples, white: int, bits: int) -> NDArray[np.uint8]:
    if bits == 8 and samples.dtype == np.uint8:
        return samples.astype(np.uint8, copy=False)
    clipped = samples if white == np.iinfo(samples.dtype).max else np.minimum(samples, white)
    if bits >= 8:
        return (clipped >> (bits - 8)).astype(np.uint8)
    return (clipped.astype(np.uint16) * 255 // white).astype(np.uint8)


def _untold(why: str) -> UnsupportedPhoto:
    return UnsupportedPhoto(
        f"a TIFF that does not tell what white is ({why}); export it as JPEG or 8-bit TIFF"
    )
