"""JPEGs with oddities: what comes behind one is looked at as well, and only what is lost counts."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DamagedPhoto, PhotoError
from aesplugin.imaging.decode import decode
from aesplugin.imaging.formats.jpeg_end import has_hole
from tests.imaging.photos import encoded, noise

PHOTO = noise(640, 400)
RESTARTS: list[dict[str, Any]] = [
    {"restart_marker_blocks": 4},
    {"restart_marker_blocks": 7, "quality": 95},
    {"restart_marker_rows": 1},
    {"restart_marker_rows": 1, "subsampling": 0, "optimize": True},
    {"restart_marker_blocks": 4, "progressive": True},
]
STRAY = b"\x12\x34"


def scan_of(data: bytes) -> int:
    """Where its entropy-coded data begin."""
    header = data.index(b"\xff\xda")
    return header + 2 + int.from_bytes(data[header + 2 : header + 4])


def restarts_of(data: bytes) -> list[int]:
    found = re.finditer(rb"\xff[\xd0-\xd7]", data[scan_of(data) :])
    return [scan_of(data) + marker.start() for marker in found]


def pixels(data: bytes) -> np.ndarray[Any, np.dtype[np.int64]]:
    return decode(data, "a.jpg", 300).pixels.astype(int)


def is_taken_wrong(data: bytes, sound: np.ndarray[Any, Any]) -> bool:
    try:
        found = pixels(data)
    except PhotoError as error:
        assert isinstance(error, DamagedPhoto), error
        return False
    return bool(np.abs(found - sound).mean() > 0.3)


def with_noise(data: bytes, start: int, count: int, seed: int) -> bytes:
    """Random bytes in place of so many."""
    noise_bytes = np.random.default_rng(seed).bytes(count)
    return data[:start] + noise_bytes + data[start + count :]


@pytest.mark.parametrize("size", [512, 1500, 4096])  # more than one part between two of them
@pytest.mark.parametrize("options", RESTARTS)
def test_random_bytes_among_restart_markers(options: dict[str, Any], size: int) -> None:
    whole = encoded(PHOTO, **options)
    sound, first = pixels(whole), scan_of(whole)
    places = np.linspace(first, len(whole) - size - 2, 40).astype(int)
    damaged = [with_noise(whole, int(at), size, seed) for seed, at in enumerate(places)]
    assert sum(is_taken_wrong(data, sound) for data in damaged) == 0


def odd_header(data: bytes) -> bytes:
    table = data.index(b"\xff\xdb")
    return data[:table] + b"\x3f\x3e" + data[table:]


def odd_revision(data: bytes) -> bytes:
    return data.replace(b"JFIF\0\x01", b"JFIF\0\x09", 1)


def odd_transform(data: bytes) -> bytes:
    return data[:2] + b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\x07" + data[2:]


def odd_selection(data: bytes) -> bytes:
    return data[: scan_of(data) - 3] + bytes(3) + data[scan_of(data) :]


def odd_end(data: bytes) -> bytes:
    return data[:-2] + STRAY + data[-2:]


def odd_restarts(data: bytes) -> bytes:
    body = re.sub(rb"(\xff[\xd0-\xd7])", STRAY + rb"\1", data[scan_of(data) :])
    return data[: scan_of(data)] + body


ODDITIES = [odd_header, odd_revision, odd_transform, odd_selection, odd_end, odd_restarts]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("odd", ODDITIES)
def test_an_oddity_is_no_damage(odd: Callable[[bytes], bytes], mode: str) -> None:
    kinds: list[dict[str, Any]] = [{}, {"restart_marker_blocks": 3}, {"restart_marker_rows": 1}]
    for options in kinds:
        whole = encoded(PHOTO.convert(mode), **options)
        assert np.abs(pixels(odd(whole)) - pixels(whole)).mean() < 2, options


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("odd", ODDITIES)
def test_damage_behind_an_oddity_is_found(odd: Callable[[bytes], bytes], mode: str) -> None:
    whole = encoded(PHOTO.convert(mode), quality=95, restart_marker_rows=1)
    markers = restarts_of(whole)
    without = whole[: markers[7]] + whole[markers[15] :]  # eight: their numbers go on as before
    between = bytearray(whole)
    for start, end in pairwise(markers[6:13]):
        between[start + 2 : end] = b"\x55" * (end - start - 2)
    for damaged in (without, bytes(between), with_noise(whole, markers[9] + 9, 300, 1)):
        with pytest.raises(DamagedPhoto, match="copy it again"):
            pixels(odd(damaged))


def test_restart_markers_out_of_order_behind_stray_bytes() -> None:
    whole = encoded(PHOTO, restart_marker_rows=1)
    first, _, third, *_, last = restarts_of(whole)
    for damaged in (whole[: first + 2] + whole[third + 2 :], whole[: last + 2] + whole[-2:]):
        with pytest.raises(DamagedPhoto):
            pixels(damaged[:first] + STRAY + damaged[first:])


def test_a_marker_that_random_bytes_make_is_damage() -> None:
    whole = encoded(PHOTO)
    middle = len(whole) // 2
    with pytest.raises(DamagedPhoto):
        pixels(whole[:middle] + b"\xff\x04" * 20 + whole[middle + 40 :])


def test_a_sampling_that_the_decoder_does_not_know(data_dir: Path) -> None:
    whole = (data_dir / "labelled" / "photos" / "stock" / "image-603.jpg").read_bytes()
    sound = pixels(whole)
    places = np.linspace(scan_of(whole), len(whole) - 600, 20).astype(int)
    damaged = [with_noise(whole, int(at), 512, seed) for seed, at in enumerate(places)]
    assert sum(is_taken_wrong(data, sound) for data in damaged) == 0


def test_a_missing_end_behind_an_oddity_of_the_header() -> None:
    whole = encoded(PHOTO)
    assert np.abs(pixels(odd_header(whole[:-2])) - pixels(whole)).mean() < 2
    with pytest.raises(DamagedPhoto):
        pixels(odd_header(whole[:-400]))


def tables_of(data: bytes) -> bytes:
    """Its Huffman tables, all together."""
    at, found = 2, b""
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        found += data[at:end] if data[at + 1] == 0xC4 else b""
        at = end
    return found


def test_tables_count_as_they_are_when_a_scan_begins() -> None:
    flat = encoded(PHOTO.point(lambda _: 0), optimize=True)  # its zeros are ends of blocks
    busy = encoded(PHOTO, quality=95)
    middle = scan_of(busy) + 5000
    hole = busy[:middle] + bytes(512) + busy[middle + 512 :]
    assert b"\0" * 64 in flat
    at = flat.index(b"\xff\xc4")
    assert not has_hole(flat[:at] + tables_of(busy) + flat[at:])
    at = hole.index(b"\xff\xc4")
    assert has_hole(hole[:at] + tables_of(flat) + hole[at:])


@pytest.mark.parametrize("subsampling", [1, 2])
@pytest.mark.parametrize("quality", [50, 95])
def test_inks_of_which_the_first_is_sampled_finer(subsampling: int, quality: int) -> None:
    photo = noise(320, 240).convert("CMYK")
    whole = encoded(photo, "JPEG", subsampling=subsampling, quality=quality)
    decode(whole, "a.jpg", 300)
    middle = len(whole) // 2
    junk = np.random.default_rng(quality).bytes(2048)
    for damaged in (
        whole[:middle],
        whole[:middle] + b"\xff\xd9",
        whole[:middle] + bytes(len(whole) - middle),
        whole[:middle] + junk + whole[middle + len(junk) :],
        whole[:middle] + whole[middle + 700 :],
    ):
        with pytest.raises(DamagedPhoto):
            decode(damaged, "a.jpg", 300)


INKS: list[dict[str, Any]] = [
    {},
    {"optimize": True},
    {"restart_marker_rows": 1},
    {"progressive": True},
    {"progressive": True, "restart_marker_rows": 1},
    {"progressive": True, "restart_marker_blocks": 7},
]


@pytest.mark.parametrize("options", INKS)
@pytest.mark.parametrize("subsampling", [1, 2])
def test_damage_among_inks_of_any_quality(options: dict[str, Any], subsampling: int) -> None:
    for quality in (10, 30, 90):
        whole = encoded(
            noise(320, 240).convert("CMYK"), quality=quality, subsampling=subsampling, **options
        )
        sound = pixels(whole)
        first = whole.index(b"\xff\xda") + 20
        for share in (0.1, 0.4, 0.7):
            at = first + int(share * (len(whole) - first))
            for damaged in (
                whole[:at] + b"\xff\xd9",
                whole[:at] + bytes(len(whole) - at),
                whole[:at] + bytes(1000) + whole[at + 1000 :],
                with_noise(whole, at, 1000, quality),
            ):
                assert not is_taken_wrong(damaged, sound), (quality, share)


@pytest.mark.parametrize("options", INKS)
@pytest.mark.parametrize("subsampling", [1, 2])
def test_surplus_data_of_inks(options: dict[str, Any], subsampling: int) -> None:
    photo = noise(320, 240).convert("CMYK")
    whole = encoded(photo, quality=30, subsampling=subsampling, **options)
    for stray in (b"", b"\x55", b"\x55" * 8):
        pixels(whole[:-2] + stray + whole[-2:])
    with pytest.raises(DamagedPhoto):
        pixels(whole[:-2] + b"\x55" * 400 + whole[-2:])


@pytest.mark.parametrize("options", INKS)
@pytest.mark.parametrize("size", [(1, 1), (17, 9), (333, 257)])
def test_plain_and_small_pictures_of_inks_are_sound(
    options: dict[str, Any], size: tuple[int, int]
) -> None:
    for photo in (
        noise(*size).convert("CMYK"),
        *(Image.new("CMYK", size, ink) for ink in ((0,) * 4, (255,) * 4, (9, 99, 3, 200))),
    ):
        for quality in (1, 50, 100):
            for subsampling in (0, 1, 2):
                kind = {"quality": quality, "subsampling": subsampling} | options
                if kind.get("progressive") and size == (1, 1) and quality == 100:
                    continue
                pixels(encoded(photo, **kind))


def one_scan_each(factor: int, quality: int) -> bytes:
    """A JPEG of three components in three scans, the first with these sampling factors."""
    photo = noise(330, 250).convert("YCbCr")
    wide, tall = factor >> 4, factor & 0xF
    small = (-(-330 // wide), -(-250 // tall))
    first, *others = photo.split()
    planes = [first, *(plane.resize(small) for plane in others)]
    single = [encoded(plane, quality=quality) for plane in planes]
    frame = single[0].index(b"\xff\xc0")
    parts = b"".join(bytes((name, factor if name == 1 else 0x11, 0)) for name in (1, 2, 3))
    header = b"\xff\xc0\0\x11" + single[0][frame + 4 : frame + 9] + b"\x03" + parts
    scans = [
        b"\xff\xda\0\x08\x01" + bytes((name, 0, 0, 63, 0)) + data[scan_of(data) : -2]
        for name, data in enumerate(single, 1)
    ]
    tables = single[0][2:frame] + header + tables_of(single[0])
    return b"\xff\xd8" + tables + b"".join(scans) + b"\xff\xd9"


@pytest.mark.parametrize("factor", [0x31, 0x41, 0x42, 0x14, 0x44])
@pytest.mark.parametrize("quality", [30, 90])
def test_unusual_samplings_in_a_scan_each(factor: int, quality: int) -> None:
    whole = one_scan_each(factor, quality)
    sound = pixels(whole)
    places = np.linspace(scan_of(whole), len(whole) - 1200, 8).astype(int)
    for at in places:
        for damaged in (
            whole[:at] + bytes(1000) + whole[at + 1000 :],
            with_noise(whole, int(at), 1000, int(at)),
            whole[:at] + b"\xff\xd9",
        ):
            assert not is_taken_wrong(damaged, sound), at
    with pytest.raises(DamagedPhoto):
        pixels(whole[:-2] + b"\x55" * 400 + whole[-2:])


def test_two_restart_intervals_are_no_damage() -> None:
    whole = encoded(PHOTO, progressive=True, restart_marker_rows=1)
    assert whole.count(b"\xff\xdd") > 1
    assert np.abs(pixels(odd_end(whole)) - pixels(whole)).mean() < 2


@pytest.mark.parametrize(
    ("every", "subsampling", "mode", "size"),
    [
        (4099, 2, "RGB", (1400, 1000)),
        (4099, 1, "RGB", (1400, 1000)),
        (8191, 0, "RGB", (1400, 1000)),
        (8219, 0, "L", (1400, 1000)),
        (65521, 0, "L", (2200, 2000)),
    ],
)
def test_stray_bytes_of_parts_that_no_rows_divide(
    every: int, subsampling: int, mode: str, size: tuple[int, int]
) -> None:
    photo = noise(*size).convert(mode)
    whole = encoded(photo, subsampling=subsampling, restart_marker_blocks=every)
    found = pixels(odd_end(odd_restarts(whole)))
    assert np.abs(found - pixels(whole)).mean() < 2
    last = restarts_of(whole)[-1]
    for damaged in (
        whole[: last - 40] + whole[last:],
        whole[:last] + b"\x55" * 40 + whole[last:],
        with_noise(whole, last - 900, 300, 1),
    ):
        with pytest.raises(DamagedPhoto):
            pixels(odd_end(odd_restarts(damaged)))
