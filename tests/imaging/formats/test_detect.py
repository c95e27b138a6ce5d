from pathlib import Path

import pytest

from aesplugin.errors import UnsupportedPhoto
from aesplugin.extensions import PHOTO_EXTENSIONS
from aesplugin.imaging.formats.detect import Kind, detect, raw_name
from tests.imaging.photos import encoded, quarters, tiff_directory

DNG = tiff_directory([(256, 4, 1, 8), (0xC612, 1, 4, 0x0401)])
CR2 = b"II*\0\x10\0\0\0CR\x02\0"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
AVIF_AS_MIF1 = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF"])
def test_content_decides_not_the_name(form: str) -> None:
    assert detect(encoded(quarters(), form), "wrong.heic") is Kind(form)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (HEIC, Kind.HEIF),
        (AVIF_AS_MIF1, Kind.AVIF),
        (DNG, Kind.RAW),
        (CR2, Kind.RAW),
        (b"\xff\x0a\xfa\x7f", Kind.JXL),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Kind.JXL),
        (b"FUJIFILMCCD-RAW 0201", Kind.RAW),
        (b"IIU\0\x18\0\0\0", Kind.RAW),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", Kind.RAW),
    ],
)
def test_formats_pillow_does_not_write(head: bytes, kind: Kind) -> None:
    assert detect(head, "unnamed") is kind


def test_a_tiff_by_another_name_is_raw_only_by_its_extension() -> None:
    plain = tiff_directory([(256, 4, 1, 8)])
    assert detect(plain, "a.tif") is Kind.TIFF
    assert detect(plain, "a.NEF") is Kind.RAW


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"8BPS\0\1", "Photoshop"),
        (b"  <svg xmlns=", "SVG"),
        (b"\0\0\0\x18ftypisom\0\0\2\0isom", "video"),
        (b"just some words", "despite its name"),
    ],
)
def test_what_is_no_photo_is_named(head: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedPhoto, match=reason):
        detect(head, "x.jpg")


def test_a_text_file_with_a_raw_name_is_not_given_to_libraw() -> None:
    with pytest.raises(UnsupportedPhoto):
        detect(b"hello", "x.nef")


def test_a_header_with_an_absurd_directory_is_no_dng() -> None:
    assert detect(b"II*\0\xff\xff\xff\xff", "a.tif") is Kind.TIFF


def test_raw_names() -> None:
    assert raw_name(DNG, "a.dng") == "DNG"
    assert raw_name(DNG, "a.tif") == "DNG"
    assert raw_name(CR2, "a.CR2") == "CR2"
    assert raw_name(b"FUJIFILMCCD-RAW", "a.raf") == "RAF"
    assert raw_name(b"FUJIFILMCCD-RAW", "a.bin") == "RAW"


def test_extensions_are_lower_case_with_a_dot() -> None:
    assert all(Path("x" + e).suffix == e == e.lower() for e in PHOTO_EXTENSIONS)
    assert ".xmp" not in PHOTO_EXTENSIONS
