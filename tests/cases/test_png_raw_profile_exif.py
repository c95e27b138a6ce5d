"""Date, camera and orientation kept in unusual places: PNG text, XMP or IPTC alone."""

import io
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from aesplugin.imaging.examine import Examination, examine
from tests.imaging.photos import encoded, png_chunk, quarters

TAKEN = datetime(2025, 1, 1, 10, 0, 0, 250_000)
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:Rating="4"
 exif:DateTimeOriginal="2025-01-01T10:00:00.25" tiff:Make="Canon" tiff:Model="EOS R5"
 aux:Lens="RF 24-70 &amp; more" xmp:CreateDate="2020-01-01T00:00:00"/></rdf:RDF></x:xmpmeta>"""
DAY, CLOCK = b"\x1c\x02\x37\0\x0820250101", b"\x1c\x02\x3c\0\x0b100000+0200"


def exif_block(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Canon", "EOS R5", orientation
    exif.get_ifd(0x8769).update({0x9003: "2025:01:01 10:00:00", 0x9291: "25"})
    return b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")


def raw_profile(name: str, payload: bytes, kind: str = "zTXt") -> bytes:
    """As ImageMagick writes it; `kind` is the chunk's."""
    digits = payload.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name}\n{len(payload):8d}\n{lines}\n".encode()
    key = f"Raw profile type {name}".encode() + b"\0"
    if kind == "tEXt":
        return png_chunk(b"tEXt", key + text)
    if kind == "zTXt":
        return png_chunk(b"zTXt", key + b"\0" + zlib.compress(text))
    return png_chunk(b"iTXt", key + b"\1\0\0\0" + zlib.compress(text))


def png(*chunks: bytes, behind: bool = False) -> bytes:
    plain = encoded(quarters(), "PNG")
    at = len(plain) - 12 if behind else 33  # before the end, or behind the header
    return plain[:at] + b"".join(chunks) + plain[at:]


def seen(folder: Path, data: bytes, name: str = "a") -> Examination:
    path = folder / name
    path.write_bytes(data)
    return examine(str(path), max_megapixels=300)


def camera(found: Examination) -> tuple[Any, ...]:
    exif = found.photo.exif
    return exif.taken_at, exif.make, exif.model


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
@pytest.mark.parametrize("name", ["exif", "APP1", "app1"])
def test_exif_in_a_raw_profile(tmp_path: Path, name: str, kind: str, behind: bool) -> None:
    found = seen(tmp_path, png(raw_profile(name, exif_block(), kind), behind=behind))
    assert camera(found) == (TAKEN, "Canon", "EOS R5")
    assert (found.photo.width, found.photo.height) == (64, 96)


@pytest.mark.parametrize("name", ["xmp", "APP1"])
def test_xmp_in_a_raw_profile(tmp_path: Path, name: str) -> None:
    prefix = b"http://ns.adobe.com/xap/1.0/\0" if name == "APP1" else b""
    found = seen(tmp_path, png(raw_profile(name, prefix + XMP)))
    assert camera(found) == (TAKEN, "Canon", "EOS R5")
    assert found.photo.exif.rating == 4


def test_iptc_in_a_raw_profile(tmp_path: Path) -> None:
    found = seen(tmp_path, png(raw_profile("iptc", b"8BIM\x04\x04" + DAY + CLOCK)))
    zone = timezone(timedelta(hours=2))
    assert found.photo.exif.taken_at == datetime(2025, 1, 1, 10, tzinfo=zone)


def test_a_large_profile_is_no_damage(tmp_path: Path) -> None:
    block = exif_block() + np.random.default_rng(0).bytes(1 << 20)
    assert camera(seen(tmp_path, png(raw_profile("exif", block))))[1] == "Canon"


@pytest.mark.parametrize("payload", [b"", b"no exif", b"Exif\0\0II*\0" + b"\xff" * 40])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # Pillow's; in the child nobody hears it
def test_broken_profiles_are_no_damage(tmp_path: Path, payload: bytes) -> None:
    found = seen(tmp_path, png(raw_profile("exif", payload), raw_profile("APP1", payload)))
    assert camera(found) == (None, None, None)


