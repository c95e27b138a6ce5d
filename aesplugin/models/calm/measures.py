"""What is measured on a photo's pixels, beside what the encoder sees.

A network trained to name things throws away what it does not need for that: how much is clipped,
where the corners fall off, the exact slant of a horizon, the period of a JPEG grid. These numbers
keep it. They join the low and middle levels of MFAM as tokens of their own.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.models.embedded.tones import TONES, tones
from aesplugin.models.encoder.views import Pixels
from aesplugin.quantiles import quantiles

REVISION: Final = "m1"  # cached measures are valid for this only

Plane = NDArray[np.float32]  # [H, W]
Numbers = NDArray[np.float32]  # [n]

_RADII: Final = 8  # rings of the spectrum, and of the frame
_ANGLES: Final = 8  # sectors of half a turn
_SLANT: Final = 20  # degrees on either side of level and of plumb
_SECTORS: Final = 8  # of hue
_BLOCK: Final = 8  # px, JPEG's
_TINY: Final = 1e-6

_SIZES: Final = {
    "tones": TONES,
    "channels": 26,
    "hues": 3 * _SECTORS,
    "rings": 2 * _RADII + 4,
    "slants": 2 * (2 * _SLANT + 1) + 4,
    "whole spectrum": _RADII * _ANGLES,
    "whole residue": 9,
    "patch spectrum": _RADII * _ANGLES + 2 * _RADII,
    "patch residue": 3 * 9,
    "patch steps": 12,
    "grid": 3 * 8,
}
MEASURES: Final = sum(_SIZES.values())
LIGHT_ESTIMATES: Final = slice(TONES + 18, TONES + 18 + 8)
"""Of all numbers: log red/green and blue/green of the light, by four estimates in turn."""
HUE_SHARES: Final = slice(TONES + 26, TONES + 26 + _SECTORS)
"""Of all numbers: the root of each hue sector's share of the frame."""


def measure(whole: Pixels, patch: Pixels) -> Numbers:
    """All numbers [MEASURES] of the two views [H, W, 3] of `aesplugin.models.encoder.views`.

    Each is of order one; shapes of any size from 32 px on.
    """
    rgb = whole.astype(np.float32) / np.float32(255)
    light, blue, red = _planes(rgb)
    near_light, near_blue, near_red = _planes(patch.astype(np.float32) / np.float32(255))
    found = {
        "tones": tones(whole[::2, ::2]),
        "channels": _channels(rgb),
        "hues": _hues(blue, red),
        "rings": _rings(light),
        "slants": _slants(light),
        "whole spectrum": _spectrum(light),
        "whole residue": _residue(light),
        "patch spectrum": np.concatenate(
            [
                _spectrum(near_light),
                *(_spectrum(plane).reshape(_RADII, -1).mean(1) for plane in (near_blue, near_red)),
            ]
        ),
        "patch residue": np.concatenate(
            [_residue(plane) for plane in (near_light, near_blue, near_red)]
        ),
        "patch steps": _steps(near_light),
        "grid": np.concatenate([_grid(plane) for plane in (near_light, near_blue, near_red)]),
    }
    assert {name: len(values) for name, values in found.items()} == _SIZES
    numbers = np.concatenate(list(found.values())).astype(np.float32)
    return np.nan_to_num(numbers, posinf=10, neginf=-10)


def _planes(rgb: NDArray[np.float32]) -> tuple[Plane, Plane, Plane]:
    """Lightness and two colour differences (Rec. 601), 0..1 and -.5..+.5."""
    light = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    return (
        light,
        (rgb[..., 2] - light) * np.float32(0.564),
        (rgb[..., 0] - light) * np.float32(0.713),
    )


def _channels(rgb: NDArray[np.float32]) -> Numbers:
    """[26]: ends of each channel's tones; and what colour the light has, by four estimates.

    Grey world, shades of grey (Minkowski 6), white patch, grey edge: van de Weijer, Gevers &
    Gijsenij 2007, "Edge-based color constancy"; each as log red/green and blue/green.
    """
    few = np.ascontiguousarray(rgb[::2, ::2].reshape(-1, 3).T)  # [3, n]: rows add up fast
    shares = (0.002, 0.01, 0.05, 0.95, 0.99, 0.998)
    ends = np.stack([quantiles(channel, *shares) for channel in few], axis=1)  # [6, 3]
    across = np.abs(np.diff(rgb[::2], axis=1)).reshape(-1, 3)
    cubes = few * few * few
    estimates = [
        few.mean(1),
        (cubes * cubes).mean(1) ** (1 / 6),
        ends[-1],
        np.ascontiguousarray(np.square(across).T).mean(1) ** 0.5,
    ]
    ratios = [
        np.log((one[index] + 0.01) / (one[1] + 0.01)) for one in estimates for index in (0, 2)
    ]
    return np.concatenate([ends.ravel(), np.array(ratios)]).astype(np.float32)


