"""The head of a JPEG XL codestream: size, depth, orientation and what its numbers mean.

The decoder hands on numbers without saying so. Names and order of the fields are those of
ISO/IEC 18181-1, annexes C and D.
"""

from dataclasses import dataclass
from typing import Final

_D65: Final = 1
_GREY: Final = 1
_ALPHA: Final = 0
_MOST_EXTRA: Final = 16
_RATIOS: Final = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
# (bits to read, what is added) for each of the four ways a number is written.
_Ways = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
_SIZE: Final[_Ways] = ((9, 1), (13, 1), (18, 1), (30, 1))
_DEPTH: Final[_Ways] = ((0, 8), (0, 10), (0, 12), (6, 1))
_FLOAT_DEPTH: Final[_Ways] = ((0, 32), (0, 16), (0, 24), (6, 1))
_EXTRA: Final[_Ways] = ((0, 0), (0, 1), (4, 2), (12, 1))
_SHIFT: Final[_Ways] = ((0, 0), (0, 3), (0, 4), (3, 1))
_NAME: Final[_Ways] = ((0, 0), (4, 0), (5, 16), (10, 48))
_ENUM: Final[_Ways] = ((0, 0), (0, 1), (4, 2), (6, 18))


class UnknownHeader(Exception):
    """A feature whose fields are not read here; the message names it."""


@dataclass(frozen=True, slots=True)
class Header:
    """`primaries` and `transfer` are codes of ITU-T H.273; `bits` is 0 of floating point."""

    width: int
    height: int
    bits: int = 8
    alpha: bool = False
    primaries: int = 1
    transfer: int = 13


def read_header(codestream: bytes) -> Header:
    """Reads what stands before the first frame.

    Raises:
        UnknownHeader: a feature that photos do not have. IndexError: it is cut.
    """
    bits = _Bits(codestream, 16)
    height, width = _size(bits)
    if bits.flag():  # everything as usual
        return Header(width, height)
    if bits.flag():
        _pass_over_extra_fields(bits)
    depth = _depth(bits)
    bits.flag()  # narrow buffers
    alpha = _has_alpha(bits)
    bits.flag()  # XYB: the decoder gives back the colours named below all the same
    if bits.flag():
        return Header(width, height, depth, alpha)
    primaries, transfer = _colours(bits)
    return Header(width, height, depth, alpha, primaries, transfer)


def _size(bits: "_Bits") -> tuple[int, int]:
    is_small = bits.flag()
    height = (bits.number(5) + 1) * 8 if is_small else bits.choice(_SIZE)
    ratio = bits.number(3)
    if ratio:
        across, down = _RATIOS[ratio]
        return height, height * across // down
    return height, (bits.number(5) + 1) * 8 if is_small else bits.choice(_SIZE)


def _pass_over_extra_fields(bits: "_Bits") -> None:
    bits.number(3)  # orientation: the decoder turns
    if bits.flag():
        _size(bits)
    if bits.flag():
        raise UnknownHeader("a preview")
    if bits.flag():
        raise UnknownHeader("an animation")


def _depth(bits: "_Bits") -> int:
    if not bits.flag():
        return bits.choice(_DEPTH)
    bits.choice(_FLOAT_DEPTH)
    bits.number(4)
    return 0


def _has_alpha(bits: "_Bits") -> bool:
    count = bits.choice(_EXTRA)
    if count > _MOST_EXTRA:
        raise UnknownHeader(f"{count} extra channels")
    found = [_is_alpha(bits) for _ in range(count)]  # every one has to be read
    return any(found)


def _is_alpha(bits: "_Bits") -> bool:
    if bits.flag():
        return True
    kind = bits.choice(_ENUM)
    if kind > 6:
        raise UnknownHeader(f"extra channels of kind {kind}")
    _depth(bits)
    bits.choice(_SHIFT)
    bits.number(8 * bits.choice(_NAME))
    if kind == _ALPHA:
        if bits.flag():
            raise UnknownHeader("premultiplied transparency")
        return True
    raise UnknownHeader("extra channels")


def _colours(bits: "_Bits") -> tuple[int, int]:
    if bits.flag():
        raise UnknownHeader("a colour profile")
    space = bits.choice(_ENUM)
    if space > _GREY:
        raise UnknownHeader("a colour space other than RGB and grey")
    white = bits.choice(_ENUM)
    primaries = 1 if space == _GREY else bits.choice(_ENUM)
    if white != _D65 or primaries == 2:
        raise UnknownHeader("a white or primaries of its own")
    if bits.flag():
        raise UnknownHeader("a gamma of its own")
    transfer = bits.choice(_ENUM)
    return {11: 12}.get(primaries, primaries), transfer  # with D65 it is Display P3


class _Bits:
    """Reads from the lowest bit of each byte up."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def number(self, count: int) -> int:
        value = 0
        for place in range(count):
            value |= (self._data[self._at >> 3] >> (self._at & 7) & 1) << place
            self._at += 1
        return value

    def flag(self) -> bool:
        return bool(self.number(1))

    def choice(self, ways: _Ways) -> int:
        count, more = ways[self.number(2)]
        return self.number(count) + more