def with_xmp(form: str) -> bytes:
    out = io.BytesIO()
    if form == "HEIF":
        pillow_heif.from_pillow(quarters()).save(out, xmp=XMP)
    elif form == "TIFF":
        quarters().save(out, form, tiffinfo={700: XMP}, compression="tiff_deflate")
    elif form.startswith("PNG"):
        packed = form.endswith("packed")
        text = zlib.compress(XMP) if packed else XMP
        chunk = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes([packed, 0, 0, 0]) + text)
        return png(chunk)
    else:
        quarters().save(out, form, xmp=XMP)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "TIFF", "WEBP", "AVIF", "HEIF", "PNG", "PNG packed"])
def test_date_and_camera_in_xmp_alone(tmp_path: Path, form: str) -> None:
    exif = seen(tmp_path, with_xmp(form)).photo.exif
    assert (exif.taken_at, exif.make, exif.model) == (TAKEN, "Canon", "EOS R5")
    assert (exif.lens, exif.rating) == ("RF 24-70 & more", 4)


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ("<exif:DateTimeOriginal>2025-01-01T10:00:00Z</exif:DateTimeOriginal>",
         datetime(2025, 1, 1, 10, tzinfo=UTC)),
        ("<a photoshop:DateCreated='2025-01-01T10:00+02:00'/>",
         datetime(2025, 1, 1, 10, tzinfo=timezone(timedelta(hours=2)))),
        ('<a xmp:CreateDate="2025-01-01T10:00:00.250"/>', TAKEN),
        ('<a xmp:ModifyDate="2025-01-01T10:00:00"/>', None),
        ('<a photoshop:DateCreated="2025-01-01"/>', None),
        ('<a exif:DateTimeOriginal="" xmp:CreateDate="2025-01-01T10:00:00.25"/>', TAKEN),
        ('<a exif:DateTimeOriginal="2025-13-41T99:00:00"/>', None),
    ],
)  # fmt: skip
def test_dates_as_xmp_writes_them(tmp_path: Path, inside: str, wanted: datetime | None) -> None:
    packet = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{inside}</x:xmpmeta>'.encode()
    data = encoded(quarters(), xmp=packet)
    assert seen(tmp_path, data).photo.exif.taken_at == wanted


def test_exif_counts_more_than_xmp(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Nikon"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:05 08:00:00"
    found = seen(tmp_path, encoded(quarters(), exif=exif, xmp=XMP))
    assert camera(found) == (datetime(2024, 5, 5, 8), "Nikon", None)


def iptc_jpeg(datasets: bytes) -> bytes:
    plain = encoded(quarters())
    block = b"8BIM\x04\x04\0\0" + len(datasets).to_bytes(4, "big") + datasets
    body = b"Photoshop 3.0\0" + block + b"\0" * (len(datasets) % 2)
    return plain[:2] + b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body + plain[2:]


def test_the_date_in_iptc_alone(tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=2))
    wanted = datetime(2025, 1, 1, 10, tzinfo=zone)
    assert seen(tmp_path, iptc_jpeg(DAY + CLOCK)).photo.exif.taken_at == wanted
    out = io.BytesIO()
    quarters().save(out, "TIFF", tiffinfo={33723: DAY + CLOCK})
    assert seen(tmp_path, out.getvalue()).photo.exif.taken_at == wanted
    digitised = (DAY + CLOCK).replace(b"\x02\x37", b"\x02\x3e").replace(b"\x02\x3c", b"\x02\x3f")
    assert seen(tmp_path, iptc_jpeg(digitised)).photo.exif.taken_at == wanted
    assert seen(tmp_path, iptc_jpeg(DAY)).photo.exif.taken_at is None


def test_a_bigtiffs_tags_are_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    make = [(271, "s", 0, "Example", True)]
    taken = datetime(2024, 5, 5, 8)
    pixels = np.asarray(quarters())
    tifffile.imwrite(
        out, pixels, photometric="rgb", bigtiff=True, datetime=taken, software=False,
        metadata=None, extratags=make,
    )  # fmt: skip
    assert camera(seen(tmp_path, out.getvalue())) == (taken, "Example", None)


def test_the_case(made: Callable[[str], Path]) -> None:
    for path in sorted((made("11") / "pngx").iterdir()):
        found = examine(str(path), max_megapixels=300)
        assert camera(found) == (TAKEN, "Canon", "EOS R5"), path.name
        if "APP1" in path.name or "exif" in path.name:
            assert (found.photo.width, found.photo.height) == (200, 300), path.name
