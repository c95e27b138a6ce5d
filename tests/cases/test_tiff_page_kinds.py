"""Which page of a TIFF is the photo: case 04."""

import io
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from aesplugin.errors import DamagedPhoto
from tests.cases.tiffs import (
    GREY,
    PHOTO,
    RGB,
    SMALL,
    change,
    pages,
    seen,
)
from tests.imaging.photos import noise

OTHER = np.ascontiguousarray(RGB[::-1])


@pytest.mark.parametrize(
    "data",
    [
        pages((SMALL, {"subfiletype": 1}), (RGB, {})),
        pages((SMALL, {"subfiletype": 1, "subifds": 1}), (RGB, {})),
        pages((SMALL, {}), (RGB, {})),
        pages((SMALL, {"subifds": 1}), (RGB, {})),
        pages((RGB, {}), (SMALL, {"subfiletype": 1})),
        pages((RGB, {}), (OTHER, {})),
        pages((RGB, {"subfiletype": 2}), (OTHER, {"subfiletype": 2})),
        pages((GREY > 128, {"subfiletype": 4, "photometric": "mask"}), (RGB, {})),
        pages((SMALL, {"extratags": [(255, 3, 1, 2, True)]}), (RGB, {})),
    ],
    ids=lambda data: str(len(data)),
)
def test_the_photo_is_found_among_the_pages(data: bytes) -> None:
    assert change(data, RGB) == 0
    assert (seen(data).width, seen(data).height) == (320, 240)


def test_a_thumbnail_with_bars_is_one() -> None:
    large = np.asarray(noise(960, 640))
    data = pages((np.zeros((120, 160, 3), np.uint8), {}), (large, {}))
    assert (seen(data).width, seen(data).height) == (960, 640)


def test_a_real_thumbnail_with_bars_is_one() -> None:
    photo = noise(960, 640)
    barred = Image.new("RGB", (160, 120))
    barred.paste(photo.resize((160, 107)), (0, 6))
    data = pages((np.asarray(barred), {}), (OTHER, {}), (np.asarray(photo), {}))
    assert (seen(data).width, seen(data).height) == (960, 640)
    assert seen(data).note == "the first of 2 pages"


@pytest.mark.parametrize("factor", [2, 3, 5])
@pytest.mark.parametrize("size", [(80, 60), (320, 240), (700, 500)])
@pytest.mark.parametrize("options", [{}, {"subfiletype": 2}, {"compression": "deflate"}])
def test_a_later_page_that_is_larger_is_another_picture(
    factor: int, size: tuple[int, int], options: dict[str, Any]
) -> None:
    width, height = size
    first, later = noise(width, height, seed=1), noise(width * factor, height * factor, seed=2)
    data = pages((np.asarray(first), dict(options)), (np.asarray(later), dict(options)))
    found = seen(data)
    assert (found.width, found.height) == size and found.note == "the first of 2 pages"
    assert change(data, np.asarray(first)) == 0


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "CMYK"])
def test_a_copy_of_the_first_page_at_its_full_size_is_taken(mode: str) -> None:
    photo = noise(1400, 1000)
    large = np.asarray(photo.convert(mode))
    kind = {"L": "minisblack", "CMYK": "separated"}.get(mode, "rgb")
    small = np.asarray(photo.resize((350, 250)))
    data = pages((small, {}), (large, {"photometric": kind}))
    assert (seen(data).width, seen(data).height, seen(data).note) == (1400, 1000, None)


def test_a_full_size_that_cannot_be_read_is_refused_and_no_thumbnail_taken() -> None:
    data = pages((SMALL, {}), (np.asarray(PHOTO), {"compression": "deflate"}))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        at = file.pages[1].dataoffsets[0]
    with pytest.raises(DamagedPhoto):
        seen(data[:at] + bytes(len(data) - at))


def test_pages_of_many_sizes_are_no_thumbnails() -> None:
    wide = np.asarray(noise(900, 240, seed=3))
    assert change(pages((RGB, {}), (wide, {})), RGB) == 0
