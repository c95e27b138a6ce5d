"""Sample photographs that the scikit-image package ships, for a first try without a folder.

Copies of them: whoever publishes all that the catalog knows would write beside the originals,
into the installed package.
"""

import shutil
from enum import StrEnum
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


class FileFormat(StrEnum):
    """What photos for a benchmark are made as."""

    JPEG = "jpeg"
    HEIC = "heic"


def sample_photos(cache: Path) -> list[str]:
    """Paths of the sample photographs, copied into `cache` where they are not there yet.

    Raises:
        UsageError: scikit-image is not installed, or the copies cannot be written.
    """
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise UsageError("the sample photos need scikit-image: pip install 'aesplugin[samples]'")
    shipped, mine = Path(spec.origin).parent / "data", cache / "samples"
    try:
        mine.mkdir(parents=True, exist_ok=True)
        return [str(_copied(shipped / name, mine)) for name in _there(shipped)]
    except OSError as error:
        raise UsageError(
            f"the sample photos cannot be copied to {mine}: {error.strerror}"
        ) from None


def _there(folder: Path) -> list[str]:
    return [name for name in _PHOTOGRAPHS if (folder / name).is_file()]


def _copied(photo: Path, folder: Path) -> Path:
    target = folder / photo.name
    if not target.is_file():
        temporary = target.with_suffix(".tmp")
        shutil.copy2(photo, temporary)  # with its time: the same file at every start
        temporary.replace(target)
    return target
