"""The decoder that reads faces: real children, real weights, pictures of every odd kind."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from aesplugin.face import Eyes
from aesplugin.imaging.examine import Examination, examine
from aesplugin.imaging.sandbox.pool import ImagingPool, program
from aesplugin.models.faces.networks import DETECTOR, FOLDER, LIDS

READER = program("services.pipeline.photo_reader")


def pool_of(command: tuple[str, ...], memory_mb: int = 1536) -> ImagingPool:
    return ImagingPool(
        processes=1, seconds=120, memory_mb=memory_mb, max_megapixels=300, command=command
    )


@pytest.fixture(scope="module")
def pool() -> Iterator[ImagingPool]:
    with pool_of(READER) as pool:
        yield pool


@pytest.fixture(scope="module")
def astronaut() -> Image.Image:
    return Image.fromarray(data.astronaut())


def saved(image: Image.Image, path: Path, **options: object) -> str:
    image.save(path, **options)
    return str(path)


def found_in(pool: ImagingPool, path: str) -> Examination:
    found = pool.examine(path)
    assert found.faces_problem is None
    return found


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
def test_faces_are_judged_on_the_pixels_of_the_original(
    pool: ImagingPool, astronaut: Image.Image, tmp_path: Path, name: str
) -> None:
    large = astronaut.resize((3000, 3000), Image.Resampling.BICUBIC)
    (face,) = found_in(pool, saved(large, tmp_path / name, quality=92)).faces or ()
    assert face.eyes is Eyes.OPEN
    assert 550 < face.width < 680 and face.measured_width < face.width / 2


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_a_small_face_has_more_pixels_in_the_original(
    pool: ImagingPool, astronaut: Image.Image, tmp_path: Path, name: str
) -> None:
    wide = Image.new("RGB", (4096, 3072), (90, 110, 130))
    wide.paste(astronaut.resize((1024, 1024), Image.Resampling.BICUBIC), (1500, 1000))
    (face,) = found_in(pool, saved(wide, tmp_path / name, quality=92)).faces or ()
    assert 190 < face.width < 230 and face.eyes is Eyes.OPEN
    assert 150 < face.measured_width <= face.width  # of 52 px in the small copy


def test_a_turned_photo_is_read_upright(
    pool: ImagingPool, astronaut: Image.Image, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = astronaut.resize((2048, 2048)).crop((0, 0, 2048, 1400))
    stored = wide.transpose(Image.Transpose.ROTATE_90)
    (face,) = found_in(pool, saved(stored, tmp_path / "a.jpg", exif=exif)).faces or ()
    assert face.box[0] < 0.44 < face.box[2] and face.box[1] < 0.32 < face.box[3]
    assert face.eyes is Eyes.OPEN and face.measured_width > 190


def test_nothing_but_the_faces_differs_from_the_decoder_without(
    pool: ImagingPool, astronaut: Image.Image, tmp_path: Path
) -> None:
    path = saved(astronaut.resize((2000, 2000)), tmp_path / "a.jpg")
    found, plain = found_in(pool, path), examine(path, max_megapixels=300)
    assert found.photo == plain.photo and found.rendition == plain.rendition
    assert found.attributes == plain.attributes and found.thumbnail == plain.thumbnail
    assert plain.faces is None and found.faces


def test_odd_pictures(pool: ImagingPool, astronaut: Image.Image, tmp_path: Path) -> None:
    odd = {
        "dot.png": Image.new("RGB", (1, 1), "white"),
        "strip.png": Image.new("L", (3000, 1), 90),
        "border.jpg": astronaut.crop((220, 60, 512, 512)),
        "half.jpg": astronaut.crop((0, 115, 512, 512)),
        "upside-down.jpg": astronaut.rotate(180),
        "black.png": Image.new("RGB", (2000, 1500)),
        "clear.png": Image.new("RGBA", (300, 200), (9, 9, 9, 0)),
        "sixteen.png": Image.new("I;16", (300, 200), 30_000),
    }
    for name, image in odd.items():
        for face in found_in(pool, saved(image, tmp_path / name)).faces or ():
            assert all(0 <= side <= 1 for side in face.box)
            assert 0 <= face.confidence <= 1 and face.width > 0
    for name in ("dot.png", "strip.png", "black.png", "clear.png", "sixteen.png"):
        assert found_in(pool, str(tmp_path / name)).faces == ()


def test_a_crowd(pool: ImagingPool, astronaut: Image.Image, tmp_path: Path) -> None:
    """500 faces, each of 30 px in what the detector sees: some, and in a bounded time."""
    sheet = Image.new("RGB", (6250, 5000))
    head = astronaut.crop((120, 0, 320, 200)).resize((250, 250))
    for place in range(500):
        sheet.paste(head, (250 * (place % 25), 250 * (place // 25)))
    found = found_in(pool, saved(sheet, tmp_path / "crowd.jpg"))
    assert found.faces is not None and len(found.faces) <= 500


@pytest.mark.parametrize("name", [DETECTOR, LIDS])
def test_weights_that_are_damaged_or_missing_are_told_once(
    astronaut: Image.Image, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    shutil.copytree(FOLDER, tmp_path / "faces")
    weights = tmp_path / "faces" / name
    flipped = bytearray(weights.read_bytes())
    flipped[len(flipped) // 2] ^= 1  # the graph would load
    weights.write_bytes(flipped)
    paths = [saved(astronaut, tmp_path / f"{number}.jpg") for number in range(3)]
    for said in ("is damaged: install aesplugin again", "cannot be read (No such file"):
        caplog.clear()
        with pool_of(_reading_with(tmp_path / "faces")) as pool:
            results = [result for _, result in pool.examine_all(paths)]
        assert all(isinstance(one, Examination) and one.faces is None for one in results)
        (record,) = caplog.records
        assert said in record.getMessage() and str(weights) in record.getMessage()
        weights.unlink(missing_ok=True)


def test_under_a_tight_memory_limit_the_photo_is_examined_all_the_same(
    astronaut: Image.Image, tmp_path: Path
) -> None:
    path = saved(astronaut, tmp_path / "a.jpg")
    with pool_of(READER, memory_mb=256) as pool:
        found = pool.examine(path)
    assert found.faces or "raise decode_memory_mb" in (found.faces_problem or "")


def _reading_with(weights: Path) -> tuple[str, ...]:
    """The command of a child with other weights."""
    script = (
        "from pathlib import Path; from aesplugin.imaging.sandbox import child;"
        "from aesplugin.services.pipeline.photo_reader import LateFaceReader;"
        f"child.main(LateFaceReader(Path({str(weights)!r})).read)"
    )
    return (sys.executable, "-P", "-c", script)
