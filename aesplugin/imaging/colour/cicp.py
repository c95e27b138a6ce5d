"""What a picture's numbers mean: primaries and transfer by the codes of ITU-T H.273 (CICP).

HEIF and AVIF tell them in an nclx box, PNG in cICP, JPEG XL in its header, an ICC profile in its
tag "cicp"; Adobe RGB and a gamma of its own, which have no code, are told by EXIF and PNG's gAMA.
"""

import struct
from dataclasses import dataclass
from typing import Final

_ADOBE: Final = 256  # beyond the codes, which have a byte
OWN_GAMMA: Final = 257
_UNKNOWN: Final = 2
# x and y of red, green, blue and white.
_D65: Final = (0.3127, 0.3290)
CHROMATICITIES: Final = {
    1: (0.640, 0.330, 0.300, 0.600, 0.150, 0.060, *_D65),  # BT.709 and sRGB
    5: (0.640, 0.330, 0.290, 0.600, 0.150, 0.060, *_D65),  # BT.601, 625 lines
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),  # BT.601, 525 lines
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),  # SMPTE 240M
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),  # BT.2020
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),  # DCI-P3
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),  # Display P3
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),  # EBU Tech 3213
    _ADOBE: (0.640, 0.330, 0.210, 0.710, 0.150, 0.060, *_D65),
}
GAMMAS: Final = {4: 2.2, 5: 2.8, 8: 1.0, _ADOBE: 563 / 256}
PQ: Final = 16
HLG: Final = 18
# Meant for screens as sRGB is, and shown so by viewers, whatever the camera's curve was.
_AS_SRGB: Final = frozenset({1, _UNKNOWN, 6, 7, 11, 12, 13, 14, 15})
_NAMES: Final = {PQ: "PQ", HLG: "HLG"}

_ICC_TAGS_AT: Final = 128
_MOST_ICC_TAGS: Final = 100


@dataclass(frozen=True, slots=True)
class Encoding:
    """CICP codes; unknown ones are treated as sRGB's."""

    primaries: int
    transfer: int
    gamma: float = 1.0  # where the transfer is `OWN_GAMMA`

    @property
    def is_hdr(self) -> bool:
        """Whether it holds light brighter than white."""
        return self.transfer in (PQ, HLG)

    @property
    def needs_depth(self) -> bool:
        """Whether eight bits are too few to be converted."""
        return self.is_hdr or self.transfer == 8 or (self.transfer == OWN_GAMMA and self.gamma < 2)

    @property
    def is_srgb(self) -> bool:
        """Whether nothing is to be done."""
        return self.transfer in _AS_SRGB and self.primaries in (1, _UNKNOWN)

    @property
    def problem(self) -> str | None:
        """Why it cannot be used, where it cannot."""
        if self.transfer not in _AS_SRGB | GAMMAS.keys() | _NAMES.keys() | {OWN_GAMMA}:
            return f"transfer characteristics {self.transfer} are treated as sRGB's"
        if self.primaries not in CHROMATICITIES.keys() | {_UNKNOWN}:
            return f"colour primaries {self.primaries} are treated as sRGB's"
        return None

    @property
    def name(self) -> str:
        """Of an HDR transfer."""
        return _NAMES.get(self.transfer, "SDR")


ADOBE_RGB: Final = Encoding(_ADOBE, _ADOBE)


def of_icc(icc: bytes | None) -> Encoding | None:
    """What an ICC profile's tag "cicp" says, where it says HDR; profiles are not made for that."""
    if not icc or b"cicp" not in icc[: _ICC_TAGS_AT + 4 + 12 * _MOST_ICC_TAGS]:
        return None
    try:
        (count,) = struct.unpack_from(">I", icc, _ICC_TAGS_AT)
        for i in range(min(count, _MOST_ICC_TAGS)):
            name, at, size = struct.unpack_from(">4sII", icc, _ICC_TAGS_AT + 4 + 12 * i)
            if name == b"cicp" and size >= 12:
                found = Encoding(*struct.unpack_from("BB", icc, at + 8))
                return found if found.is_hdr else None
    except struct.error:
        return None
    return None
