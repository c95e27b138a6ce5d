"""Are the eyes open? The gap between the lids over the width of the eye, as eyelid points tell it.

The points are those of MediaPipe's iris model (Ablavatski et al. 2020, arXiv 2006.11341). It is
shown each eye as the detector placed it; of both the one that is less open counts.
"""

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from aesplugin.models.faces.detector import FoundFace, cut_out
from aesplugin.models.faces.networks import FOLDER, LIDS, Floats, Network

LEAST_WIDTH: Final = 40.0  # px of the face: below, nobody can tell
_ACROSS: Final = 1.05  # the eye's square over the distance between the eyes
_NOSE, _TEMPLE = 8, 0  # the corners of the eye among its first 16 points
_LOWER, _UPPER = slice(1, 8), slice(9, 16)


class EyeReader:
    """Measures how far eyes are open; one instance a thread."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises: ModelError, WeightsMissing, WeightsDamaged, ImportError: as `Network`."""
        self._lids = Network(LIDS, folder)

    def openness(self, image: Image.Image, face: FoundFace) -> float:
        """Of the eye that is less open; `face` in pixels of the upright RGB picture `image`."""
        return min(self._gap(image, face, eye) for eye in (0, 1))

    def _gap(self, image: Image.Image, face: FoundFace, eye: int) -> float:
        size = _ACROSS * float(np.hypot(*(face.eyes[1] - face.eyes[0])))
        side = self._lids.side
        square = cut_out(image, face.eyes[eye], size, face.angle, side, mirrored=eye == 1)
        (found,) = self._lids(square)
        points = found.reshape(-1, 3)[:, :2]
        width = float(np.hypot(*(points[_NOSE] - points[_TEMPLE])))
        gaps: Floats = np.hypot(*(points[_LOWER] - points[_UPPER]).T)
        return float(gaps.mean()) / max(width, 1.0)
