"""HEIF, AVIF and PNG whose colours are told by codes: they look as the same scene in sRGB."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import Picture, decode
from aesplugin.imaging.fullsize import render
from tests.imaging.photos import encoded, noise, png_chunk

Array = np.ndarray[Any, np.dtype[np.float64]]
XYZ = {  # from linear light
    1: [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
    9: [[0.6370, 0.1446, 0.1689], [0.2627, 0.6780, 0.0593], [0, 0.0281, 1.0610]],
    12: [[0.4866, 0.2657, 0.1982], [0.2290, 0.6917, 0.0793], [0, 0.0451, 1.0439]],
}
SDR, PQ, HLG, LINEAR = 13, 16, 18, 8


def light_of(photo: Image.Image) -> Array:
    level = np.asarray(photo) / 255.0
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


def signal(light: Array, primaries: int, transfer: int) -> Array:
    """Linear sRGB light, diffuse white 1, as it is stored."""
    x = np.clip(light @ (np.linalg.inv(XYZ[primaries]) @ XYZ[1]).T, 0, None)
    if transfer == PQ:
        y = (x * 203 / 10000) ** 0.1593017578125
        return np.asarray(((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375)
    if transfer == HLG:
        e = x * 0.2646
        log = 0.17883277 * np.log(np.maximum(12 * e - 0.28466892, 1e-9)) + 0.55991073
        return np.where(e <= 1 / 12, np.sqrt(3 * e), log)
    if transfer == LINEAR:
        return np.asarray(x)
    return np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055)


def heif(codes: Array, primaries: int, transfer: int, bits: int) -> bytes:
    whole = (np.clip(codes, 0, 1) * 65535).astype(np.uint16)
    size = (whole.shape[1], whole.shape[0])
    picture = pillow_heif.from_bytes("RGB;16", size, whole.tobytes())
    out = io.BytesIO()
    pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
    try:
        picture.save(
            out, quality=95, chroma=444, save_nclx_profile=True, color_primaries=primaries,
            transfer_characteristics=transfer, matrix_coefficients=9 if primaries == 9 else 1,
            full_range_flag=1,
        )  # fmt: skip
    finally:
        pillow_heif.options.SAVE_HDR_TO_12_BIT = False
    return out.getvalue()


def avif(codes: Array, primaries: int, transfer: int, bits: int) -> bytes:
    full = (1 << bits) - 1
    whole = (np.clip(codes, 0, 1) * full + 0.5).astype(np.uint16)
    return bytes(
        imagecodecs.avif_encode(
            whole, level=90, speed=9, bitspersample=bits, primaries=primaries, transfer=transfer,
            matrix=9 if primaries == 9 else 1, pixelformat="444", numthreads=1,
        )
    )  # fmt: skip


def png(codes: Array, primaries: int, transfer: int, bits: int) -> bytes:
    whole = (np.clip(codes, 0, 1) * 65535 + 0.5).astype(np.uint16)
    data = bytes(imagecodecs.png_encode(whole))
    chunk = png_chunk(b"cICP", bytes([primaries, transfer, 0, 1]))
    return data[:33] + chunk + data[33:]


WRITERS = {"HEIF": heif, "AVIF": avif, "PNG": png}


def seen(data: bytes) -> Picture:
    return decode(data, "a", 300)


def change(picture: Picture, photo: Image.Image) -> float:
    return float(np.abs(picture.pixels.astype(int) - np.asarray(photo)).mean())


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize(
    ("primaries", "transfer"), [(1, SDR), (12, SDR), (9, SDR), (12, PQ), (9, PQ), (9, HLG)]
)
def test_every_encoding_looks_like_srgb(
    form: str, bits: int, primaries: int, transfer: int
) -> None:
    photo = noise(320, 240)
    picture = seen(
        WRITERS[form](signal(light_of(photo), primaries, transfer), primaries, transfer, bits)
    )
    assert picture.format == form
    assert change(picture, photo) < 4
    assert (picture.note or "").startswith("HDR") == (transfer in (PQ, HLG))


def test_linear_light_is_not_posterised() -> None:
    photo = noise(320, 240)
    assert change(seen(png(signal(light_of(photo), 1, LINEAR), 1, LINEAR, 16)), photo) < 1


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_highlights_above_white_are_bent_not_cut(transfer: int) -> None:
    """A ramp to three times white: it rises to the end, and the dark half stays."""
    ramp = np.repeat(np.linspace(0, 3, 300)[None, :, None], 3, axis=2)
    data = png(signal(np.tile(ramp, (200, 1, 1)), 9, transfer), 9, transfer, 16)
    row = seen(data).pixels[100, :, 1].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[-5] > row[200] > row[110]
    assert row[50] == pytest.approx(255 * (1.055 * 0.5 ** (1 / 2.4) - 0.055), abs=2)


def test_transparency_of_hdr_is_laid_on_white() -> None:
    codes = signal(np.zeros((40, 60, 3)), 9, PQ)
    clear = np.concatenate([codes, np.zeros((40, 60, 1))], axis=2)
    assert seen(png(clear, 9, PQ, 16)).pixels.min() == 255


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_the_page_shows_it_tone_mapped(form: str, tmp_path: Path) -> None:
    photo = noise(320, 240)
    path = tmp_path / "a.hif"
    path.write_bytes(WRITERS[form](signal(light_of(photo), 9, PQ), 9, PQ, 10))
    whole = render(str(path), read_content(str(path)).content_hash, 300)
    with Image.open(io.BytesIO(whole)) as image:
        assert np.abs(np.asarray(image).astype(int) - np.asarray(photo)).mean() < 4


def test_hdr_that_was_turned_is_turned_once() -> None:
    photo = noise(320, 240)
    turned = photo.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    block = exif.tobytes()  # before: writing AVIF takes the orientation out
    stored = Image.fromarray((signal(light_of(turned), 9, PQ) * 255 + 0.5).astype(np.uint8))
    data = encoded(stored, "AVIF", exif=exif, quality=95, subsampling="4:4:4")
    at = data.index(b"colrnclx") + 8
    as_pq = data[:at] + struct.pack(">HH", 9, PQ) + data[at + 4 :]
    assert change(seen(as_pq), photo) < 8
    out = io.BytesIO()
    pillow_heif.from_pillow(stored).save(
        out, quality=95, chroma=444, save_nclx_profile=True, color_primaries=9,
        transfer_characteristics=PQ, matrix_coefficients=9, full_range_flag=1,
        exif=block,
    )  # fmt: skip
    assert change(seen(out.getvalue()), photo) < 8


def test_a_large_hdr_picture_is_shrunk_in_time() -> None:
    photo = noise(4200, 2800)
    data = png(signal(light_of(photo), 9, PQ), 9, PQ, 16)
    picture = seen(data)
    assert (picture.width, picture.height) == (4200, 2800)
    assert change(picture, photo.resize((1024, 683), Image.Resampling.BOX)) < 2


def test_an_icc_profile_that_says_pq_is_believed() -> None:
    """Profiles since ICC 4.4 carry the codes; their tables are made for other screens."""
    photo = noise(320, 240)
    body = b"cicp" + bytes(4) + bytes([9, PQ, 0, 1])
    tags = struct.pack(">I4sII", 1, b"cicp", 144, len(body))
    head = struct.pack(">I", 144 + len(body)) + b"\0" * 12 + b"RGB " + b"XYZ " + b"\0" * 12
    icc = head.ljust(36, b"\0") + b"acsp" + b"\0" * 88 + tags + body
    stored = Image.fromarray((signal(light_of(photo), 9, PQ) * 255 + 0.5).astype(np.uint8))
    picture = seen(encoded(stored, quality=98, subsampling=0, icc_profile=icc))
    assert change(picture, photo) < 5
    assert (picture.note or "").startswith("HDR (PQ)")


def test_a_gain_map_is_left_alone() -> None:
    """Ultra HDR: the SDR picture comes first and is the one that is judged."""
    photo = noise(320, 240)
    plain = encoded(photo, quality=95)
    ultra = plain + encoded(photo.convert("L").resize((80, 60)), quality=80)
    assert np.array_equal(seen(ultra).pixels, seen(plain).pixels)
    assert seen(ultra).note is None


def test_unknown_codes_are_taken_for_srgb_and_noted() -> None:
    photo = noise(320, 240)
    picture = seen(png(np.asarray(photo) / 255.0, 1, 99, 16))
    assert change(picture, photo) < 1
    assert "transfer characteristics 99" in (picture.note or "")


def test_the_case(made: Callable[[str], Path]) -> None:
    folder = made("05") / "heif"
    with Image.open(folder / "00_ref.png") as image:
        reference = image.convert("RGB")
    for path in sorted(folder.glob("0[1-4]_*")):
        assert change(seen(path.read_bytes()), reference) < 5, path.name


def test_the_catalog_keeps_the_note(tmp_path: Path) -> None:
    from aesplugin.catalog.catalog import Catalog
    from aesplugin.catalog.records import IngestedFile
    from aesplugin.imaging.examine import examine
    from aesplugin.photo import FileStamp
    from aesplugin.services.serialise import entry_dict

    path = tmp_path / "a.avif"
    photo = noise(64, 48)
    path.write_bytes(avif(signal(light_of(photo), 9, PQ), 9, PQ, 10))
    found = examine(str(path), max_megapixels=300)
    stamp = FileStamp(path=str(path), size=1, mtime_ns=1)
    with Catalog.open(tmp_path / "catalog.db") as catalog:
        catalog.record_photos(
            [IngestedFile(stamp=stamp, photo=found.photo, attributes=found.attributes)]
        )
        entry = catalog.entry(str(path), "m-1")
    assert entry is not None
    assert entry_dict(entry)["note"] == "HDR (PQ) tone-mapped to SDR"
