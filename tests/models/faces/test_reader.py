"""Faces of real photos: the astronaut who smiles, and photos without people."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.evaluation.faces import measure_faces
from aesplugin.face import Eyes, Facing
from aesplugin.models.faces.detector import FoundFace
from aesplugin.models.faces.networks import DETECTOR, FOLDER
from aesplugin.models.faces.reader import FaceReader
from tests.outside import outside


@pytest.fixture(scope="module")
def reader() -> FaceReader:
    return FaceReader()


@pytest.fixture(scope="module")
def astronaut() -> Image.Image:
    return Image.fromarray(data.astronaut())  # 512 x 512; her face is about 100 px wide


def test_a_face_with_open_eyes(reader: FaceReader, astronaut: Image.Image) -> None:
    (face,) = reader.read(astronaut, full_width=4096)
    left, top, right, bottom = face.box
    assert left < 0.44 < right and top < 0.22 < bottom  # her nose
    assert face.width == pytest.approx(8 * face.measured_width, rel=1e-3)
    assert face.eyes is Eyes.OPEN
    assert face.openness is not None and 0.16 < face.openness < 0.6
    assert face.brightness is not None and 0.3 < face.brightness < 0.9


def test_a_face_to_the_camera(reader: FaceReader, astronaut: Image.Image) -> None:
    (face,) = reader.read(astronaut, full_width=512)
    assert face.facing is Facing.CAMERA
    assert face.turned is not None and face.turned < 0.33


def found(eyes: float, *, ears: float = 40.0, angle: float = 0.0) -> FoundFace:
    """A face whose eyes have moved by so many pixels from the middle between its ears."""
    across, down = (
        np.array([np.cos(angle), np.sin(angle)]),
        np.array([-np.sin(angle), np.cos(angle)]),
    )
    places = [(eyes - 9, 0), (eyes + 9, 0), (1.3 * eyes, 12), (eyes, 20), (-ears, 4), (ears, 4)]
    points = np.array([200 + x * across + y * down for x, y in places], np.float32)
    return FoundFace(np.array([160, 160, 240, 240], np.float32), points, 0.9)


@pytest.mark.parametrize("angle", [0.0, 0.6, -1.2])
def test_how_far_a_head_is_turned(angle: float) -> None:
    straight, half = found(0, angle=angle), found(28, angle=angle)
    profile = found(40, ears=3, angle=angle)
    assert straight.turned == pytest.approx(0, abs=0.01)
    assert half.turned == pytest.approx(0.5, abs=0.01)
    assert 0.9 < profile.turned <= 1
    assert found(-28, angle=angle).turned == pytest.approx(half.turned, abs=0.01)


def test_ears_in_one_place_are_no_error() -> None:
    assert 0 <= found(20, ears=0).turned <= 1


def test_more_pixels_are_fetched_once_and_only_as_many_as_a_face_needs(
    reader: FaceReader, astronaut: Image.Image
) -> None:
    asked: list[float] = []

    def larger(factor: float) -> Image.Image:
        asked.append(factor)
        return astronaut.resize((1536, 1536), Image.Resampling.BICUBIC)

    (face,) = reader.read(astronaut, full_width=4096, larger=larger)
    assert len(asked) == 1 and 1.5 < asked[0] < 4
    assert face.measured_width * 4096 / 1536 == pytest.approx(face.width, rel=1e-3)
    assert face.eyes is Eyes.OPEN


def test_a_step_nearer_changes_no_sharpness(reader: FaceReader, astronaut: Image.Image) -> None:
    """From some width on no more pixels are fetched: the two ways measure alike."""
    full = astronaut.resize((2048, 2048), Image.Resampling.BICUBIC)
    (whole,) = reader.read(full, full_width=full.width)
    found = []
    for wanted in (122, 134):
        side = round(full.width * wanted / whole.width)
        small = full.resize((side, side), Image.Resampling.LANCZOS)
        (face,) = reader.read(small, full_width=full.width, larger=lambda _: full)
        found.append(face)
    assert found[0].measured_width > found[1].measured_width
    assert found[0].sharpness == pytest.approx(found[1].sharpness, rel=0.06)


def test_an_unsharp_face_is_less_sharp(reader: FaceReader, astronaut: Image.Image) -> None:
    soft = astronaut.resize((128, 128), Image.Resampling.BOX).resize((512, 512))
    (sharp_face,), (soft_face,) = (reader.read(one, full_width=512) for one in (astronaut, soft))
    assert sharp_face.sharpness is not None and soft_face.sharpness is not None
    assert soft_face.sharpness < 0.7 * sharp_face.sharpness


def test_a_face_at_the_border(reader: FaceReader, astronaut: Image.Image) -> None:
    cut = astronaut.crop((200, 0, 512, 512))  # through her cheek
    for face in reader.read(cut, full_width=312):
        assert all(0 <= side <= 1 for side in face.box)


def test_a_face_that_fills_the_picture(reader: FaceReader, astronaut: Image.Image) -> None:
    (face,) = reader.read(astronaut.crop((165, 55, 285, 190)), full_width=120)
    assert face.box[2] - face.box[0] > 0.6


def test_many_faces(reader: FaceReader, astronaut: Image.Image) -> None:
    sheet = Image.new("RGB", (1000, 750))
    head = astronaut.crop((120, 0, 320, 250)).resize((200, 250))
    for column in range(5):
        for row in range(3):
            sheet.paste(head, (200 * column, 250 * row))
    assert len(reader.read(sheet, full_width=1000)) == 15


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
def test_photos_without_people_have_no_face(reader: FaceReader, name: str) -> None:
    photo = Image.fromarray(getattr(data, name)())
    assert reader.read(photo, full_width=photo.width) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 2)])
def test_pictures_too_small_for_a_face(reader: FaceReader, size: tuple[int, int]) -> None:
    assert reader.read(Image.new("RGB", size, "white"), full_width=size[0]) == ()


def test_noise_and_black(reader: FaceReader) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    for pixels in (noise, np.zeros_like(noise)):
        assert reader.read(Image.fromarray(pixels), full_width=400) == ()


def test_missing_and_damaged_weights_are_named(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / DETECTOR).write_bytes(b"no graph")
    with pytest.raises(WeightsDamaged, match=DETECTOR):
        FaceReader(tmp_path)
    (tmp_path / DETECTOR).unlink()
    with pytest.raises(WeightsMissing, match=DETECTOR):
        FaceReader(tmp_path)


def test_open_and_closed_eyes_of_real_faces() -> None:
    folder = outside("AES_EYES", "data/eyes", "faces with open and closed eyes are not here")
    report = measure_faces(folder)
    row = next(row for row in report.eyes if row.width == 56)
    assert row.auc >= 0.985
    assert row.open_called_closed.value <= 0.015
    assert row.closed_found.value >= 0.8
    assert report.without_a_face <= 4
