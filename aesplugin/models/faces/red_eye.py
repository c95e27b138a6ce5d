"""Are the eyes red from a flash? A small disc of strong red, in the middle of an open eye.

What lies around the eye is the measure for what is red: in warm light all skin is. And the red has
to be round: a lid with make-up on it, or its shadow, is a streak.
"""

from typing import Final

import numpy as np
from PIL import Image

from aesplugin.models.faces.detector import FoundFace, cut_out
from aesplugin.models.faces.networks import Floats

LEAST_WIDTH: Final = 80.0  # px of the face: below, a pupil is a pixel or two
_SIDE: Final = 32  # px of the square that is looked at
_ACROSS: Final = 0.9  # its side over the distance between the eyes
_EYE: Final = 0.2  # radius of what is looked at, of the side
_SKIN: Final = (0.28, 0.5)  # and from where to where the skin around it is
# Chosen on every second photo with open eyes: see docs/training-log.md. All in 0..1.
_BRIGHT: Final = 0.4  # of the red channel: a pupil that the flash lights up is not dark
_RED: Final = 0.45  # least redness
_REDDER: Final = 0.2  # by so much redder than the skin
_LEAST: Final = 0.04  # share of the eye that is so red, at least
_MOST_AROUND: Final = 0.02  # and of the skin, at most
_ROUND: Final = 0.7  # 1 for a disc
_DARK: Final = 0.08  # below, a colour is noise


def are_eyes_red(image: Image.Image, face: FoundFace) -> bool:
    """Whether one of the eyes at least is; `face` in pixels of the upright RGB picture `image`."""
    size = _ACROSS * float(np.hypot(*(face.eyes[1] - face.eyes[0])))
    return any(_is_red(cut_out(image, eye, size, face.angle, _SIDE)) for eye in face.eyes)


def _is_red(square: Floats) -> bool:
    """Of one eye in the middle of a square [3, side, side], 0..1."""
    red, others = square[0], square[1:].max(axis=0)
    redness = (red - others) / np.maximum(red, _DARK)
    down, across = (np.mgrid[:_SIDE, :_SIDE] + 0.5) / _SIDE - 0.5
    away = np.hypot(across, down)
    around = (away > _SKIN[0]) & (away < _SKIN[1])
    is_red = (red > _BRIGHT) & (redness > _RED) & (redness > np.median(redness[around]) + _REDDER)
    disc = is_red & (away < _EYE)
    if disc.sum() < _LEAST * np.pi * (_EYE * _SIDE) ** 2 or is_red[around].mean() > _MOST_AROUND:
        return False
    spread = float(across[disc].var() + down[disc].var()) + 1 / (6 * _SIDE**2)
    return float(disc.mean()) / (2 * np.pi * spread) >= _ROUND
