"""Other bytes in place of some sectors, as a bad disk or a lost file table leaves them: damage."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.decode import decode
from tests.imaging.photos import encoded, noise

Array = np.ndarray[Any, np.dtype[Any]]

PHOTO = noise(700, 520)
PLAIN = Image.new("RGB", (640, 480), (9, 99, 200))
SECTOR = 512


def tiff(photo: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, np.asarray(photo), photometric="rgb", metadata=None, **options)
    return out.getvalue()


def clear(photo: Image.Image) -> Image.Image:
    photo = photo.convert("RGBA")
    photo.putalpha(Image.linear_gradient("L").resize(photo.size))
    return photo


# What a code without checksums lets through: its end fits by chance. Lossless WebP gets in step
# again soon behind the other bytes.
_PASSED = {"lossy.webp": 0.05, "webp.tif": 0.05, "lossless.webp": 0.5}

FORMS: dict[str, Callable[[Image.Image], bytes]] = {
    "lossy.webp": lambda photo: encoded(photo, "WEBP", quality=85),
    "slow.webp": lambda photo: encoded(photo, "WEBP", quality=60, method=6),
    "lossless.webp": lambda photo: encoded(photo, "WEBP", lossless=True),
    "clear.webp": lambda photo: encoded(clear(photo), "WEBP", quality=85),
    "frames.webp": lambda photo: encoded(
        photo, "WEBP", save_all=True, append_images=[photo.rotate(180)]
    ),
    "webp.tif": lambda photo: tiff(
        photo, compression="webp", rowsperstrip=104, compressionargs={"lossless": False}
    ),
    "jpeg.tif": lambda photo: tiff(photo, compression="jpeg", rowsperstrip=32),
    "fine.tif": lambda photo: tiff(
        photo, compression="jpeg", tile=(256, 256), compressionargs={"level": 95}
    ),
}


def pixels(data: bytes, name: str) -> Array | None:
    """None where the file is damaged."""
    try:
        return decode(data, name, 300).pixels.astype(int)
    except DamagedPhoto:
        return None


def with_other_bytes(whole: bytes, seed: int) -> bytes:
    generator = np.random.default_rng(seed)
    size = SECTOR * (1 + seed % 4)
    at = int(generator.integers(1024, len(whole) - size - 1024))
    return whole[:at] + generator.bytes(size) + whole[at + size :]


@pytest.mark.parametrize("name", FORMS)
def test_other_bytes_are_damage(name: str) -> None:
    whole = FORMS[name](PHOTO)
    sound = pixels(whole, name)
    assert sound is not None
    refused, wrong = 0, []
    for seed in range(40):
        found = pixels(with_other_bytes(whole, seed), name)
        # Those of a second frame or of the alpha alone may leave the picture as it was.
        if found is None:
            refused += 1
        elif np.abs(found - sound).mean() > 0.5:
            wrong.append(seed)
    assert refused > 10
    assert len(wrong) <= _PASSED.get(name, 0) * (refused + len(wrong)), wrong


@pytest.mark.parametrize("photo", [PHOTO, PLAIN, PLAIN.resize((1, 1)), PHOTO.resize((17, 9))])
@pytest.mark.parametrize("name", FORMS)
def test_sound_ones_are_none(name: str, photo: Image.Image) -> None:
    assert pixels(FORMS[name](photo), name) is not None
