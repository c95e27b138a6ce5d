"""How strong the noise is in the flat parts of a photo."""

import numpy as np

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.planes import Plane, Planes
from aesplugin.quantiles import quantiles

_BLOCK = 8
_TALL = 512  # pixels
_LUCK = 0.743  # of 64 noisy pixels: the least twentieth of blocks against the mean
# Calibrated on clean photos and noisy copies.
_CLEAN, _NOISY = 2.7, 5.4


def measure_noise(planes: Planes) -> dict[str, Attribute]:
    """`noise`: standard deviation in luma levels (of 255) of the flattest twentieth of blocks.

    The mask cancels planes and straight ramps (Immerkaer, CVIU 1996); taking the flattest blocks,
    away from black and white, keeps texture from being read as noise.
    """
    value = _sigma(planes.grey)
    if value is None:
        return {"noise": Attribute(None, "levels", Verdict.CANT_TELL)}
    if value > _NOISY:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.GOOD if value < _CLEAN else Verdict.CANT_TELL
    return {"noise": Attribute(value, "levels", verdict)}


def _sigma(grey: Plane) -> float | None:
    width = (grey.shape[1] - 2) // _BLOCK * _BLOCK
    if min(grey.shape) < 2 * _BLOCK + 2:
        return None
    every = 2 if len(grey) > _TALL else 1  # half of a large photo tells enough
    windows = np.lib.stride_tricks.sliding_window_view(grey, _BLOCK + 2, axis=0)
    bands = windows[:: _BLOCK * every].swapaxes(1, 2)  # [n, 10, W]
    mean = bands[:, 1:-1, 1 : width + 1].reshape(len(bands), _BLOCK, -1, _BLOCK).mean((1, 3))
    down = bands[:, :-2] - 2 * bands[:, 1:-1] + bands[:, 2:]
    residual = (down[..., :-2] - 2 * down[..., 1:-1] + down[..., 2:])[..., :width]
    residual = residual.reshape(len(bands), _BLOCK, -1, _BLOCK)
    power = np.einsum("nbwc,nbwc->nw", residual, residual) / _BLOCK**2
    usable = power[(mean > 25) & (mean < 230)]
    if len(usable) < 20:
        return None
    flattest = (
        float(np.sqrt(quantiles(usable, 0.05)[0])) / 6
    )  # the mask's squared weights sum to 36
    return flattest / _LUCK
