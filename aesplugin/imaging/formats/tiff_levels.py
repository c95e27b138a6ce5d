"""Samples of a TIFF to 0..255: what their white is.

libtiff, Pillow, ImageMagick, libvips and OpenImageIO take white by BitsPerSample alone. So do we,
unless something better tells: cameras and microscopes keep 8, 10, 12 or 14 bits in wider samples,
and floating point has no white of its own. In this order,

1. a tag says it: WhiteLevel, or MaxSampleValue, SMaxSampleValue or OME's SignificantBits where they
   name a whole number of bits (TIFF 6 calls MaxSampleValue a statistic: any other value is one);
2. the brightest of 16-bit samples is exactly 255, 1023, 4095 or 16383 (less the low bits that no
   sample uses), where clipped highlights end: of a dark picture it would be a coincidence;
3. BitsPerSample. A picture that lies below a quarter of the range is a dark one, and stays dark.

Below a sixteenth (4095 of 65535) hardly anything is seen, and a 12-bit camera whose highlights are
not clipped looks the same as night: such a file is refused, for a picture that is black by mistake
would get a score. Not so where the samples prove to be meant for all 16 bits: all shifted up, or
their high byte repeated in the low one, or a profile of linear light, whose shadows are dark.

Where WhiteIsZero, small samples are bright, so a small peak says nothing: BitsPerSample stands.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import UnsupportedPhoto

Samples = NDArray[Any]

_NARROW: Final = (255, 1023, 4095, 16383)  # whites of fewer bits than the samples have
_HARDLY_SEEN: Final = 4095  # of 16 bits
_SIXTEEN: Final = (32767, 65535)  # signed and unsigned
_WHITE_LEVEL: Final = 50717
_MAXIMA: Final = (281, 341)  # MaxSampleValue, SMaxSampleValue
_SIGNIFICANT: Final = re.compile(r"""\bSignificantBits\s*=\s*["'](\d{1,2})["']""")
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
    used: int = 0  # the bits that are set anywhere, as long as the peak is low
    is_doubled: bool = True  # the low byte of 16 bits repeats the high one

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
        if kind in "ui" and samples.dtype.itemsize > 1 and self.peak <= _NARROW[-1]:
            self.used |= int(np.bitwise_or.reduce(samples, axis=None))
            if self.is_doubled:
                self.is_doubled = bool(((samples >> 8) == (samples & 0xFF)).all())

    @property
    def end(self) -> float | None:
        """The white of fewer bits at which highlights are clipped: all bits of the peak are set."""
        peak = int(self.peak)
        white = (1 << peak.bit_length()) - 1
        empty = white - peak
        is_end = peak == self.used and empty & (empty + 1) == 0 and empty < white >> 7
        return float(white) if white in _NARROW and is_end else None

    @property
    def is_spread(self) -> bool:
        """Whether fewer bits were made 16: shifted up, or repeated."""
        return self.is_doubled or self.used & 0xF == 0


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the file itself says of its samples; `stated` is the white that a tag names."""

    dtype: np.dtype[Any]
    bits: int
    stated: float | None = None
    is_inverted: bool = False  # WhiteIsZero
    is_linear: bool = False  # by its profile


def full_range(dtype: np.dtype[Any], bits: int) -> float:
    """White by the type of the samples alone."""
    if dtype.kind == "f":
        return 1.0
    return float((1 << (bits - (dtype.kind == "i"))) - 1)


def stated_white(page: Any, full: float) -> float | None:
    """The white that a tag of the page names; None where none does."""
    level = _largest(page.tags.valueof(_WHITE_LEVEL))
    if level is not None and 1 < level <= full:
        return level
    whole = (*map(float, _NARROW), full)
    maxima = [_largest(page.tags.valueof(tag)) for tag in _MAXIMA]
    said = _SIGNIFICANT.search(page.description or "")
    if said:
        maxima.append(float((1 << int(said[1])) - 1))
    return next((value for value in maxima if value in whole and value <= full), None)


def _largest(value: Any) -> float | None:
    values = value if isinstance(value, tuple) else (value,)
    numbers = [float(one) for one in values if isinstance(one, int | float)]
    return max(numbers, default=None)


def white_of(found: Found, meaning: Meaning) -> float:
    """White by the order that the head of this file gives.

    Raises:
        UnsupportedPhoto: nothing tells it.
    """
    if found.count and found.negative > _MOST_NEGATIVE * found.count:
        raise _unknown_white("many of its samples are negative")
    if meaning.dtype.kind == "f":
        return _white_of_floats(found)
    full = full_range(meaning.dtype, meaning.bits)
    if meaning.bits <= 8:
        return full
    if meaning.stated is not None and found.peak <= meaning.stated:
        return meaning.stated
    white = full if meaning.bits <= 16 else _container(found.peak, full)
    if white in _SIXTEEN:
        return _white_of_sixteen(found, meaning, white)
    if not meaning.is_inverted and 0 < found.peak < white * _DARKEST:
        raise _unknown_white(f"its samples go up to {found.peak:.0f} of {white:.0f}")
    return white


def _container(peak: float, full: float) -> float:
    """Of 32 and 64 bits: hardly anything fills them, 8 and 16 are kept in them."""
    return next((level for level in (255.0, 65535.0) if peak <= level), full)


def _white_of_sixteen(found: Found, meaning: Meaning, full: float) -> float:
    end, peak = found.end, found.peak
    if meaning.is_inverted:
        # Black of so many bits, or hardly less than white everywhere.
        is_told = end is None or end > _HARDLY_SEEN
    elif end is not None:
        return end
    else:
        is_dark = meaning.is_linear or found.is_spread
        is_told = not 0 < peak <= (full * _DARKEST if is_dark else _HARDLY_SEEN)
    if not is_told:
        raise _unknown_white(f"its samples go up to {peak:.0f} of {full:.0f}")
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
            raise _unknown_white(f"its floating-point samples go up to {found.peak:.2g} only")
        return 1.0
    if found.peak > _SCALED and float(np.median(values)) > 1.0:
        return _white_of_scaled(found.peak, bright)
    return max(1.0, bright)


def _white_of_scaled(peak: float, bright: float) -> float:
    """Of whole numbers kept as floats."""
    if bright <= 255:
        return 255.0
    if peak in _NARROW:
        return peak
    if bright <= _HARDLY_SEEN:
        raise _unknown_white(f"its floating-point samples go up to {bright:.0f} or so")
    return max(65535.0, bright)


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


def _unknown_white(why: str) -> UnsupportedPhoto:
    return UnsupportedPhoto(
        f"a TIFF without a known white level ({why}); export it as JPEG or 8-bit TIFF"
    )
