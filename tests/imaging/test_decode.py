import io

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from aesplugin.imaging.decode import Picture, _Larger, decode
from aesplugin.imaging.picture import check_size
from tests.imaging.photos import (
    CORNERS,
    absurd_tiff,
    are_near,
    corners_of,
    encoded,
    fuzzed,
    noise,
    png_of_zeros,
    quarters,
)

ORIENTATION = 0x0112
BACK = {  # how a camera held that way would have stored the upright picture
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def seen(data: bytes, name: str = "x") -> Picture:
    return decode(data, name, 300)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("code", range(1, 9))
def test_every_orientation_comes_out_upright(form: str, code: int) -> None:
    turn = BACK[code]
    stored = quarters() if turn is None else quarters().transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = code
    picture = seen(encoded(stored, form, exif=exif, quality=95))
    assert (picture.width, picture.height) == (96, 64)
    assert picture.pixels.shape == (64, 96, 3)
    assert are_near(corners_of(picture.pixels), CORNERS, by=12)


def test_an_upright_heic_needs_no_further_turn() -> None:
    heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    out = io.BytesIO()
    turned = quarters().transpose(Image.Transpose.ROTATE_90)
    heif.from_pillow(turned).save(out, exif=exif.tobytes(), quality=95)
    picture = seen(out.getvalue())
    assert (picture.width, picture.height, picture.format) == (96, 64, "HEIF")
    assert are_near(corners_of(picture.pixels), CORNERS, by=16)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_a_senseless_orientation_is_none(value: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    assert are_near(corners_of(seen(encoded(quarters(), exif=exif)).pixels), CORNERS, by=12)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "GIF", "WEBP"])
def test_formats_agree_on_colours(form: str) -> None:
    options = {"lossless": True} if form == "WEBP" else {}
    picture = seen(encoded(quarters(), form, **options))
    assert picture.format == form
    assert picture.jpeg_quality is None
    assert are_near(corners_of(picture.pixels), CORNERS, by=0)


def test_sixteen_bit_grey_png_and_tiff_keep_their_middle() -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (32, 1))
    for form in ("PNG", "TIFF"):
        pixels = seen(encoded(Image.fromarray(ramp), form)).pixels
        assert pixels[16, 31, 0] == pytest.approx(126, abs=2)
        assert pixels[16, 63, 0] == 255


def test_cmyk_tiff_is_not_inverted() -> None:
    pixels = seen(encoded(quarters().convert("CMYK"), "TIFF")).pixels
    assert are_near(corners_of(pixels), CORNERS, by=2)


def test_edges_of_transparent_shapes_do_not_darken() -> None:
    """Resizing must not mix in the colour hidden under full transparency."""
    pixels = np.zeros((2048, 2048, 4), np.uint8)
    pixels[:, 1023:] = (255, 255, 255, 255)  # white shape, transparent black beside it
    assert seen(encoded(Image.fromarray(pixels), "PNG")).pixels.min() >= 254


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_several_frames_the_first_counts(form: str) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:])
    red, _, blue = seen(data).pixels[15, 20].astype(int)
    assert red > 200
    assert blue < 60


def test_large_photos_shrink_and_small_ones_stay() -> None:
    large = seen(encoded(quarters(2500, 1200), "BMP"))
    assert large.pixels.shape == (492, 1024, 3)
    assert (large.width, large.height) == (2500, 1200)
    tiny = seen(encoded(Image.new("RGB", (1, 1), (9, 8, 7)), "PNG"))
    assert tiny.pixels.tolist() == [[[9, 8, 7]]]


def test_headers_that_ask_for_too_much_are_refused_unread() -> None:
    with pytest.raises(OversizedPhoto, match="400 megapixels, over the limit of 300"):
        seen(png_of_zeros(20_000, 20_000, with_pixels=False))
    with pytest.raises(OversizedPhoto, match="3036676696"):
        seen(absurd_tiff())


