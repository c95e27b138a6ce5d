"""HEIF pictures of which a part is missing: libheif shows the rest without a word."""

import io
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import decode
from aesplugin.imaging.formats.boxes import boxes
from aesplugin.imaging.formats.heif_items import coded_parts
from aesplugin.imaging.formats.heif_tiles import check_tiles
from tests.imaging.photos import encoded, noise
from tests.outside import outside

NAMES = ["heic_3.heic", "heic_4.heic"]  # of 48 tiles and more, as phones write them


def _made(form: str) -> bytes:
    photo = noise(320, 240)
    return encoded(photo, form) if form == "AVIF" else _plain(photo)


def _plain(photo: Image.Image) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(photo).save(out, quality=80)
    return out.getvalue()


def _camera(name: str) -> bytes:
    folder = outside("AES_CAMERA", "data/camera", "sample files of cameras are not here")
    return read_content(str(folder / name)).data


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_data_beyond_the_end_of_the_file_are_damage(form: str) -> None:
    whole = _made(form)
    assert all(part.is_whole for part in coded_parts(whole))
    for share in (0.5, 0.9, 0.999):
        with pytest.raises(DamagedPhoto):
            decode(whole[: int(len(whole) * share)], f"a.{form}", 300)


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_a_run_of_ones_is_damage(form: str) -> None:
    whole = _made(form)
    (part,) = coded_parts(whole)
    start = whole.index(part.data) + len(part.data) // 2
    with pytest.raises(DamagedPhoto):
        decode(whole[:start] + b"\xff" * 256 + whole[start + 256 :], f"a.{form}", 300)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_tiled_file_is_damaged(name: str, share: float) -> None:
    whole = _camera(name)
    with pytest.raises(DamagedPhoto):
        decode(whole[: int(len(whole) * share)], name, 300)


def _damaged(whole: bytes, number: int) -> bytes:
    """With other bytes in place of all of a part's, so that libheif cannot decode it."""
    part = list(coded_parts(whole))[number]
    start = whole.index(part.data)
    junk = np.random.default_rng(1).integers(1, 255, len(part.data), np.uint8).tobytes()
    return whole[:start] + junk + whole[start + len(junk) :]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [7, -1])
def test_a_tile_that_cannot_be_decoded_is_damage(name: str, number: int) -> None:
    whole = _camera(name)
    decode(whole, name, 300)
    with pytest.raises(DamagedPhoto, match=r"tile|damaged"):
        decode(_damaged(whole, number), name, 300)


