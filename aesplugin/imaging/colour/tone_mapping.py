"""Pictures of any primaries and transfer to sRGB; HDR is tone-mapped to the look of SDR.

Diffuse white becomes white: 203 cd/m² of PQ, 75 % of HLG's signal (ITU-R BT.2408). What is darker
keeps its light; only highlights above it are compressed, and only where there are any.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.imaging.colour.cicp import CHROMATICITIES, GAMMAS, HLG, OWN_GAMMA, PQ, Encoding

Floats = NDArray[np.float32]
Codes = NDArray[np.uint8] | NDArray[np.uint16]

_PQ_WHITE: Final = 203 / 10_000
_HLG_WHITE: Final = (np.exp((0.75 - 0.55991073) / 0.17883277) + 0.28466892) / 12
_KNEE: Final = 0.7  # of white, linear: highlights are compressed from here
_NO_HIGHLIGHTS: Final = 1.15  # of white: a codec's ripples are not worth a knee
_PEAK: Final = 99.5  # per cent: points of light above it may clip, as they do in SDR
_STEPS: Final = 1 << 14
_BAND: Final = 1 << 21  # pixels converted at once
_BRADFORD: Final = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def to_srgb_levels(pixels: Codes, encoding: Encoding, *, full: int | None = None) -> Codes:
    """Codes [H, W, 3] to sRGB levels [H, W, 3] uint8; `full` is the code of the brightest signal.

    Colours outside sRGB are clipped, as screens and the usual profiles do.
    """
    linear = _linear_of(encoding, pixels.dtype.itemsize * 8, full or np.iinfo(pixels.dtype).max)
    matrix = to_srgb_primaries(encoding.primaries)
    peak = _peak(linear[pixels[:: _stride(pixels), :: _stride(pixels)]] @ matrix.T, encoding)
    out = np.empty(pixels.shape, np.uint8)
    rows = max(1, _BAND // pixels.shape[1])
    for start in range(0, len(pixels), rows):
        light = linear[pixels[start : start + rows]] @ matrix.T
        out[start : start + rows] = _levels(_compressed(light, peak))
    return out


def _stride(pixels: Codes) -> int:
    return max(1, int((pixels.shape[0] * pixels.shape[1] / 1e6) ** 0.5))


def _peak(light: Floats, encoding: Encoding) -> float:
    """The brightest light that must stay visible, of white = 1."""
    if not encoding.is_hdr:
        return 1.0
    return float(np.percentile(light.max(axis=-1), _PEAK)) if light.size else 1.0


def _compressed(light: Floats, peak: float) -> Floats:
    """Bends what is above the knee so that `peak` becomes white; hue and saturation stay."""
    if peak <= _NO_HIGHLIGHTS:
        return light
    brightest = light.max(axis=-1, keepdims=True)
    slope = (peak - _KNEE) / (1 - _KNEE)
    t = np.clip((brightest - _KNEE) / (peak - _KNEE), 0, None)
    bent = _KNEE + (1 - _KNEE) * slope * t / (1 + (slope - 1) * t)
    factor = np.where(brightest > _KNEE, bent / np.maximum(brightest, _KNEE), 1.0)
    return np.asarray(light * factor, np.float32)


def _levels(light: Floats) -> NDArray[np.uint8]:
    index = np.clip(light * (_STEPS - 1) + 0.5, 0, _STEPS - 1).astype(np.uint16)
    levels: NDArray[np.uint8] = _srgb_levels()[index]
    return levels


@lru_cache(maxsize=1)
def _srgb_levels() -> NDArray[np.uint8]:
    light = np.linspace(0, 1, _STEPS)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (curve * 255 + 0.5).astype(np.uint8)


@lru_cache(maxsize=8)
def _linear_of(encoding: Encoding, bits: int, full: int) -> Floats:
    """The light of every code, diffuse white = 1."""
    signal = np.clip(np.arange(1 << bits) / full, 0, 1)
    return np.asarray(_light(signal, encoding), np.float32)


def _light(signal: NDArray[np.float64], encoding: Encoding) -> NDArray[np.float64]:
    transfer = encoding.transfer
    if transfer == PQ:  # SMPTE ST 2084
        root = signal ** (1 / 78.84375)
        ratio = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        return np.asarray(ratio ** (1 / 0.1593017578125) / _PQ_WHITE)
    if transfer == HLG:  # the scene's light: SDR's own look is a scene's as well
        bright = (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
        return np.asarray(np.where(signal <= 0.5, signal**2 / 3, bright) / _HLG_WHITE)
    if transfer == OWN_GAMMA or transfer in GAMMAS:
        return np.asarray(signal ** GAMMAS.get(transfer, encoding.gamma))
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


@lru_cache(maxsize=8)
def to_srgb_primaries(primaries: int) -> Floats:
    """The matrix [3, 3] from linear light of these primaries to sRGB's."""
    known = CHROMATICITIES.get(primaries, CHROMATICITIES[1])
    found = np.linalg.inv(_to_xyz(CHROMATICITIES[1])) @ _adapted(known) @ _to_xyz(known)
    return np.asarray(found, np.float32)


def _to_xyz(known: tuple[float, ...]) -> NDArray[np.float64]:
    xy = np.array(known).reshape(4, 2)
    xyz = np.stack([xy[:, 0] / xy[:, 1], np.ones(4), (1 - xy.sum(axis=1)) / xy[:, 1]])
    return np.asarray(xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3]))


def _adapted(known: tuple[float, ...]) -> NDArray[np.float64]:
    """From one white to sRGB's, after Bradford."""
    whites = [np.array([x / y, 1, (1 - x - y) / y]) for x, y in (known[6:], CHROMATICITIES[1][6:])]
    there, here = (_BRADFORD @ white for white in whites)
    return np.asarray(np.linalg.inv(_BRADFORD) @ np.diag(here / there) @ _BRADFORD)