@pytest.mark.parametrize(
    ("size", "limit", "said"),
    [
        ((1000, 1000), 0.5, "= 1 megapixel, over the limit of 0.5;"),
        ((1000, 786), 0.5, "= 0.79 megapixels, over the limit of 0.5;"),
        ((1200, 1000), 1, "= 1.2 megapixels, over the limit of 1;"),
        ((1000, 1001), 1, "= 1.001 megapixels, over the limit of 1;"),
        ((300_400, 1000), 300, "= 300.4 megapixels, over the limit of 300;"),
        ((501, 1000), 0.5, "= 0.501 megapixels, over the limit of 0.5;"),
        ((20_000, 20_000), 300, "= 400 megapixels, over the limit of 300;"),
    ],
)
def test_the_figure_of_one_too_large_is_over_the_limit(
    size: tuple[int, int], limit: float, said: str
) -> None:
    with pytest.raises(OversizedPhoto) as refused:
        check_size(*size, limit)
    assert said in str(refused.value)


def test_pillow_does_not_interfere_below_our_limit() -> None:
    picture = seen(png_of_zeros(11_000, 9_000, with_pixels=True))  # Pillow warns at 89 MP
    assert picture.pixels.shape == (838, 1024, 3)
    assert picture.pixels.max() == 0


def test_text_renamed_is_unsupported() -> None:
    with pytest.raises(UnsupportedPhoto, match="not an image"):
        seen(b"dear diary\n" * 40, "x.jpg")


@pytest.mark.parametrize("form", ["PNG", "GIF", "TIFF", "BMP", "WEBP", "AVIF"])
def test_truncated_files_are_damaged(form: str) -> None:
    data = encoded(noise(200, 150), form)
    with pytest.raises(DamagedPhoto, match="copy it again"):
        seen(data[: len(data) // 2])


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's; in the child nobody hears them
@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF"])
def test_fuzzed_files_end_in_a_picture_or_a_named_state(form: str) -> None:
    for data in fuzzed(encoded(noise(60, 40), form), 60, seed=7):
        try:
            assert max(seen(data).pixels.shape) <= 1024
        except PhotoError as error:
            assert str(error)
            assert "\n" not in str(error)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_more_pixels_can_be_had_of_what_was_made_small(form: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    stored = quarters(2000, 3000).transpose(BACK[6])
    picture = seen(encoded(stored, form, exif=exif, quality=95))
    assert picture.pixels.shape == (1024, 683, 3)
    for factor, width in ((1.5, 1024), (2.5, 1707), (100.0, 2000)):
        image = picture.larger(factor)
        assert image.mode == "RGB" and width * 15 / 16 <= image.width <= 2000
        assert abs(image.height - 1.5 * image.width) <= 2
        assert are_near(corners_of(np.asarray(image)), CORNERS, by=12)


def test_a_small_photo_has_no_more_pixels() -> None:
    picture = seen(encoded(quarters(), "PNG"))
    assert picture.larger(4.0).size == (96, 64)


def test_more_pixels_are_converted_to_srgb_as_the_small_ones_are() -> None:
    image = Image.new("CMYK", (3000, 2000), (20, 200, 160, 30))
    picture = seen(encoded(image, "JPEG", quality=95))
    large = np.asarray(picture.larger(2.0))
    assert np.abs(large.mean((0, 1)) - picture.pixels.mean((0, 1))).max() < 2


def test_a_larger_picture_of_another_shape_is_not_taken() -> None:
    """As of a RAW whose previews differ; nor one whose second decoding fails."""
    picture = seen(encoded(quarters(3000, 2000)))
    loaded = picture.larger._loaded
    for other in (encoded(quarters(2000, 2000)), b"\xff\xd8 no photo"):
        larger = _Larger(other, "x", 300, loaded, picture.pixels)
        assert larger(2.0).size == (1024, 683)
