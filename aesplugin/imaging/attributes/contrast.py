"""How much of the tonal range a photo uses."""

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.planes import Planes
from aesplugin.quantiles import quantiles

# Calibrated on clean photos and copies pulled towards grey.
_NARROW, _WIDE, _UNUSED = 62.0, 70.0, 28.0


def measure_contrast(planes: Planes) -> dict[str, Attribute]:
    """`contrast`: luma from the 0.2 to the 99.8 percentile, per cent of black to white.

    Poor only where both ends are unused (lifted blacks and dull whites): a night scene or a
    high-key portrait uses one end and is left alone.
    """
    low, black, white, high = quantiles(planes.work[::2, ::2], 0.002, 0.005, 0.995, 0.998)
    span = 100 * float(high - low) / 255
    unused = float(min(black, 255 - white))
    if span >= _WIDE:
        verdict = Verdict.GOOD
    elif span < _NARROW and unused > _UNUSED and high - low > 2:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.CANT_TELL
    return {"contrast": Attribute(span, "%", verdict)}
