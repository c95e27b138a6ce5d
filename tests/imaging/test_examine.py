import hashlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import EmptyPhoto, OutOfMemory, WeightsMissing
from aesplugin.face import Face
from aesplugin.imaging.examine import ReadFaces, Stage, examine
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
    calls: list[Stage] = []
    with_it = examine(path, max_megapixels=300, before=calls.append)
    without = examine(path, max_megapixels=300, read_exif=False, before=calls.append)
    assert with_it.photo.exif.make == "Canon"
    assert without.photo.exif.make is None
    assert calls == [Stage.DECODING, Stage.EXIF, Stage.DECODING]


def no_weights(image: Image.Image, **_: object) -> tuple[Face, ...]:
    raise WeightsMissing("no detector.onnx")


def no_memory(image: Image.Image, **_: object) -> tuple[Face, ...]:
    raise MemoryError


def too_little_for_a_network(image: Image.Image, **_: object) -> tuple[Face, ...]:
    raise OutOfMemory("not enough memory to look for faces")


def test_faces_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", encoded(quarters()))
    face = Face(box=(0, 0, 1, 1), confidence=0.9, width=96, measured_width=96)
    calls: list[Stage] = []
    found = examine(
        path, max_megapixels=300, read_faces=lambda image, **_: (face,), before=calls.append
    )
    assert (found.faces, found.faces_problem) == ((face,), None)
    assert calls == [Stage.DECODING, Stage.FACES, Stage.EXIF]
    assert examine(path, max_megapixels=300).faces is None


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        (no_weights, "no detector.onnx"),
        (no_memory, "decode_memory_mb"),
        (too_little_for_a_network, "decode_memory_mb"),
    ],
)
def test_faces_that_cannot_be_read_cost_nothing_else(
    tmp_path: Path, reader: ReadFaces, said: str
) -> None:
    path = write(tmp_path, "a.jpg", encoded(quarters()))
    found = examine(path, max_megapixels=300, read_faces=reader)
    assert found.faces is None and found.faces_problem and said in found.faces_problem
    assert replace(found, faces_problem=None) == examine(path, max_megapixels=300)


def test_nothing_is_made_up_for_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(EmptyPhoto):
        examine(write(tmp_path, "a.jpg", b""), max_megapixels=300)
