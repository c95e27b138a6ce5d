"""Light and colour of a photo in 96 numbers, measured on the pixels.

Pooling a network's maps loses where the light falls and how much of it is clipped, and that is
what exposure, vignetting, colour cast and saturation are about.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.models.encoder.views import Pixels
from aesplugin.quantiles import quantiles

TONES: Final = 96
Plane = NDArray[np.float32]  # [H, W], 0..1

_SHARES: Final = np.array([0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99])
_RINGS: Final = 4
_STEPS: Final = (1, 2, 4)  # px


def tones(pixels: Pixels) -> NDArray[np.float32]:
    """The numbers [96], each about -1..1, of pixels [H, W, 3]; at least 8 x 8."""
    rgb = pixels.astype(np.float32) / np.float32(255)  # [H, W, 3]
    light = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    red, green, blue = rgb.transpose(2, 0, 1)  # pairwise: far faster than along an axis of three
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    found = np.concatenate(
        [
            _distribution(light),
            _distribution(chroma),
            _clipped(pixels),
            _casts(rgb, light, chroma),
            _places(light),
            _histogram(light),
            _texture(light),
        ]
    )
    return found.astype(np.float32)


def _distribution(plane: Plane) -> NDArray[np.float64]:
    """[11]: percentiles, mean, deviation."""
    counts = np.bincount((plane * 255 + 0.5).astype(np.int64).ravel(), minlength=256)
    percentiles = np.searchsorted(counts.cumsum(), _SHARES * plane.size) / 255.0
    return np.concatenate([percentiles, [plane.mean(), plane.std()]])


def _clipped(pixels: Pixels) -> NDArray[np.float64]:
    """[6]: square root of the share of black and of white, by channel."""
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    counts = [np.count_nonzero(plane <= 3) for plane in planes]
    counts += [np.count_nonzero(plane >= 252) for plane in planes]
    found: NDArray[np.float64] = np.sqrt(np.array(counts) / planes[0].size)
    return found


def _casts(rgb: NDArray[np.float32], light: Plane, chroma: Plane) -> NDArray[np.float64]:
    """[14]: red-green and yellow-blue over all, in shadows, middle, lights and the greyest."""
    red_green = rgb[..., 0] - rgb[..., 1]
    yellow_blue = (rgb[..., 0] + rgb[..., 1]) / 2 - rgb[..., 2]
    dark, bright = quantiles(light[::4, ::4], 1 / 3, 2 / 3)
    (grey,) = quantiles(chroma[::4, ::4], 0.25)
    masks = (light <= dark, (light > dark) & (light <= bright), light > bright, chroma <= grey)
    found = []
    for plane in (red_green, yellow_blue):
        found += [plane.mean(), plane.std(), np.abs(plane).mean()]
        found += [plane[mask].mean() if mask.any() else 0.0 for mask in masks]
    return np.array(found, np.float64)


def _places(light: Plane) -> NDArray[np.float64]:
    """[22]: light and contrast by ninths, relative to the whole, and light by rings."""
    height, width = light.shape
    mean = light.mean()
    rows, columns = (np.linspace(0, side, 4).astype(int) for side in (height, width))
    ninths = [
        light[rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
        for i in range(3)
        for j in range(3)
    ]
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    ring = np.minimum(np.sqrt((x * x + y * y) / 2) * _RINGS, _RINGS - 1).astype(np.int64)
    sums = np.bincount(ring.ravel(), light.ravel(), minlength=_RINGS)
    rings = sums / np.maximum(np.bincount(ring.ravel(), minlength=_RINGS), 1)
    return np.array(
        [part.mean() - mean for part in ninths]
        + [part.std() for part in ninths]
        + [np.log((value + 0.02) / (mean + 0.02)) for value in rings]
    )


def _histogram(light: Plane) -> NDArray[np.float64]:
    """[20]: square root of the share of pixels by lightness."""
    counts = np.bincount(np.minimum(light * 20, 19).astype(np.int64).ravel(), minlength=20)
    found: NDArray[np.float64] = np.sqrt(counts / light.size)
    return found


def _texture(light: Plane) -> NDArray[np.float64]:
    """[12]: mean and largest steps across and down, at three distances."""
    found = []
    for step in _STEPS:
        for steps in (light[:, step:] - light[:, :-step], light[step:] - light[:-step]):
            size = np.abs(steps)
            found += [np.sqrt(size.mean()), np.sqrt(quantiles(size[::3, ::3], 0.98)[0])]
    return np.array(found)
