"""Which page of a TIFF is judged: a larger one only if it is the first at its full size."""

import io
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data as pictures
from tifffile import TiffFile

from aesplugin.errors import DamagedPhoto
from tests.cases.tiffs import Array, pages, seen

LARGE = Image.fromarray(pictures.astronaut()).resize((1000, 800))
FULL = np.asarray(LARGE)
FILTERS = list(Image.Resampling)


def small(factor: float, how: Image.Resampling = Image.Resampling.LANCZOS) -> Image.Image:
    return LARGE.resize((round(LARGE.width / factor), round(LARGE.height / factor)), how)


def taken(first: Image.Image | Array, later: Image.Image | Array = FULL) -> tuple[int, int]:
    found = seen(pages((np.asarray(first), {}), (np.asarray(later), {})))
    is_first = found.note == "the first of 2 pages"
    assert is_first == ((found.width, found.height) == np.asarray(first).shape[1::-1])
    return found.width, found.height


@pytest.mark.parametrize("factor", [2, 2.5, 3.3, 6.25, 10])
@pytest.mark.parametrize("how", FILTERS)
def test_a_thumbnail_is_one_by_whatever_filter(how: Image.Resampling, factor: float) -> None:
    assert taken(small(factor, how)) == LARGE.size


@pytest.mark.parametrize("step", [2, 4, 5])
def test_a_thumbnail_of_every_second_or_later_pixel(step: int) -> None:
    assert taken(FULL[::step, ::step]) == LARGE.size


@pytest.mark.parametrize("factor", [2, 6.25])
def test_a_thumbnail_that_was_packed_or_sharpened(factor: float) -> None:
    packed = io.BytesIO()
    small(factor).save(packed, "JPEG", quality=60)
    with Image.open(packed) as thumbnail:
        assert taken(thumbnail) == LARGE.size
    assert taken(small(factor).filter(ImageFilter.UnsharpMask(1, 50, 0))) == LARGE.size


@pytest.mark.parametrize(("height", "top"), [(106, 7), (107, 6), (107, 7), (108, 6)])
def test_a_thumbnail_with_bars(height: int, top: int) -> None:
    wide = LARGE.crop((0, 0, 999, 666))
    barred = Image.new("RGB", (160, 120))
    barred.paste(wide.resize((160, height)), (0, top))
    assert taken(barred, np.asarray(wide)) == wide.size
    tall, turned = wide.transpose(Image.Transpose.ROTATE_90), barred.transpose(2)
    assert taken(turned, np.asarray(tall)) == tall.size


@pytest.mark.parametrize("factor", [2, 4, 6.25, 10])
@pytest.mark.parametrize("gain", [0.5, 0.7, 0.85, 1.2, 1.6])
def test_another_exposure_is_another_picture(gain: float, factor: float) -> None:
    first = np.clip(np.asarray(small(factor)) * gain, 0, 255).astype(np.uint8)
    assert taken(first) == small(factor).size


@pytest.mark.parametrize("factor", [2, 4, 6.25])
def test_another_moment_is_another_picture(factor: float) -> None:
    first = small(factor)
    side = first.height // 6
    moved = first.copy()
    moved.paste(first.crop((0, 0, side, side)), (first.width // 2, first.height // 4))
    assert taken(moved) == first.size
    shifted = np.roll(np.asarray(first), first.width // 30, axis=1)
    assert taken(shifted) == first.size


@pytest.mark.parametrize(("width", "height"), [(80, 60), (160, 120), (400, 300)])
def test_two_skies_are_two_pictures(width: int, height: int) -> None:
    def sky(width: int, height: int, *, left: float, side: float) -> Array:
        levels = np.linspace(255, 10, height)[:, None].repeat(width, 1)
        rows = slice(round(height * 0.4), round(height * (0.4 + side)))
        levels[rows, round(width * left) : round(width * (left + side))] = 30
        return np.repeat(levels[..., None], 3, 2).astype(np.uint8)

    first = sky(width, height, left=0.2, side=0.2)
    assert taken(first, sky(1060, 795, left=0.6, side=0.3)) == (width, height)


@pytest.mark.parametrize("gamma", [1.0, 1.8])
def test_a_thumbnail_in_srgb_of_a_photo_in_another_profile(gamma: float) -> None:
    primaries = (0.64, 0.33, 1.0, 0.3, 0.6, 1.0, 0.15, 0.06, 1.0)
    icc = imagecodecs.cms_profile(
        "rgb", gamma=gamma, whitepoint=(0.3127, 0.329, 1.0), primaries=primaries
    )
    light = np.where(FULL <= 10, FULL / 255 / 12.92, ((FULL / 255 + 0.055) / 1.055) ** 2.4)
    wide = (light ** (1 / gamma) * 65535).round().astype(np.uint16)
    options: dict[str, Any] = {"iccprofile": icc}
    found = seen(pages((np.asarray(small(5)), {}), (wide, options)))
    assert (found.width, found.height, found.note) == (1000, 800, None)


def test_no_other_page_stands_for_a_first_one_that_is_damaged() -> None:
    other = np.ascontiguousarray(FULL[:, ::-1])
    how = {"compression": "zlib"}
    data = bytearray(pages((np.asarray(small(2)), how), (other, how)))
    with TiffFile(io.BytesIO(bytes(data))) as file:
        start, size = file.pages[0].dataoffsets[0], file.pages[0].databytecounts[0]
    rng = np.random.default_rng(1)
    at = start + size // 3
    data[at : at + size // 3] = rng.integers(0, 256, size // 3, np.uint8).tobytes()
    with pytest.raises(DamagedPhoto):
        seen(bytes(data))
