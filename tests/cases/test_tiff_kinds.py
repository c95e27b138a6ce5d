"""TIFFs of rarer kinds: the right picture or a named refusal, never a wrong one."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from aesplugin.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import decode
from aesplugin.imaging.fullsize import render
from tests.cases.tiffs import (
    EXPOSED,
    GREY,
    LOSSLESS,
    PHOTO,
    RGB,
    SMALL,
    WIDE,
    WIDE_GREY,
    Array,
    change,
    pages,
    planes,
    seen,
    tiff,
)
from tests.imaging.photos import encoded, fuzzed, noise


@pytest.mark.parametrize("compression", LOSSLESS)
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("layout", ["one strip", "strips", "tiles"])
@pytest.mark.parametrize("kind", ["planar", "chunky", "grey", "white is zero"])
@pytest.mark.parametrize("depth", [8, 16])
def test_layouts(compression: str | None, order: str, layout: str, kind: str, depth: int) -> None:
    colour, grey = (RGB, GREY) if depth == 8 else (WIDE, WIDE_GREY)
    options: dict[str, Any] = {"compression": compression, "byteorder": order}
    options |= {"one strip": {}, "strips": {"rowsperstrip": 50}, "tiles": {"tile": (64, 96)}}[
        layout
    ]
    if kind == "planar":
        data = tiff(planes(colour), planarconfig="separate", **options)
    elif kind == "chunky":
        data = tiff(colour, predictor=compression in ("lzw", "deflate", "zstd"), **options)
    elif kind == "grey":
        data = tiff(grey, **options)
    else:
        inverted = np.iinfo(grey.dtype).max - grey
        data = tiff(inverted, photometric="miniswhite", **options)
    assert change(data, RGB if kind in ("planar", "chunky") else GREY) == 0


@pytest.mark.parametrize("compression", ["jpeg", "webp", "jpegxl", "jpeg2000"])
def test_lossy_compressions(compression: str) -> None:
    level = {"jpeg": 95, "webp": 95, "jpegxl": 95, "jpeg2000": 60}[compression]
    data = tiff(RGB, compression=compression, compressionargs={"level": level}, tile=(128, 128))
    assert change(data, RGB) < 4


@pytest.mark.parametrize("bits", [1, 2, 4, 6, 8, 10, 12, 14, 16])
def test_packed_bits(bits: int) -> None:
    """Packed by hand: writers of odd depths are rare."""
    values = WIDE_GREY >> (16 - bits)
    rows = [
        np.packbits(((row[:, None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8).ravel())
        for row in values
    ]
    packed = b"".join(row.tobytes() for row in rows)
    data = by_hand(320, 240, packed, bits=bits)
    assert change(data, GREY) <= 256 / 2**bits


def by_hand(width: int, height: int, body: bytes, *, bits: int) -> bytes:
    from tests.imaging.photos import tiff_directory

    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, bits), (259, 3, 1, 1),
        (262, 3, 1, 1), (273, 4, 1, 200), (277, 3, 1, 1), (278, 4, 1, height),
        (279, 4, 1, len(body)),
    ]  # fmt: skip
    return tiff_directory(entries).ljust(200, b"\0") + body


@pytest.mark.parametrize(
    ("pixels", "by"),
    [
        ((EXPOSED / 255).astype(np.float32), 1),
        ((EXPOSED / 255).astype(np.float16), 1),
        ((EXPOSED / 255).astype(np.float64), 1),
        ((EXPOSED / 255 * 1.05).astype(np.float32), 5),
        ((EXPOSED / 255 * 4).astype(np.float32), 5),
        (EXPOSED.astype(np.float32), 1),
        (EXPOSED.astype(np.float32) * 257, 1),
        (EXPOSED.astype(np.uint32) * 16843009, 1),
        (EXPOSED.astype(np.uint32) * 257, 1),
        (EXPOSED.astype(np.uint32), 1),
        (EXPOSED.astype(np.uint64) * 72340172838076673, 1),
        ((EXPOSED.astype(np.int32) << 23) | (EXPOSED.astype(np.int32) << 15), 1),
        (EXPOSED.astype(np.int16) * 128, 1),
        (EXPOSED.astype(np.uint16) << 4, 1),
        ((EXPOSED.astype(np.uint16) << 4) | (EXPOSED >> 4), 1),
        ((EXPOSED.astype(np.uint16) << 6) | (EXPOSED >> 2), 1),
        ((EXPOSED.astype(np.uint16) << 2) | (EXPOSED >> 6), 1),
        (EXPOSED.astype(np.uint16), 1),
    ],
    ids=str,
)
def test_types_and_what_is_white(pixels: Array, by: float) -> None:
    assert change(tiff(pixels), EXPOSED) <= by
    assert change(tiff(pixels, byteorder=">", compression="deflate"), EXPOSED) <= by


def test_floats_in_colour_with_a_few_points_of_light() -> None:
    light = (RGB / 255).astype(np.float32)
    light[100, 100] = 4000.0
    light[0, :4] = np.nan
    light[0, 4:8] = -0.01
    data = tiff(light, predictor=True, compression="deflate")
    assert change(data, RGB) < 1


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float16])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_linear_light_with_its_profile_is_not_posterised(dtype: Any, mode: str) -> None:
    reference = RGB if mode == "RGB" else GREY
    light = ((reference / 255.0 + 0.055) / 1.055) ** 2.4
    light = np.where(reference <= 10, reference / 255.0 / 12.92, light)
    white = 65535 if dtype == np.uint16 else 1
    if mode == "RGB":
        primaries = (0.64, 0.33, 1.0, 0.3, 0.6, 1.0, 0.15, 0.06, 1.0)
        icc = imagecodecs.cms_profile(
            "rgb", gamma=1.0, whitepoint=(0.3127, 0.329, 1.0), primaries=primaries
        )
    else:
        icc = imagecodecs.cms_profile("gray", gamma=1.0, whitepoint=(0.3127, 0.329, 1.0))
    assert change(tiff((light * white).astype(dtype), iccprofile=icc), reference) < 1.5
    if dtype != np.uint16:  # highlights above white are cut, not taken for it
        light[:20] *= 6
        shown = seen(tiff(light.astype(dtype), iccprofile=icc)).pixels[20:].astype(int)
        wanted = reference[20:] if mode == "RGB" else reference[20:, :, None]
        assert np.abs(shown - wanted).mean() < 1.5


def test_a_dark_photo_stays_dark() -> None:
    dark = WIDE // 8
    assert change(tiff(dark), RGB >> 3) < 1
    assert change(tiff((RGB / 2040).astype(np.float32)), RGB >> 3) < 1


@pytest.mark.parametrize(
    "pixels",
    [
        (EXPOSED.astype(np.float32) / 255 - 0.5),
        (EXPOSED.astype(np.float32) / 1e6),
        (EXPOSED.astype(np.int16) - 128),
        (EXPOSED.astype(np.uint32) * 1000),
        (EXPOSED / 255).astype(np.complex64),
    ],
    ids=str,
)
def test_where_nobody_can_tell_white_it_is_refused(pixels: Array) -> None:
    with pytest.raises(UnsupportedPhoto, match="export it as JPEG or 8-bit TIFF"):
        seen(tiff(pixels))


def test_bigtiff_and_its_tags() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Example"
    PHOTO.save(out, "TIFF", exif=exif, big_tiff=True)
    picture = seen(out.getvalue())
    assert (picture.width, picture.height) == (240, 320)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes(bits: int) -> None:
    image = PHOTO.quantize(1 << bits)
    flat = image.getpalette()
    assert flat is not None
    colours = np.zeros((1 << bits, 3), np.uint16)
    known = np.array(flat, np.uint16).reshape(-1, 3)[: 1 << bits]
    colours[: len(known)] = known
    indices = np.asarray(image)
    wanted = np.asarray(image.convert("RGB"))
    assert change(encoded(image, "TIFF"), wanted) == 0
    for table in (colours * 257, colours):  # 16 bits, and 8 in spite of the standard
        if bits == 8:
            data = tiff(indices, photometric="palette", colormap=np.ascontiguousarray(table.T))
            assert change(data, wanted) == 0


@pytest.mark.parametrize("depth", [1, 257])
@pytest.mark.parametrize("layout", ["contig", "separate"])
def test_inks(depth: int, layout: str) -> None:
    inks = np.asarray(PHOTO.convert("CMYK")).astype(np.uint8 if depth == 1 else np.uint16)
    inks = inks * inks.dtype.type(depth)
    pixels = inks if layout == "contig" else planes(inks)
    data = tiff(pixels, photometric="separated", planarconfig=layout, compression="lzw")
    assert change(data, RGB) < 2


def test_transparency() -> None:
    alpha = np.tile(np.linspace(0, 255, 320).astype(np.uint8), (240, 1))
    share = alpha[..., None] / 255.0
    wanted = RGB * share + 255 * (1 - share)
    straight = np.dstack([RGB, alpha])
    assert change(tiff(straight, extrasamples=["unassalpha"]), wanted) < 1
    multiplied = np.dstack([(RGB * share).round().astype(np.uint8), alpha])
    assert change(tiff(multiplied, extrasamples=["assocalpha"]), wanted) < 2
    wide = straight.astype(np.uint16) * 257
    assert change(tiff(wide, extrasamples=["unassalpha"]), wanted) < 1
    planar = tiff(planes(wide), planarconfig="separate", extrasamples=["unassalpha"])
    assert change(planar, wanted) < 1
    grey = np.dstack([WIDE_GREY, alpha.astype(np.uint16) * 257])
    data = tiff(grey, photometric="minisblack", extrasamples=["unassalpha"])
    assert change(data, GREY * share[..., 0] + 255 * (1 - share[..., 0])) < 1


def test_bands_without_colour_are_refused() -> None:
    with pytest.raises(UnsupportedPhoto, match="spectral bands"):
        seen(tiff(RGB, photometric="minisblack", planarconfig="contig"))


def test_other_samples_are_no_transparency() -> None:
    assert change(tiff(np.dstack([WIDE, WIDE_GREY // 3]), extrasamples=["unspecified"]), RGB) == 0


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt", "tiff_lzw"])
def test_faxes(compression: str) -> None:
    page = PHOTO.convert("1")
    assert change(encoded(page, "TIFF", compression=compression), np.asarray(page) * 255) == 0


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg"])
@pytest.mark.parametrize("mode", ["LAB", "YCbCr"])
def test_other_colour_spaces(mode: str, compression: str | None) -> None:
    if (mode, compression) == ("LAB", "jpeg"):
        pytest.skip("nobody writes it")
    image = PHOTO
    if mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        image = ImageCms.profileToProfile(PHOTO, srgb, lab, outputMode="LAB") or PHOTO
    else:
        image = PHOTO.convert("YCbCr")
    options = {"quality": 95} if compression == "jpeg" else {}
    assert change(encoded(image, "TIFF", compression=compression, **options), RGB) < 4


def test_lab_of_sixteen_bits() -> None:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    image = ImageCms.profileToProfile(PHOTO, srgb, lab, outputMode="LAB")
    assert image is not None
    signed = np.asarray(Image.frombytes("RGB", image.size, image.tobytes())).astype(np.uint16)
    signed[..., 0] *= 257
    signed[..., 1:] <<= 8
    assert change(tiff(signed, photometric="cielab"), RGB) < 4


@pytest.mark.parametrize("code", [1, 3, 6, 8])
def test_orientation_of_the_page_or_of_the_file(code: int) -> None:
    turned = {1: RGB, 3: RGB[::-1, ::-1], 6: np.rot90(RGB, -1), 8: np.rot90(RGB)}[code]
    tag = [(274, 3, 1, code, True)]
    assert change(tiff(RGB, extratags=tag), turned) == 0
    assert change(pages((SMALL, {"subfiletype": 1, "extratags": tag}), (RGB, {})), turned) == 0


@pytest.mark.parametrize("compression", LOSSLESS)
@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_cut_files_are_damaged(compression: str | None, share: float) -> None:
    for pixels in (RGB, WIDE_GREY):
        out = io.BytesIO()
        with tifffile.TiffWriter(out) as writer:  # the directory first, as cameras do
            writer.write(pixels, metadata=None, compression=compression, rowsperstrip=40)
        with pytest.raises(DamagedPhoto):
            seen(out.getvalue()[: int(len(out.getvalue()) * share)])


def test_strips_that_are_missing_are_damage() -> None:
    data = bytearray(tiff(RGB, rowsperstrip=60, compression="deflate"))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        tag = file.pages.first.tags[279]  # bytes of each strip
        at, size = tag.valueoffset, tag.valuebytecount // tag.count
    data[at + size : at + 2 * size] = bytes(size)
    with pytest.raises(DamagedPhoto):
        seen(bytes(data))


def test_limits_hold_for_the_page_that_counts() -> None:
    with pytest.raises(OversizedPhoto, match="320 x 240"):
        decode(pages((SMALL, {"subfiletype": 1}), (RGB, {})), "a.tif", 0.05)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's; in the child nobody hears them
@pytest.mark.parametrize("options", [{}, {"compression": "lzw"}, {"tile": (64, 64)}])
def test_broken_ones_end_in_a_picture_or_a_named_state(options: dict[str, Any]) -> None:
    for pixels in (np.asarray(noise(60, 40)), GREY[:40, :60] / np.float32(255)):
        for data in fuzzed(tiff(pixels, **options), 150, seed=5):
            try:
                assert max(seen(data).pixels.shape) <= 1024
            except PhotoError as error:
                assert str(error)
                assert "\n" not in str(error)


def test_the_page_shows_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(planes(WIDE), planarconfig="separate"))
    whole = render(str(path), read_content(str(path)).content_hash, 300)
    with Image.open(io.BytesIO(whole)) as image:
        assert np.abs(np.asarray(image).astype(int) - RGB).mean() < 4  # a JPEG


def test_the_case(made: Callable[[str], Path]) -> None:
    folder = made("04")
    references = {
        mode: np.asarray(Image.open(folder / "tiff" / f"00_ref_{mode}.png").convert("RGB"))
        for mode in ("L", "RGB")
    }
    for path in sorted(folder.glob("tiff*/*.tif")):
        try:
            found = seen(path.read_bytes()).pixels.astype(int)
        except UnsupportedPhoto:
            continue
        assert found.shape == references["L"].shape, path.name
        nearest = min(float(np.abs(found - known).mean()) for known in references.values())
        assert nearest < 4, path.name  # one is a JPEG


@pytest.mark.parametrize("name", ["scan.nef", "scan.dng", "scan.raw"])
def test_a_tiff_under_the_name_of_a_raw_is_read(name: str) -> None:
    found = decode(tiff(RGB), name, 300)
    assert found.format == "TIFF"
    assert np.array_equal(found.pixels, RGB)


@pytest.mark.parametrize("options", [{"subifds": 1}, {"subfiletype": 1}])
def test_a_raw_that_nobody_knows_is_not_judged_by_its_preview(options: dict[str, Any]) -> None:
    data = pages((RGB[::2, ::2], options), (GREY, {"photometric": "minisblack"}))
    with pytest.raises(UnsupportedPhoto, match="LibRaw"):
        decode(data, "a.nef", 300)


def test_a_hot_pixel_does_not_make_a_float_picture_black() -> None:
    pixels = RGB.astype(np.float32)
    pixels[5, 5] = 4000
    assert change(tiff(pixels), RGB) < 3


def test_sixteen_bits_that_would_all_be_black_are_refused() -> None:
    with pytest.raises(UnsupportedPhoto, match="without a known white level"):
        seen(tiff((RGB // 3).astype(np.uint16)))
    assert seen(tiff(np.zeros((40, 60, 3), np.uint16))).pixels.max() == 0
