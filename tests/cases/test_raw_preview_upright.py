"""RAW previews that stand upright already: turned once at most, and never squeezed."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import decode
from aesplugin.imaging.fullsize import render
from tests.imaging.photos import encoded

TURNS = {  # EXIF orientation: what makes the stored picture upright
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    7: Image.Transpose.TRANSVERSE,
    6: Image.Transpose.ROTATE_270,
    8: Image.Transpose.ROTATE_90,
}
SHAPES = {"wide": (900, 600), "square": (700, 700), "nearly square": (720, 700)}
ORIENTATION = 0x0112


def upright(image: Image.Image, code: int) -> Image.Image:
    turn = TURNS[code]
    return image if turn is None else image.transpose(turn)


def scene(size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(pictures.astronaut()).resize(size)


def directory(tags: list[tuple[int, int, bytes]], at: int) -> bytes:
    """A TIFF directory at `at` of (tag, type, values); what is longer than 4 bytes follows it."""
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 10: 8}
    out, more = struct.pack("<H", len(tags)), b""
    beyond = at + 2 + 12 * len(tags) + 4
    for tag, kind, values in sorted(tags):
        value = values.ljust(4, b"\0")
        if len(values) > 4:
            value = struct.pack("<I", beyond + len(more))
            more += values + b"\0" * (len(values) % 2)
        out += struct.pack("<HHI", tag, kind, len(values) // sizes[kind]) + value
    return out + bytes(4) + more


def long(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def short(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


def dng(stored: Image.Image, orientation: int, preview: bytes, size: tuple[int, int]) -> bytes:
    """Sensor data of `stored`, and the JPEG `preview` of `size` in the first directory."""
    linear = ((np.asarray(stored) / 255.0) ** 2.2 * 1000).astype("<u2") + 16
    height, width = linear.shape[0] // 2 * 2, linear.shape[1] // 2 * 2
    sensor = np.empty((height, width), "<u2")
    for row, column, colour in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        sensor[row::2, column::2] = linear[row:height:2, column:width:2, colour]
    mosaic_at = 8 + len(preview) + len(preview) % 2
    sub_at = mosaic_at + sensor.nbytes
    sub = directory(
        [
            (254, 4, long(0)), (256, 4, long(width)), (257, 4, long(height)),
            (258, 3, short(16)), (259, 3, short(1)), (262, 3, short(32803)),
            (273, 4, long(mosaic_at)), (277, 3, short(1)), (278, 4, long(height)),
            (279, 4, long(sensor.nbytes)), (284, 3, short(1)), (33421, 3, short(2, 2)),
            (33422, 1, bytes([0, 1, 1, 2])), (50714, 3, short(16)), (50717, 4, long(1016)),
        ],
        sub_at,
    )  # fmt: skip
    sub += b"\0" * (len(sub) % 2)
    identity = struct.pack("<18i", *(v for i in range(9) for v in (int(i % 4 == 0), 1)))
    first = directory(
        [
            (254, 4, long(1)), (256, 4, long(size[0])), (257, 4, long(size[1])),
            (258, 3, short(8, 8, 8)), (259, 3, short(7)), (262, 3, short(6)),
            (271, 2, b"Example\0"), (272, 2, b"Example\0"), (273, 4, long(8)),
            (274, 3, short(orientation)), (277, 3, short(3)), (278, 4, long(size[1])),
            (279, 4, long(len(preview))), (284, 3, short(1)), (330, 4, long(sub_at)),
            (50706, 1, bytes([1, 4, 0, 0])), (50708, 2, b"Example\0"), (50721, 10, identity),
            (50728, 5, long(1, 1, 1, 1, 1, 1)), (50778, 3, short(21)),
        ],
        sub_at + len(sub),
    )  # fmt: skip
    padded = preview + b"\0" * (len(preview) % 2)
    return b"II*\0" + long(sub_at + len(sub)) + padded + sensor.tobytes() + sub + first


def difference(
    found: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], wanted: Image.Image
) -> float:
    """Mean levels between them; 255 where the shapes differ."""
    height, width = found.shape[:2]
    if abs(width / height - wanted.width / wanted.height) > 0.02:
        return 255.0
    same_size = np.asarray(wanted.resize((width, height)))
    return float(np.abs(found.astype(int) - same_size).mean())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("code", TURNS)
@pytest.mark.parametrize("form", ["as stored", "upright", "upright, tagged 1", "tagged"])
def test_a_preview_comes_out_upright_however_it_is_stored(
    shape: str, code: int, form: str, tmp_path: Path
) -> None:
    stored = scene(SHAPES[shape])
    picture = upright(stored, code) if form.startswith("upright") else stored
    exif = Image.Exif()
    if "tagged" in form:
        exif[ORIENTATION] = 1 if form.startswith("upright") else code
    data = dng(stored, code, encoded(picture, exif=exif, quality=92), picture.size)
    seen = decode(data, "a.dng", 300)
    wanted = upright(stored, code)
    assert difference(seen.pixels, wanted) < 4
    assert abs(seen.width - wanted.width) <= 1
    assert abs(seen.height - wanted.height) <= 1

    path = tmp_path / "a.dng"
    path.write_bytes(data)
    whole = render(str(path), read_content(str(path)).content_hash, 300)
    with Image.open(io.BytesIO(whole)) as image:
        assert difference(np.asarray(image), wanted) < 4


@pytest.mark.parametrize("code", TURNS)
def test_a_preview_of_another_shape_is_not_squeezed(code: int) -> None:
    stored = scene((900, 600))
    cropped = stored.crop((0, 47, 900, 553))  # 16 to 9, as set in the camera
    seen = decode(dng(stored, code, encoded(cropped, quality=92), cropped.size), "a.dng", 300)
    assert difference(seen.pixels, upright(cropped, code)) < 4


def test_the_case(made: Callable[[str], Path], cases_dir: Path) -> None:
    folder = made("09") / "raw"
    (given,) = cases_dir.glob("09-*/o6_preview_upright.dng")
    wanted = decode((folder / "o6_preview_exif6.dng").read_bytes(), "a.dng", 300)
    for path in (given, folder / "o6_preview_upright.dng", folder / "o6_preview_sensor.dng"):
        seen = decode(path.read_bytes(), "a.dng", 300)
        assert difference(seen.pixels, Image.fromarray(wanted.pixels)) < 2, path.name
    for one, other in (
        ("o3_preview_sensor", "o3_preview_upright"),
        ("o6_square_preview_sensor", "o6_square_preview_upright"),
    ):
        seen = decode((folder / f"{one}.dng").read_bytes(), "a.dng", 300)
        as_well = decode((folder / f"{other}.dng").read_bytes(), "a.dng", 300)
        assert difference(seen.pixels, Image.fromarray(as_well.pixels)) < 4, one
