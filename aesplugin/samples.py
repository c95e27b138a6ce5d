"""Sample photographs that the scikit-image package ships, for a first try without a folder."""

from importlib.util import find_spec
from pathlib import Path

from aesplugin.errors import UsageError

# Photographs only; the package's test charts and microscopy say nothing about aesthetics.
_PHOTOGRAPHS = (
    "astronaut.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "motorcycle_left.png",
    "rocket.jpg",
)


def sample_photos() -> list[str]:
    """Paths of the sample photographs.

    Raises:
        UsageError: scikit-image is not installed.
    """
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise UsageError("the sample photos need scikit-image: pip install 'aesplugin[samples]'")
    folder = Path(spec.origin).parent / "data"
    return [str(folder / name) for name in _PHOTOGRAPHS if (folder / name).is_file()]
