"""How bright a photo is, how much is lost in black or white, how much of the range it uses."""

import numpy as np

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.planes import LINEAR, LUMINANCE, Pixels, Planes
from aesplugin.quantiles import level_quantiles, quantiles

_MID_GREY = 0.18
_DARKEST = 2.0**-12  # linear light below this is black to any eye

# Calibrated on clean photos and exposure-shifted copies.
_DIM_EV, _DIM_HEADROOM, _TRUE_BLACK = -0.3, 0.8, 40
_BRIGHT_EV, _BLOWN = 0.3, 18.0
_USUAL_EV = 1.7
_FEW_BLOWN, _FEW_BLACK, _MUCH_BLACK = 2.0, 5.0, 40.0
_BACKDROP = 0.75  # a border this white (or black) is a backdrop, hence meant


def measure_exposure(planes: Planes) -> dict[str, Attribute]:
    """`exposure` EV of the mean luminance against mid grey, negative is dark.

    `headroom`: stops the whole photo can be lifted before its brightest detail clips.
    `clipped_highlights`, `clipped_shadows`: per cent of the pixels without detail (two channels
    at white, so that one saturated colour does not count; all three at black).
    A dark or bright mean alone is never poor: low key, high key and silhouettes are meant.
    """
    levels = planes.sample  # [3, h, w]
    darkest, brightest = levels.min(0), levels.max(0)
    ev = _ev(levels)
    headroom = _headroom(brightest)
    white, black = _clipped_highlights(levels, darkest), _clipped_shadows(brightest)
    if brightest.max() == 0:
        verdict = Verdict.CANT_TELL  # nothing but black
    else:
        verdict = _exposure_verdict(darkest, ev, headroom, white.value)
    return {
        "exposure": Attribute(ev, "EV", verdict),
        "headroom": Attribute(headroom, "EV", Verdict.CANT_TELL),
        "clipped_highlights": white,
        "clipped_shadows": black,
    }


def _ev(levels: Pixels) -> float:
    means = (
        LINEAR.take(levels[:, ::2, ::2]).reshape(3, -1).mean(1)
    )  # a quarter is enough for a mean
    return float(np.log2(max(float(means @ LUMINANCE), _DARKEST) / _MID_GREY))


def _headroom(brightest: Pixels) -> float:
    (level,) = level_quantiles(brightest, 0.995)
    return float(-np.log2(max(float(LINEAR[int(level)]), _DARKEST)))


def _clipped_highlights(levels: Pixels, darkest: Pixels) -> Attribute:
    red, green, blue = levels
    second = np.maximum(np.minimum(red, green), np.minimum(np.maximum(red, green), blue))
    share = 100 * float((second >= 250).mean())
    if share <= _FEW_BLOWN:
        verdict = Verdict.GOOD
    elif share > _BLOWN and _border_share(darkest >= 252) < _BACKDROP:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.CANT_TELL
    return Attribute(share, "%", verdict)


def _clipped_shadows(brightest: Pixels) -> Attribute:
    black = brightest <= 3
    share = 100 * float(black.mean())
    if share <= _FEW_BLACK:
        verdict = Verdict.GOOD
    elif share > _MUCH_BLACK and _border_share(black) < _BACKDROP:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.CANT_TELL
    return Attribute(share, "%", verdict)


def _border_share(mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> float:
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())


def _exposure_verdict(darkest: Pixels, ev: float, headroom: float, blown: float | None) -> Verdict:
    """Dark is a flaw where nothing is bright yet black is black; bright, where much is blown."""
    (black,) = level_quantiles(darkest, 0.005)
    if ev < _DIM_EV and headroom > _DIM_HEADROOM and black < _TRUE_BLACK:
        return Verdict.POOR
    if ev > _BRIGHT_EV and (blown or 0.0) > _BLOWN:
        backdrop = _border_share(darkest >= 252) >= _BACKDROP
        return Verdict.CANT_TELL if backdrop else Verdict.POOR
    return Verdict.GOOD if abs(ev) <= _USUAL_EV else Verdict.CANT_TELL


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
