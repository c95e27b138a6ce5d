"""JPEGs whose end marker is missing: whole ones are photos, cut ones are damaged."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.decode import decode
from aesplugin.imaging.formats.jpeg_end import lacks_scans
from aesplugin.imaging.fullsize import render
from tests.imaging.photos import encoded, noise

VIDEO = b"\0\0\0\x1cftypmp42" + bytes(range(256)) * 40
SAMSUNG = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + VIDEO
TRAILERS = {
    "nothing": b"",
    "half the marker": b"\xff",
    "zeros": bytes(4096),
    "half the marker and zeros": b"\xff" + bytes(600),
    "erased flash": b"\xff" * 4096,
    "a video": VIDEO,
    "a Samsung motion photo": SAMSUNG,
    "a second picture": encoded(noise(160, 120)),
}
KINDS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restart markers": {"restart_marker_blocks": 4},
    "without subsampling": {"subsampling": 0},
}


def pixels(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return decode(data, "a.jpg", 300).pixels


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_that_lacks_nothing_else_is_whole(trailer: str, kind: str, mode: str) -> None:
    whole = encoded(noise(300, 200).convert(mode), **KINDS[kind])
    assert whole.endswith(b"\xff\xd9")
    assert np.array_equal(pixels(whole[:-2] + TRAILERS[trailer]), pixels(whole))


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("missing", [40, 400, 4000])
def test_a_cut_jpeg_is_damaged_whatever_follows(
    trailer: str, kind: str, mode: str, missing: int
) -> None:
    whole = encoded(noise(300, 200).convert(mode), **KINDS[kind])
    with pytest.raises(DamagedPhoto, match="copy it again"):
        pixels(whole[:-missing] + TRAILERS[trailer])


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_a_marker_behind_what_follows_changes_nothing(trailer: str, kind: str, mode: str) -> None:
    whole = encoded(noise(300, 200).convert(mode), **KINDS[kind])
    behind = TRAILERS[trailer] + b"\xff\xd9"
    assert np.array_equal(pixels(whole[:-2] + behind), pixels(whole))
    for missing in (40, 400):
        with pytest.raises(DamagedPhoto):
            pixels(whole[:-missing] + behind)


def test_a_progressive_jpeg_without_its_last_scans_is_damaged() -> None:
    whole = encoded(noise(300, 200), progressive=True)
    scans = scans_of(whole)
    with pytest.raises(DamagedPhoto):
        pixels(whole[: scans[-1]])
    with pytest.raises(DamagedPhoto):
        pixels(whole[: scans[1]] + b"\0" * 100)


def scans_of(whole: bytes) -> list[int]:
    """Where its scans' headers begin; tables may come before them."""
    return [at for at in range(len(whole)) if whole[at : at + 2] == b"\xff\xda"]


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_progressive_jpeg_closed_between_two_scans_is_damaged(trailer: str, mode: str) -> None:
    whole = encoded(noise(300, 200).convert(mode), progressive=True)
    behind = TRAILERS[trailer]
    assert np.array_equal(pixels(whole + behind), pixels(whole))
    for start in scans_of(whole)[1:]:
        with pytest.raises(DamagedPhoto, match="image data is incomplete"):
            pixels(whole[:start] + b"\xff\xd9" + behind)


def test_a_jpeg_filled_up_with_zeros_is_damaged() -> None:
    whole = encoded(noise(300, 200))
    half = len(whole) // 2
    with pytest.raises(DamagedPhoto):
        pixels(whole[:half] + bytes(len(whole) * 5))


def test_the_page_shows_it_at_full_size(tmp_path: Path) -> None:
    from aesplugin.imaging.content import read_content

    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(noise(300, 200))[:-2])
    seen = render(str(path), read_content(str(path)).content_hash, 300)
    with Image.open(io.BytesIO(seen)) as image:
        assert image.size == (300, 200)


def test_no_photo_of_the_data_is_said_to_lack_scans(data_dir: Path) -> None:
    found = [path for end in ("jpg", "jpeg", "JPG") for path in data_dir.rglob(f"*.{end}")]
    assert [path for path in found if lacks_scans(path.read_bytes())] == []


def test_the_case(made: Callable[[str], Path]) -> None:
    folder = made("03") / "eoi"
    for kind in ("base", "prog"):
        whole = pixels((folder / f"{kind}_0_whole.jpg").read_bytes())
        for path in sorted(folder.glob(f"{kind}_[1-9]_*.jpg")):
            if "cut" in path.name:
                with pytest.raises(DamagedPhoto):
                    pixels(path.read_bytes())
            else:
                assert np.array_equal(pixels(path.read_bytes()), whole), path.name