def _hues(blue: Plane, red: Plane) -> Numbers:
    """[24]: by hue sector, its share of the frame (root), mean and strong colourfulness."""
    few_blue, few_red = blue[::2, ::2].ravel(), red[::2, ::2].ravel()
    colour = np.hypot(few_blue, few_red)
    angle = np.arctan2(few_blue, few_red) / (2 * np.pi) + 0.5
    sector = np.minimum((angle * _SECTORS).astype(np.int64), _SECTORS - 1)
    vivid = colour > 0.02
    share = np.bincount(sector[vivid], minlength=_SECTORS) / len(colour)
    found = [np.sqrt(share)]
    total = np.bincount(sector, colour, minlength=_SECTORS)
    found.append(4 * total / np.maximum(np.bincount(sector, minlength=_SECTORS), 1))
    strong = np.zeros(_SECTORS)
    for index in range(_SECTORS):
        mine = colour[sector == index]
        strong[index] = 2 * quantiles(mine, 0.95)[0] if len(mine) > 20 else 0
    return np.concatenate([*found, strong]).astype(np.float32)


def _rings(light: Plane) -> Numbers:
    """[20]: log light by distance from the middle (mean and bright end), and of the corners."""
    height, width = light.shape
    few = light[::2, ::2]
    y = np.linspace(-1, 1, few.shape[0])[:, None]
    x = np.linspace(-1, 1, few.shape[1])[None]
    ring = np.minimum(np.sqrt((x * x + y * y) / 2) * _RADII, _RADII - 1).astype(np.int64)
    bent = few**2.2  # about linear in light
    means, tops = np.zeros(_RADII), np.zeros(_RADII)
    for index in range(_RADII):
        mine = bent[ring == index]
        if len(mine):
            means[index], tops[index] = mine.mean(), quantiles(mine, 0.9)[0]
    down, across = max(height // 6, 1), max(width // 6, 1)
    corners = [
        light[rows, columns].mean() ** 2.2
        for rows in (slice(None, down), slice(-down, None))
        for columns in (slice(None, across), slice(-across, None))
    ]
    overall = float(bent.mean())
    values = np.concatenate([means, tops, np.array(corners)])
    return np.log((values + 0.01) / (overall + 0.01)).astype(np.float32)


def _slants(light: Plane) -> Numbers:
    """[86]: edges by their angle to level and to plumb, one degree a bin, strong edges only.

    Positive degrees: the photo leans clockwise. The last four are the shares of edges near
    level and plumb, and the two mean slants, in tens of degrees.
    """
    across, down = _gradients(light)
    size = np.sqrt(across * across + down * down)  # a fifth of hypot's time
    (floor,) = quantiles(size[::2, ::2], 0.7)
    keep = size > max(float(floor), 0.01)
    across, down, size = across[keep], down[keep], np.sqrt(size[keep])
    level = np.degrees(np.arctan(across / np.where(np.abs(down) < _TINY, _TINY, down)))
    plumb = np.degrees(np.arctan(-down / np.where(np.abs(across) < _TINY, _TINY, across)))
    total = float(size.sum()) + _TINY
    found, near = [], []
    for slant in (-level, -plumb):
        inside = np.abs(slant) < _SLANT + 0.5
        bins = np.rint(slant[inside]).astype(np.int64) + _SLANT
        weight = np.bincount(bins, size[inside], minlength=2 * _SLANT + 1)
        padded = np.pad(weight, 1, mode="edge")
        smooth = (padded[:-2] + 2 * weight + padded[2:]) / 4
        share = float(weight.sum()) / total
        found.append(np.sqrt(smooth / (smooth.sum() + _TINY)))
        degrees = np.arange(-_SLANT, _SLANT + 1)
        peak = weight**2
        near += [share, float((degrees * peak).sum() / (peak.sum() + _TINY)) / 10]
    return np.concatenate([*found, np.array(near)]).astype(np.float32)


def _gradients(light: Plane) -> tuple[Plane, Plane]:
    """Scharr's derivatives across and down: the most even over angles at 3 x 3."""
    wide = light[:, 2:] - light[:, :-2]
    tall = light[2:] - light[:-2]
    across = (3 * (wide[:-2] + wide[2:]) + 10 * wide[1:-1]) / 16
    down = (3 * (tall[:, :-2] + tall[:, 2:]) + 10 * tall[:, 1:-1]) / 16
    return across, down


def _spectrum(plane: Plane) -> Numbers:
    """[64]: log power by frequency (8 rings, octave-like) and direction (8 sectors)."""
    height, width = plane.shape
    bins, counts, window = _polar(height, width)
    changed = np.fft.rfft2((plane - plane.mean()) * window).astype(np.complex64)
    power = changed.real**2 + changed.imag**2
    sums = np.bincount(bins.ravel(), power.ravel(), minlength=_RADII * _ANGLES + 1)[:-1]
    found: Numbers = (np.log(sums / counts / (height * width) + 1e-7) / 4 + 2).astype(np.float32)
    return found


@lru_cache(maxsize=64)
def _polar(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.float64], Plane]:
    """The bin of each coefficient of `rfft2` (64: none), how many a bin has, and a window."""
    down = np.fft.fftfreq(height)[:, None]
    across = np.fft.rfftfreq(width)[None]
    radius = np.hypot(down, across)
    edges = np.array([0.012, 0.03, 0.06, 0.1, 0.16, 0.24, 0.33, 0.42])
    ring = np.searchsorted(edges, radius) - 1
    angle = np.arctan2(down, across) / np.pi + 0.5  # 0..1 over half a turn
    sector = np.round(angle * _ANGLES).astype(np.int64) % _ANGLES
    bins = np.where(ring >= 0, ring * _ANGLES + sector, _RADII * _ANGLES)
    counts = np.maximum(np.bincount(bins.ravel(), minlength=_RADII * _ANGLES + 1)[:-1], 1)
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    return bins.astype(np.int64), counts.astype(np.float64), window


