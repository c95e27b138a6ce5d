import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from aesplugin.errors import DamagedPhoto, OversizedPhoto, UnsupportedPhoto
from aesplugin.imaging.decode import decode
from aesplugin.imaging.formats.raw import _preview_turn, load_raw
from aesplugin.imaging.picture import Loaded
from tests.imaging.photos import quarters

WIDTH, HEIGHT = 96, 64


def dng(orientation: int = 1) -> bytes:
    """Sensor data of a picture whose top half is bright and whose bottom half is dark."""
    sensor = np.full((HEIGHT, WIDTH), 2000, "<u2")
    sensor[: HEIGHT // 2] = 40_000
    matrix = struct.pack("<18i", *(v for i in range(9) for v in (int(i % 4 == 0), 1)))
    neutral = struct.pack("<6I", 1, 1, 1, 1, 1, 1)
    count = 17
    extra = 8 + 2 + 12 * count + 4
    place = {"matrix": extra, "neutral": extra + len(matrix), "model": extra + len(matrix) + 24}
    strips = place["model"] + 8
    tags = [
        (254, 4, 1, 0),
        (256, 4, 1, WIDTH),
        (257, 4, 1, HEIGHT),
        (258, 3, 1, 16),
        (259, 3, 1, 1),
        (262, 3, 1, 32803),
        (273, 4, 1, strips),
        (274, 3, 1, orientation),
        (277, 3, 1, 1),
        (278, 4, 1, HEIGHT),
        (279, 4, 1, sensor.nbytes),
        (33421, 3, 2, 2 | 2 << 16),
        (33422, 1, 4, 0x02010100),  # red green / green blue
        (50706, 1, 4, 0x0401),
        (50708, 2, 8, place["model"]),
        (50721, 10, 9, place["matrix"]),
        (50728, 5, 3, place["neutral"]),
    ]
    assert len(tags) == count
    body = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = b"II*\0" + struct.pack("<IH", 8, count) + body + bytes(4)
    return head + matrix + neutral + b"Example\0" + sensor.tobytes()


def brightness(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return decode(data, "a.dng", 300).pixels.mean(axis=2)


def test_without_a_preview_the_sensor_data_is_developed() -> None:
    picture = decode(dng(), "a.dng", 300)
    assert (picture.format, picture.width, picture.height) == ("DNG", WIDTH, HEIGHT)
    assert picture.pixels.shape == (HEIGHT, WIDTH, 3)
    assert picture.jpeg_quality is None
    grey = brightness(dng())
    assert grey[10].mean() > grey[-10].mean() + 50
    spread = picture.pixels.astype(int)[10].max(axis=1) - picture.pixels.astype(int)[10].min(axis=1)
    assert spread.max() < 40  # equal sensor values are grey


@pytest.mark.parametrize(
    ("code", "bright"), [(3, np.s_[-8:, :]), (6, np.s_[:, -8:]), (8, np.s_[:, :8])]
)
def test_developed_pictures_are_turned_upright(code: int, bright: tuple[slice, slice]) -> None:
    grey = brightness(dng(code))
    assert grey.shape == ((HEIGHT, WIDTH) if code == 3 else (WIDTH, HEIGHT))
    assert grey[bright].mean() > grey.mean() + 20


def preview(width: int, height: int, orientation: int = 1) -> Loaded:
    image = quarters(width, height)
    return Loaded(image=image, width=width, height=height, format="JPEG", orientation=orientation)


@pytest.mark.parametrize(
    ("found", "flip", "wanted"),
    [
        (preview(96, 64), 0, 1),
        (preview(96, 64), 6, 6),  # stored as the sensor saw it: turn it like the RAW
        (preview(64, 96), 6, 1),  # stored upright already
        (preview(96, 64), 5, 8),
        (preview(96, 64), 3, 3),
        (preview(96, 64, orientation=8), 0, 8),  # its own tag wins
        (preview(64, 96, orientation=6), 6, 1),  # unless it stands upright in spite of it
    ],
)
def test_previews_are_turned_once(found: Loaded, flip: int, wanted: int) -> None:
    raw = SimpleNamespace(sizes=SimpleNamespace(flip=flip, width=6000, height=4000))
    assert _preview_turn(found, raw, is_tagged=found.orientation != 1) == wanted


def test_limits_and_damage_are_named() -> None:
    with pytest.raises(OversizedPhoto):
        load_raw(dng(), 0.001)
    with pytest.raises(UnsupportedPhoto, match="convert it to DNG"):
        load_raw(b"FUJIFILMCCD-RAW" + bytes(2000), 300)
    with pytest.raises(DamagedPhoto, match="copy it again"):
        load_raw(dng()[:-9000], 300)


@pytest.mark.parametrize(
    ("name", "size", "form"),
    [("raw_canon_6d.dng", (1224, 816), "DNG"), ("raw_kodak_dc50.kdc", (768, 512), "KDC")],
)
def test_real_raw_files(data_dir: Path, name: str, size: tuple[int, int], form: str) -> None:
    picture = decode((data_dir / "camera" / name).read_bytes(), name, 300)
    assert (picture.width, picture.height, picture.format) == (*size, form)
    assert 20 < picture.pixels.mean() < 235
