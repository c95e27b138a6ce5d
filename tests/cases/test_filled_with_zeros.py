"""Files of which zeros took a part: damaged, whatever a decoder would make of them.

A download or copy that gets its full size first and breaks off ends in zeros, and a bad block
leaves a hole of them. Black that belongs to a picture is none.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from aesplugin.errors import DamagedPhoto, PhotoError
from aesplugin.imaging.decode import decode
from tests.imaging.photos import encoded, noise

Array = np.ndarray[Any, np.dtype[Any]]

PHOTO = noise(500, 380)
RGB = np.asarray(PHOTO)
WIDE = RGB.astype(np.uint16) * 257
SECTOR = 512  # bytes: what a disk or a copy loses are whole ones
SHARES = [0.2, 0.45, 0.7, 0.9]


def heif(pixels: Array = RGB, **options: Any) -> bytes:
    out = io.BytesIO()
    size = pixels.shape[1::-1]
    pillow_heif.from_bytes("RGB", size, np.ascontiguousarray(pixels).tobytes()).save(out, **options)
    return out.getvalue()


def tiff(pixels: Array = RGB, **options: Any) -> bytes:
    out = io.BytesIO()
    options.setdefault("photometric", "rgb" if pixels.ndim == 3 else "minisblack")
    tifffile.imwrite(out, pixels, metadata=None, **options)
    return out.getvalue()


def animated(**options: Any) -> bytes:
    return encoded(PHOTO, "WEBP", save_all=True, append_images=[noise(500, 380, 1)], **options)


FILES: dict[str, Callable[[], bytes]] = {
    "baseline.jpg": lambda: encoded(PHOTO),
    "fine.jpg": lambda: encoded(PHOTO, quality=95, subsampling=0),
    "optimised.jpg": lambda: encoded(PHOTO, quality=90, optimize=True),
    "progressive.jpg": lambda: encoded(PHOTO, progressive=True),
    "restarts.jpg": lambda: encoded(PHOTO, quality=95, restart_marker_blocks=40),
    "rows.jpg": lambda: encoded(PHOTO, quality=95, restart_marker_rows=1),
    "grey.jpg": lambda: encoded(PHOTO.convert("L"), quality=95),
    "cmyk.jpg": lambda: encoded(PHOTO.convert("CMYK"), quality=95),
    "colour.png": lambda: encoded(PHOTO, "PNG"),
    "colour.gif": lambda: encoded(PHOTO, "GIF"),
    "lossy.webp": lambda: encoded(PHOTO, "WEBP", quality=90),
    "slow.webp": lambda: encoded(PHOTO, "WEBP", quality=60, method=6),
    "lossless.webp": lambda: encoded(PHOTO, "WEBP", lossless=True),
    "clear.webp": lambda: encoded(PHOTO.convert("RGBA"), "WEBP", quality=80),
    "colour.avif": lambda: encoded(PHOTO, "AVIF", speed=9),
    "grey.avif": lambda: encoded(PHOTO.convert("L"), "AVIF", speed=9),
    "colour.heic": heif,
    "fine.heic": lambda: heif(quality=95, chroma=444),
    "colour.jxl": lambda: bytes(imagecodecs.jpegxl_encode(RGB, level=90)),
    "lossless.jxl": lambda: bytes(imagecodecs.jpegxl_encode(RGB, lossless=True)),
    "lzw.tif": lambda: tiff(compression="lzw"),
    "deflate.tif": lambda: tiff(compression="deflate", tile=(64, 64)),
    "packbits.tif": lambda: tiff(compression="packbits"),
    "jpeg.tif": lambda: tiff(compression="jpeg", compressionargs={"level": 95}),
    "jpegs.tif": lambda: tiff(compression="jpeg", tile=(128, 128)),
    "webp.tif": lambda: tiff(compression="webp"),
}
UNPACKED: dict[str, Callable[[], bytes]] = {
    "colour.bmp": lambda: encoded(PHOTO, "BMP"),
    "grey.bmp": lambda: encoded(PHOTO.convert("L"), "BMP"),
    "one strip.tif": tiff,
    "strips.tif": lambda: tiff(rowsperstrip=9),
    "tiles.tif": lambda: tiff(tile=(128, 128)),
    "planes.tif": lambda: tiff(
        np.ascontiguousarray(np.moveaxis(RGB, 2, 0)), planarconfig="separate"
    ),
    "wide.tif": lambda: tiff(WIDE),
    "big endian.tif": lambda: tiff(WIDE, byteorder=">"),
    "floats.tif": lambda: tiff((RGB / 255).astype(np.float32)),
    "grey.tif": lambda: tiff(np.asarray(PHOTO.convert("L"))),
}


def taken(data: bytes, name: str) -> Array | None:
    """The picture as it is judged; None where the file is refused."""
    try:
        return decode(data, name, 300).pixels.astype(int)
    except PhotoError as error:
        assert str(error)
        return None


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_ends_in_zeros_is_damaged(name: str, share: float) -> None:
    whole = FILES[name]()
    assert taken(whole, name) is not None
    start = int(len(whole) * share)
    assert taken(whole[:start] + bytes(len(whole) - start), name) is None


@pytest.mark.parametrize("share", [0.78, 0.82, 0.86, 0.94, 0.96])
@pytest.mark.parametrize("name", FILES)
def test_the_last_part_of_a_file_is_zeros(name: str, share: float) -> None:
    whole = FILES[name]()
    start = int(len(whole) * share)
    assert taken(whole[:start] + bytes(len(whole) - start), name) is None


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("name", FILES)
def test_a_hole_of_zeros_costs_the_photo(name: str, share: float) -> None:
    whole = FILES[name]()
    start = int(len(whole) * share)
    size = min(4096, (len(whole) - start) // 2)
    found = taken(whole[:start] + bytes(size) + whole[start + size :], name)
    if found is not None:  # the hole was elsewhere, or of a few pixels
        assert np.abs(found - taken(whole, name)).mean() < 0.5


@pytest.mark.parametrize("share", [0.15, 0.3, 0.4, 0.6, 0.8])
@pytest.mark.parametrize("size", [512, 4096])
@pytest.mark.parametrize("name", ["baseline.jpg", "fine.jpg", "restarts.jpg", "rows.jpg"])
def test_a_jpeg_with_a_hole_is_damaged(name: str, size: int, share: float) -> None:
    whole = FILES[name]()
    scan = whole.index(b"\xff\xda")
    start = scan + int((len(whole) - scan - size) * share)
    assert taken(whole[:start] + bytes(size) + whole[start + size :], name) is None


@pytest.mark.parametrize("share", [0.23, 0.47, 0.73, 0.88])
@pytest.mark.parametrize("name", UNPACKED)
def test_rows_that_break_off_are_damage(name: str, share: float) -> None:
    whole = UNPACKED[name]()
    assert taken(whole, name) is not None
    start = int(len(whole) * share) // SECTOR * SECTOR
    with pytest.raises(DamagedPhoto, match="with zeros in place"):
        decode(whole[:start] + bytes(len(whole) - start), name, 300)
    size = len(whole) // 12 // SECTOR * SECTOR
    if name != "tiles.tif":
        with pytest.raises(DamagedPhoto, match="with zeros in place"):
            decode(whole[:start] + bytes(size) + whole[start + size :], name, 300)


@pytest.mark.parametrize("name", ["colour.bmp", "one strip.tif", "strips.tif", "wide.tif"])
def test_rows_that_break_off_within_a_pixel_are_damage(name: str) -> None:
    whole = UNPACKED[name]()
    found = [len(whole) // 2 + 601 * step for step in range(9)]
    kept = [start for start in found if taken(whole[:start].ljust(len(whole), b"\0"), name) is None]
    assert len(kept) >= 5  # a third breaks off between two pixels, as edges of black areas do


def edges() -> dict[str, Array]:
    """An edge that rises or falls by about a pixel above or below black that is exactly black."""
    rows, columns = np.mgrid[:380, :500]
    grain = np.random.default_rng(1).integers(0, 8, (380, 500, 1))
    found = {}
    for colour in ((235, 235, 235), (235, 0, 0), (240, 230, 0), (0, 40, 220)):
        for tilt in (-1.9, -1.2, -0.9, -0.5, 0.5, 0.9, 1.2):
            for offset in (190.2, 190.5, 190.7):
                light = (np.array(colour) + grain * (np.array(colour) > 0)).astype(np.uint8)
                is_black = rows > offset + columns * tilt / 500
                pixels = np.where(is_black[..., None], np.uint8(0), light)
                found[f"{colour} {tilt} {offset}"] = pixels
    soft = np.clip(190.5 - columns * 0.9 / 500 - rows + 0.5, 0, 1)[..., None]
    found["soft"] = (soft * (235 + grain)).astype(np.uint8).repeat(3, axis=2)
    return found


def test_an_edge_above_black_is_no_damage() -> None:
    refused, count = [], 0
    for kind, pixels in edges().items():
        image = Image.fromarray(pixels)
        files = {
            "a.bmp": encoded(image, "BMP"),
            "flipped.bmp": encoded(Image.fromarray(np.ascontiguousarray(pixels[::-1])), "BMP"),
            "grey.bmp": encoded(image.convert("L"), "BMP"),
            "a.tif": tiff(pixels),
            "strips.tif": tiff(pixels, rowsperstrip=11),
            "wide.tif": tiff(pixels.astype(np.uint16) * 257),
            "grey.tif": tiff(np.asarray(image.convert("L"))),
            "alpha.tif": tiff(np.asarray(image.convert("RGBA")), extrasamples=["unassalpha"]),
            "floats.tif": tiff((pixels / 255).astype(np.float32)),
        }
        refused += [(kind, name) for name, data in files.items() if taken(data, name) is None]
        count += len(files)
    assert len(refused) < count / 200, refused  # some begin with a sector by chance


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}])
def test_the_first_frame_of_an_animation(options: dict[str, Any], share: float) -> None:
    whole = animated(**options)
    assert taken(whole, "a.webp") is not None
    half = whole.index(b"ANMF", whole.index(b"ANMF") + 4)  # the second frame
    start = int(half * share)
    assert taken(whole[:start] + bytes(half - start) + whole[half:], "a.webp") is None


def test_run_lengths_that_end_in_zeros() -> None:
    rows = b"".join(bytes((200, 10 + row % 200, 0, 0)) for row in range(200))
    head = encoded(Image.new("P", (200, 200)), "BMP")[: 54 + 1024]
    colours = b"".join(bytes((value, value, value, 0)) for value in range(256))
    head = head[:30] + (1).to_bytes(4, "little") + head[34:46] + bytes(8) + colours
    head = head[:10] + len(head).to_bytes(4, "little") + head[14:]
    assert taken(head + rows + b"\0\1", "a.bmp") is not None
    assert taken(head + rows[:400] + bytes(402), "a.bmp") is None


def letterboxed(rows: int = 90) -> Array:
    pixels = RGB.copy()
    pixels[:rows] = pixels[-rows:] = 0
    return pixels


def pictures() -> dict[str, Array]:
    """Black that belongs to them."""
    rows, columns = np.mgrid[:380, :500]
    stars = np.zeros_like(RGB)
    stars[::37, ::41] = 255
    mostly = RGB.copy()
    mostly[60:] = 0
    light = RGB.copy()
    light[60:] = 255
    vignette = RGB.copy()
    vignette[np.hypot(rows - 190, columns - 250) > 190] = 0
    return {
        "letterboxed": letterboxed(),
        "barely letterboxed": letterboxed(4),
        "pillars": np.ascontiguousarray(letterboxed().transpose(1, 0, 2)),
        "stars": stars,
        "mostly black": mostly,
        "mostly white": light,
        "black": np.zeros_like(RGB),
        "white": np.full_like(RGB, 255),
        "round": vignette,
        "a mask": np.repeat((RGB[..., :1] > 140) * np.uint8(255), 3, axis=2),
        "turned": np.asarray(PHOTO.rotate(3, expand=True)),
        "dark": RGB // 24,
        "fading": (RGB * np.clip((300 - rows) / 200, 0, 1)[..., None]).astype(np.uint8),
        "black bands": np.where((rows // 60 % 2 == 0)[..., None], RGB, 0).astype(np.uint8),
    }


@pytest.mark.parametrize("kind", pictures())
def test_black_that_belongs_to_a_picture_is_no_damage(kind: str) -> None:
    pixels = pictures()[kind]
    image = Image.fromarray(pixels)
    files = {
        "a.bmp": encoded(image, "BMP"),
        "a.tif": tiff(pixels),
        "strips.tif": tiff(pixels, rowsperstrip=11),
        "tiles.tif": tiff(pixels, tile=(64, 64)),
        "jpeg.tif": tiff(pixels, compression="jpeg", tile=(64, 64)),
        "packed.tif": tiff(pixels, compression="packbits"),
        "optimised.jpg": encoded(image, optimize=True),
        "progressive.jpg": encoded(image, progressive=True),
        "restarts.jpg": encoded(image, restart_marker_rows=1),
        "slow.webp": encoded(image, "WEBP", method=6),
        "fast.webp": encoded(image, "WEBP", method=0),
        "lossless.webp": encoded(image, "WEBP", lossless=True, method=0, quality=0),
        "a.avif": encoded(image, "AVIF", speed=9),
        "a.heic": heif(pixels),
        "a.png": encoded(image, "PNG"),
        "a.gif": encoded(image, "GIF"),
    }
    assert [name for name, data in files.items() if taken(data, name) is None] == []


def test_zeros_behind_a_whole_webp_are_filling() -> None:
    whole = encoded(PHOTO, "WEBP", quality=80)
    size = int.from_bytes(whole[16:20], "little")
    for more in (30, 100, 5000):
        head = (len(whole) - 8 + more).to_bytes(4, "little")
        data = b"RIFF" + head + whole[8:16] + (size + more).to_bytes(4, "little")
        found = taken(data + whole[20 : 20 + size] + bytes(more), "a.webp")
        assert found is not None
        assert np.array_equal(found, taken(whole, "a.webp"))


@pytest.mark.parametrize("share", SHARES)
def test_a_phone_s_photo_of_many_tiles(share: float, data_dir: Path) -> None:
    for path in (*(data_dir / "camera").glob("heic_*"), *(data_dir / "camera").glob("*.webp")):
        whole = path.read_bytes()
        assert taken(whole, path.name) is not None
        start = int(len(whole) * share)
        found = taken(whole[:start] + bytes(len(whole) - start), path.name)
        # Behind the picture there may be tags.
        assert found is None or np.array_equal(found, taken(whole, path.name)), path.name