def _residue(plane: Plane) -> Numbers:
    """[9]: what is left after taking away what neighbours predict, by 8 px blocks.

    Log quantiles over blocks (flat ones tell noise, full ones sharpness) and the residue of the
    darkest, middle and lightest third of the blocks.
    """
    rest = plane[1:-1, 1:-1] - (plane[1:-1, :-2] + plane[1:-1, 2:]) / 2
    rest = rest - (rest.mean() if rest.size else 0)
    rows, columns = rest.shape[0] // _BLOCK, rest.shape[1] // _BLOCK
    cut = (slice(rows * _BLOCK), slice(columns * _BLOCK))
    shape = (rows, _BLOCK, columns, _BLOCK)
    energy = np.sqrt((rest[cut] ** 2).reshape(shape).mean(axis=(1, 3))).ravel()
    means = plane[1:-1, 1:-1][cut].reshape(shape).mean(axis=(1, 3)).ravel()
    if not len(energy):
        return np.full(9, -2, np.float32)
    order = np.array_split(np.argsort(means, kind="stable"), 3)
    thirds = [np.median(energy[part]) if len(part) else 0.0 for part in order]
    ends = quantiles(energy, 0.02, 0.1, 0.25, 0.5, 0.75, 0.98)
    return (np.log(np.concatenate([ends, thirds]) + 3e-4) / 3 + 1.5).astype(np.float32)


def _steps(light: Plane) -> Numbers:
    """[12]: large and typical steps at distances of 1, 2 and 4 px, across and down, as logs."""
    found = []
    for step in (1, 2, 4):
        for steps in (light[:, step:] - light[:, :-step], light[step:] - light[:-step]):
            size = np.abs(steps)[::2, ::2]
            found += [np.log(quantiles(size, 0.98)[0] + 2e-3), np.log(size.mean() + 1e-3)]
    return (np.array(found) / 3 + 1).astype(np.float32)


def _grid(plane: Plane) -> Numbers:
    """[8]: how far steps between neighbours repeat every 8 (and 16) px, and sit on the grid."""
    found = []
    for steps in (np.abs(np.diff(plane, axis=1)).mean(0), np.abs(np.diff(plane, axis=0)).mean(1)):
        length = len(steps) // 16 * 16
        profile = steps[:length] - np.median(steps[:length]) if length else np.zeros(16)
        turns = np.abs(np.fft.rfft(profile)) / (steps.sum() + 1e-3)
        unit = max(len(profile) // 16, 1)  # index of period 16
        found += [turns[min(unit * at, len(turns) - 1)] for at in (1, 2, 4)]
        on = steps[_BLOCK - 1 :: _BLOCK].mean() if len(steps) >= _BLOCK else 0.0
        found.append(np.log((on + 1e-3) / (steps.mean() + 1e-3)))
    return (3 * np.array(found)).astype(np.float32)
