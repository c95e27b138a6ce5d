import io

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DamagedPhoto, OversizedPhoto
from aesplugin.imaging.decode import decode
from aesplugin.imaging.formats.jpeg import estimate_quality, load_jpeg
from tests.imaging.photos import encoded, noise, quarters

PHOTO = noise(600, 400)


@pytest.mark.parametrize("quality", [5, 20, 49, 50, 75, 90, 95, 100])
def test_quality_is_told_by_the_tables(quality: int) -> None:
    with Image.open(io.BytesIO(encoded(PHOTO, quality=quality))) as image:
        assert estimate_quality(image) == quality


def test_foreign_tables_get_the_nearest_quality() -> None:
    tables = {0: [7] * 64, 1: [9] * 64}
    with Image.open(io.BytesIO(encoded(PHOTO, qtables=tables))) as image:
        found = estimate_quality(image)
    assert found is not None
    assert 85 <= found <= 97


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((4000, 3000), (1000, 750)),  # a quarter by the DCT
        ((3024, 4032), (756, 1008)),
        ((6000, 4000), (1024, 683)),
        ((1025, 700), (1024, 699)),
        ((1000, 700), (1000, 700)),
    ],
)
def test_large_photos_are_decoded_small_but_keep_their_size(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    data = encoded(quarters(*size))
    loaded = load_jpeg(data, 300)
    assert (loaded.width, loaded.height) == size
    assert loaded.image.size == wanted
    picture = decode(data, "a.jpg", 300)
    assert picture.pixels.shape == (*wanted[::-1], 3)
    assert (picture.width, picture.height) == size


def test_the_small_decode_looks_like_the_large_one() -> None:
    photo = noise(1600, 1100)
    data = encoded(photo, quality=95)
    small = load_jpeg(data, 300).image.resize((160, 110), Image.Resampling.BOX)
    large = photo.resize((160, 110), Image.Resampling.BOX)
    assert np.abs(np.asarray(small).astype(int) - np.asarray(large)).mean() < 1.5


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_truncated_jpeg_is_damaged(share: float, progressive: bool, mode: str) -> None:
    data = encoded(PHOTO.convert(mode), progressive=progressive)
    with pytest.raises(DamagedPhoto, match="truncated"):
        load_jpeg(data[: int(len(data) * share)], 300)


def test_invented_pixels_are_damage_even_if_viewers_show_something() -> None:
    data = bytearray(encoded(PHOTO))
    middle = len(data) // 2
    data[middle : middle + 400] = b"\xff" * 400
    with pytest.raises(DamagedPhoto):
        load_jpeg(bytes(data), 300)


def test_harmless_oddities_are_accepted() -> None:
    data = encoded(PHOTO)
    scan = data.index(b"\xff\xda")
    odd = data[:scan] + b"\0\0" + data[scan:]  # two stray bytes before a marker
    assert load_jpeg(odd, 300).image.size == (600, 400)
    assert load_jpeg(data + b"trailing" * 100, 300).image.size == (600, 400)


def test_the_pixel_limit_holds_before_decoding() -> None:
    with pytest.raises(OversizedPhoto, match="600 x 400"):
        load_jpeg(encoded(PHOTO)[:700], 0.2)


def test_cmyk_of_adobe_is_not_inverted() -> None:
    """Adobe writes CMYK inverted; Pillow writes the same way with the same marker."""
    data = encoded(quarters().convert("CMYK"), quality=95)
    assert b"Adobe" in data
    loaded = load_jpeg(data, 300)
    assert loaded.image.mode == "CMYK"
    assert loaded.image.convert("RGB").getpixel((80, 50)) == pytest.approx((250, 250, 250), abs=6)
