"""How bright a photo is, and how much of it is lost in black or white."""

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Attribute, Verdict


def measure_exposure(pixels: NDArray[np.uint8]) -> dict[str, Attribute]:
    """The attributes `exposure` (EV relative to mid), thin version."""
    linear = (pixels.astype(np.float32) / 255.0) ** 2.2
    mean = float(linear.mean()) if linear.size else 0.18
    ev = float(np.log2(max(mean, 2**-12) / 0.18))
    return {"exposure": Attribute(ev, "EV", Verdict.CANT_TELL)}
