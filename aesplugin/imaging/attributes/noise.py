"""How strong the noise is in the flat parts of a photo."""

import numpy as np

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.planes import Plane, Planes

_BLOCK = 8
# Calibrated on clean photos and noisy copies.
_CLEAN, _NOISY = 2.0, 3.5


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
    height, width = ((side - 2) // _BLOCK * _BLOCK for side in grey.shape)
    if height < 2 * _BLOCK or width < 2 * _BLOCK:
        return None
    across = grey[:, :-2] - 2 * grey[:, 1:-1] + grey[:, 2:]
    residual = (across[:-2] - 2 * across[1:-1] + across[2:])[:height, :width]
    blocks = (height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    power = np.einsum("abcd,abcd->ac", *[residual.reshape(blocks)] * 2) / _BLOCK**2
    mean = grey[1 : height + 1, 1 : width + 1].reshape(blocks).mean((1, 3))
    usable = power[(mean > 25) & (mean < 230)]
    if len(usable) < 20:
        return None
    return float(np.sqrt(np.percentile(usable, 5))) / 6  # the mask's weights sum, squared, to 36
