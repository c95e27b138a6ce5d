import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import EmptyPhoto
from aesplugin.imaging.examine import examine
from tests.imaging.photos import CORNERS, are_near, corners_of, encoded, quarters, write


def test_everything_about_one_photo(tmp_path: Path) -> None:
    data = encoded(quarters(1500, 1000), quality=90)
    found = examine(write(tmp_path, "a.jpg", data), max_megapixels=300)
    assert found.photo.content_hash == hashlib.sha256(data).hexdigest()
    assert (found.photo.width, found.photo.height, found.photo.format) == (1500, 1000, "JPEG")
    assert found.rendition.content_hash == found.photo.content_hash
    assert (found.rendition.width, found.rendition.height) == (1024, 683)
    with Image.open(io.BytesIO(found.rendition.jpeg)) as image:
        assert are_near(corners_of(np.asarray(image)), CORNERS, by=6)
    assert found.photo.note is None
    assert found.photo.exif_problem is None


def test_copies_with_other_metadata_share_their_pixels(tmp_path: Path) -> None:
    image = Image.open(io.BytesIO(encoded(quarters())))
    plain = encoded(image, "PNG")
    tagged = encoded(image, "PNG", dpi=(72, 72))
    a = examine(write(tmp_path, "a.png", plain), max_megapixels=300).photo
    b = examine(write(tmp_path, "b.png", tagged), max_megapixels=300).photo
    assert a.content_hash != b.content_hash
    assert a.pixel_hash == b.pixel_hash
    assert a.perceptual_hash == b.perceptual_hash


def test_a_broken_profile_is_noted(tmp_path: Path) -> None:
    data = encoded(quarters(), "PNG", icc_profile=b"broken profile")
    note = examine(write(tmp_path, "a.png", data), max_megapixels=300).photo.note
    assert note is not None
    assert "colour profile ignored" in note


def test_exif_is_announced_and_can_be_left_out(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    path = write(tmp_path, "a.jpg", encoded(quarters(), exif=exif))
    calls: list[str] = []
    with_it = examine(path, max_megapixels=300, before_exif=lambda: calls.append("exif"))
    without = examine(
        path, max_megapixels=300, read_exif=False, before_exif=lambda: calls.append("x")
    )
    assert with_it.photo.exif.make == "Canon"
    assert without.photo.exif.make is None
    assert calls == ["exif"]


def test_nothing_is_made_up_for_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(EmptyPhoto):
        examine(write(tmp_path, "a.jpg", b""), max_megapixels=300)
