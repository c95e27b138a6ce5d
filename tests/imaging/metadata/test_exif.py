import io
import struct
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from aesplugin.imaging.decode import decode
from aesplugin.imaging.metadata.exif import read_exif
from aesplugin.photo import Exif
from tests.imaging.photos import encoded, fuzzed, quarters

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def block(image: dict[int, Any], exif: dict[int, Any], gps: dict[int, Any] | None = None) -> bytes:
    tags = Image.Exif()
    tags.update(image)
    tags.get_ifd(EXIF_IFD).update(exif)
    tags.get_ifd(GPS_IFD).update(gps or {})
    return tags.tobytes()


FULL = block(
    {0x010F: "Canon", 0x0110: "Canon EOS 6D", 0x4746: 4},
    {
        0x9003: "2024:05:06 07:08:09",
        0x9291: "25",
        0x9011: "+02:00",
        0x829A: IFDRational(1, 200),
        0x829D: IFDRational(28, 10),
        0x8827: 400,
        0x920A: IFDRational(85, 1),
        0xA405: 136,
        0x9204: IFDRational(-1, 3),
        0xA402: 2,
        0x9209: 0x19,
        0xA431: "0123",
        0xA434: "EF85mm f/1.8 USM",
    },
    {
        1: "S",
        2: (IFDRational(33, 1), IFDRational(51, 1), IFDRational(0, 1)),
        3: "E",
        4: (IFDRational(151, 1), IFDRational(12, 1), IFDRational(0, 1)),
        5: b"\0",
        6: IFDRational(580, 10),
    },
)


def read(data: bytes) -> tuple[Exif, str | None]:
    picture = decode(data, "x", 300)
    return read_exif(data, picture.exif)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_field_in_every_format(form: str) -> None:
    exif, problem = read(encoded(quarters(), form, exif=FULL))
    assert problem is None
    assert exif == Exif(
        taken_at=datetime(2024, 5, 6, 7, 8, 9, 250_000, tzinfo=timezone(timedelta(hours=2))),
        make="Canon",
        model="Canon EOS 6D",
        serial="0123",
        lens="EF85mm f/1.8 USM",
        exposure_time=pytest.approx(0.005),
        f_number=pytest.approx(2.8),
        iso=400,
        focal_length=85.0,
        focal_length_35mm=136.0,
        exposure_bias=pytest.approx(-1 / 3),
        exposure_mode="bracket",
        flash_fired=True,
        latitude=pytest.approx(-33.85),
        longitude=pytest.approx(151.2),
        altitude=58.0,
        rating=4,
    )


def test_heif_too() -> None:
    heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    heif.from_pillow(quarters()).save(out, exif=FULL)
    exif, problem = read(out.getvalue())
    assert problem is None
    assert (exif.make, exif.iso, exif.rating) == ("Canon", 400, 4)


def test_without_exif_nothing_is_known_and_nothing_is_wrong() -> None:
    assert read(encoded(quarters())) == (Exif(), None)
    assert read(encoded(quarters(), "BMP")) == (Exif(), None)


def test_stars_in_xmp_win_over_the_exif_tag() -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r xmp:Rating="-1"/></x:xmpmeta>'
    exif, _ = read(encoded(quarters(), exif=FULL, xmp=packet))
    assert exif.rating == -1


@pytest.mark.parametrize(("stars", "wanted"), [(1, None), (3, 3)])
def test_darktables_default_star_in_an_exported_photo_is_none(
    stars: int, wanted: int | None
) -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r xmlns:darktable="http://darktable.sf.net/"'
        f' xmp:Rating="{stars}"/></x:xmpmeta>'
    )
    tags = block({0x010F: "Canon", 0x4746: stars}, {})
    exif, _ = read(encoded(quarters(), exif=tags, xmp=packet.encode()))
    assert (exif.make, exif.rating) == ("Canon", wanted)


@pytest.mark.parametrize(("value", "wanted"), [(0, 0), (5, 5), (6, None), (99, None)])
def test_ratings_out_of_range_are_none(value: int, wanted: int | None) -> None:
    exif, _ = read(encoded(quarters(), exif=block({0x4746: value}, {})))
    assert exif.rating == wanted


def test_a_receiver_without_a_fix_gives_no_place() -> None:
    zero = (IFDRational(0, 1), IFDRational(0, 1), IFDRational(0, 1))
    exif, _ = read(
        encoded(quarters(), exif=block({}, {}, {1: "N", 2: zero, 3: "E", 4: zero, 6: 0}))
    )
    assert (exif.latitude, exif.longitude, exif.altitude) == (None, None, None)


def test_the_saving_date_counts_only_where_a_camera_wrote_it() -> None:
    date = {0x0132: "2020:01:02 03:04:05"}
    camera, _ = read(encoded(quarters(), exif=block({**date, 0x010F: "JVC"}, {})))
    editor, _ = read(encoded(quarters(), exif=block({**date, 0x010F: "JVC", 0x0131: "Gimp"}, {})))
    assert camera.taken_at == datetime(2020, 1, 2, 3, 4, 5)
    assert editor.taken_at is None


def test_raw_files_that_are_almost_tiff_are_read() -> None:
    for magic in (b"IIRO", b"IIU\0"):
        exif, problem = read_exif(magic + little_endian()[4:], None)
        assert problem is None
        assert exif.make == "Canon"


def little_endian() -> bytes:
    """A TIFF block whose only tag is the maker's name."""
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x010F, 2, 6, 26, 0) + b"Canon\0"


def test_fujifilm_and_canon_keep_theirs_in_boxes() -> None:
    fuji, _ = read_exif(b"FUJIFILMCCD-RAW" + bytes(100) + b"Exif\0\0" + little_endian(), None)
    assert fuji.make == "Canon"
    box = struct.pack(">I", len(little_endian()) + 8) + b"CMT1" + little_endian()
    canon, _ = read_exif(struct.pack(">I", 24) + b"ftypcrx \0\0\0\1crx isom" + box, None)
    assert canon.make == "Canon"


def test_fuzzed_blocks_give_fields_or_a_reason() -> None:
    reasons = set()
    for data in fuzzed(FULL, 300, seed=3):
        exif, problem = read_exif(b"", data)
        assert problem is None or exif == Exif()
        reasons.add(problem and problem.split()[0])
    assert reasons == {None, "EXIF"}  # both happen


@pytest.mark.parametrize("name", ["apple_0.jpg", "canon_0.jpg", "heic_4.heic", "raw_canon_6d.dng"])
def test_real_cameras(data_dir: Path, name: str) -> None:
    path = data_dir / "camera" / name
    data = path.read_bytes()
    exif, problem = read_exif(data, decode(data, name, 300).exif)
    assert problem is None
    assert exif.make in ("Apple", "Canon")
    assert exif.taken_at is not None
    assert exif.exposure_time
    assert exif.f_number