def _tiled(photo: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(photo).save(out, **{"quality": 80, "tile_size": 256} | options)
    return out.getvalue()


def _refuses_any_lost_tile(whole: bytes) -> bool:
    decode(whole, "a.heic", 300)
    for number in range(len(list(coded_parts(whole)))):
        with pytest.raises(DamagedPhoto, match="a tile cannot be decoded"):
            decode(_damaged(whole, number), "a.heic", 300)
    return True


@pytest.mark.parametrize("size", [(528, 300), (514, 258), (300, 257), (513, 513)])
@pytest.mark.parametrize("chroma", [420, 444])
def test_a_lost_tile_is_seen_though_little_of_it_is_shown(
    size: tuple[int, int], chroma: int
) -> None:
    assert _refuses_any_lost_tile(_tiled(noise(*size), chroma=chroma))


@pytest.mark.parametrize("turn", [2, 3, 5, 6, 8])
def test_a_lost_tile_of_a_turned_picture(turn: int) -> None:
    photo = noise(260, 266)
    exif = Image.Exif()
    exif[0x112] = turn
    photo.info["exif"] = exif.tobytes()
    assert _refuses_any_lost_tile(_tiled(photo))


@pytest.mark.parametrize(("matrix", "full"), [(0, 1), (1, 0), (1, 1), (6, 0), (8, 1), (9, 0)])
def test_a_lost_tile_whatever_the_matrix(matrix: int, full: int) -> None:
    options = {"matrix_coefficients": matrix, "full_range_flag": full, "chroma": 444}
    colour = {"color_primaries": 1, "transfer_characteristics": 13}
    assert _refuses_any_lost_tile(_tiled(noise(300, 262), **options, **colour))


def test_a_lost_tile_of_a_grey_picture() -> None:
    assert _refuses_any_lost_tile(_tiled(noise(300, 262).convert("L")))


@pytest.mark.parametrize("mode", ["RGB;16", "L;16"])
def test_a_lost_tile_of_an_hdr_picture(mode: str) -> None:
    levels = np.asarray(noise(300, 262).convert(mode[:-3])).astype(np.uint16) * 257
    file = pillow_heif.from_bytes(mode, (300, 262), levels.tobytes())
    out = io.BytesIO()
    file.save(out, tile_size=256, color_primaries=9, transfer_characteristics=16)
    assert _refuses_any_lost_tile(out.getvalue())


@pytest.mark.parametrize("colour", [(0, 0, 0), (0, 136, 0), (0, 84, 0), (0, 0, 255)])
@pytest.mark.parametrize("matrix", [0, 1, 6, 8])
def test_a_sound_picture_in_the_colour_of_a_lost_tile(
    colour: tuple[int, int, int], matrix: int
) -> None:
    photo = noise(600, 300)
    photo.paste(colour, (256, 0, 600, 300))
    options = {"quality": -1, "chroma": 444, "matrix_coefficients": matrix, "full_range_flag": 1}
    decode(_tiled(photo, **options), "a.heic", 300)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_sound_picture_of_one_colour(mode: str) -> None:
    for colour in ((0, 0, 0), (0, 136, 0)):
        decode(_tiled(Image.new("RGB", (300, 300), colour).convert(mode)), "a.heic", 300)


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_damage_in_the_alpha(form: str) -> None:
    photo = noise(320, 240).convert("RGBA")
    photo.putalpha(noise(320, 240, seed=1).convert("L"))
    whole = encoded(photo, "AVIF", quality=90) if form == "AVIF" else _plain(photo)
    decode(whole, f"a.{form}", 300)
    _, alpha = coded_parts(whole)
    middle = whole.index(alpha.data) + len(alpha.data) // 2
    for run in (bytes(256), b"\xff" * 256):
        with pytest.raises(DamagedPhoto, match="zeros in place"):
            decode(whole[:middle] + run + whole[middle + 256 :], f"a.{form}", 300)


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
@pytest.mark.parametrize("level", [0, 255])
def test_plain_alpha_is_no_damage(form: str, level: int) -> None:
    photo = noise(320, 240).convert("RGBA")
    photo.putalpha(level)
    data = encoded(photo, "AVIF") if form == "AVIF" else _plain(photo)
    decode(data, f"a.{form}", 300)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("tiled", [True, False])
def test_sound_ones_are_taken(mode: str, tiled: bool) -> None:
    photo = noise(700, 520).convert(mode)
    data = _tiled(photo) if tiled else _plain(photo)
    assert decode(data, "a.heic", 300).width == 700
    hdr = {"color_primaries": 9, "transfer_characteristics": 16}
    out = io.BytesIO()
    pillow_heif.from_pillow(photo).save(out, quality=80, **hdr)
    assert decode(out.getvalue(), "a.heic", 300).width == 700


@pytest.mark.parametrize("green", [40, 100, 136, 255])
def test_plain_green_is_no_damage(green: int) -> None:
    decode(_plain(Image.new("RGB", (256, 256), (0, green, 0))), "a.heic", 300)


def _with_properties(whole: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    """With the bodies of ipco and ipma replaced by what `change` makes of them: boxes of iprp.

    The new box "meta" is at the end, so that no offset into the file changes.
    """
    at = whole.index(b"meta") - 4
    (size,) = struct.unpack_from(">I", whole, at)
    kept = []
    for name, body in boxes(memoryview(whole)[at + 12 : at + size]):
        if name == b"iprp":
            held = dict(boxes(body))
            body = memoryview(change(bytes(held[b"ipco"]), bytes(held[b"ipma"])))
        kept.append(_box(name, bytes(body)))
    meta = _box(b"meta", bytes(4) + b"".join(kept))
    return whole[: at + 4] + b"free" + whole[at + 8 :] + meta


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def _used(ipma: bytes) -> dict[int, bytes]:
    """The numbers of each item's properties, of one byte each."""
    assert ipma[:4] == bytes(4)
    used, at = {}, 8
    while at < len(ipma):
        item, number = struct.unpack_from(">HB", ipma, at)
        used[item] = ipma[at + 3 : at + 3 + number]
        at += 3 + number
    return used


def _ipma(used: dict[int, bytes]) -> bytes:
    each = [struct.pack(">HB", item, len(numbers)) + numbers for item, numbers in used.items()]
    return _box(b"ipma", struct.pack(">II", 0, len(used)) + b"".join(each))


def _wide(used: dict[int, bytes], times: int = 1) -> bytes:
    """The same with two bytes a number, each `times` over."""
    entries = b""
    for item, numbers in used.items():
        found = [(one & 0x80) << 8 | one & 0x7F for one in numbers] * times
        entries += struct.pack(f">HB{len(found)}H", item, len(found), *found)
    return _box(b"ipma", struct.pack(">II", 1, len(used)) + entries)


def _in_two_boxes(ipco: bytes, ipma: bytes) -> bytes:
    used = _used(ipma)
    half = len(used) // 2
    first, second = dict(list(used.items())[:half]), dict(list(used.items())[half:])
    return _box(b"ipco", ipco) + _ipma(first) + _wide(second)


def _many_times(ipco: bytes, ipma: bytes) -> bytes:
    return _box(b"ipco", ipco) + _wide(_used(ipma), 50)


def _half_green() -> Image.Image:
    photo = noise(600, 300)
    photo.paste((0, 136, 0), (256, 0, 600, 300))
    return photo


@pytest.mark.parametrize("change", [_in_two_boxes, _many_times])
def test_a_lost_tile_however_its_properties_are_told(
    change: Callable[[bytes, bytes], bytes],
) -> None:
    green = {"quality": -1, "chroma": 444, "matrix_coefficients": 6, "full_range_flag": 1}
    sound = _tiled(_half_green(), **green)
    decode(_with_properties(sound, change), "a.heic", 300)
    assert _refuses_any_lost_tile(_with_properties(_tiled(noise(528, 300)), change))


def _without_ipma(ipco: bytes, ipma: bytes) -> bytes:
    return _box(b"ipco", ipco)


def _cut(ipco: bytes, ipma: bytes) -> bytes:
    return _box(b"ipco", ipco) + _box(b"ipma", ipma[:14])


def _beyond(ipco: bytes, ipma: bytes) -> bytes:
    return _box(b"ipco", ipco) + _ipma(dict.fromkeys(_used(ipma), b"\x7f"))


def _of_others(ipco: bytes, ipma: bytes) -> bytes:
    return _box(b"ipco", ipco) + _ipma({9999: b"\1"})


@pytest.mark.parametrize("change", [_without_ipma, _cut, _beyond, _of_others])
def test_where_properties_cannot_be_told_nothing_is_refused(
    change: Callable[[bytes, bytes], bytes],
) -> None:
    odd = _with_properties(_tiled(noise(528, 300)), change)
    assert len(list(coded_parts(odd))) > 1
    check_tiles(odd, np.asarray(_half_green()), {})
    check_tiles(odd, np.full((300, 528, 3), (0, 136, 0), np.uint8), {})
