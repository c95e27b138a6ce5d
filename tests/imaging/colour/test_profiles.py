import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from aesplugin.imaging.colour.profiles import to_srgb


def profile(space: str = "sRGB") -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()


def swapped_profile() -> bytes:
    """sRGB with red and blue exchanged: what is stored as red is meant as blue."""
    return profile().replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")


def first_pixel(image: Image.Image) -> tuple[int, ...]:
    return tuple(int(v) for v in np.asarray(image)[0, 0])


def test_the_profile_decides_what_colours_mean() -> None:
    image, note = to_srgb(Image.new("RGB", (4, 4), (255, 0, 0)), swapped_profile())
    assert note is None
    red, green, blue = first_pixel(image)
    assert (red, green) <= (40, 40)
    assert blue > 200


def test_srgb_pixels_stay_exactly_as_they_are() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    image, note = to_srgb(Image.fromarray(pixels), profile())
    assert note is None
    assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("icc", [b"broken", swapped_profile()[:200], b"\0" * 3000])
def test_a_broken_profile_is_ignored_and_noted(icc: bytes) -> None:
    image, note = to_srgb(Image.new("RGB", (4, 4), (10, 200, 30)), icc)
    assert first_pixel(image) == (10, 200, 30)
    assert note is not None
    assert note.startswith("colour profile ignored")
    assert "\n" not in note


def test_a_profile_for_other_pixels_is_ignored_and_noted() -> None:
    image, note = to_srgb(Image.new("CMYK", (4, 4), (0, 0, 0, 0)), profile())
    assert first_pixel(image) == (255, 255, 255)
    assert note is not None
    assert "CMYK" in note


def test_cmyk_without_profile_and_lab_become_rgb() -> None:
    cyan, _ = to_srgb(Image.new("CMYK", (2, 2), (255, 0, 0, 0)), None)
    assert first_pixel(cyan) == (0, 255, 255)
    white, _ = to_srgb(Image.new("LAB", (2, 2), (255, 128, 128)), None)
    assert min(first_pixel(white)) > 250


def test_transparency_is_laid_on_white() -> None:
    half, _ = to_srgb(Image.new("RGBA", (2, 2), (0, 0, 0, 128)), None)
    assert first_pixel(half) == (127, 127, 127)
    clear, _ = to_srgb(Image.new("LA", (2, 2), (0, 0)), None)
    assert first_pixel(clear) == (255, 255, 255)


def test_grey_is_three_equal_channels() -> None:
    image, _ = to_srgb(Image.new("L", (2, 2), 77), None)
    assert first_pixel(image) == (77, 77, 77)


def test_profiles_in_png_and_jpeg_look_the_same() -> None:
    from aesplugin.imaging.decode import decode

    colour = Image.new("RGB", (64, 64), (200, 40, 90))
    seen = []
    for form in ("PNG", "JPEG"):
        out = io.BytesIO()
        colour.save(out, form, icc_profile=swapped_profile(), quality=95)
        seen.append(decode(out.getvalue(), "x", 1).pixels[32, 32].astype(int))
    assert np.abs(seen[0] - seen[1]).max() <= 3
    assert seen[0][2] > 150  # converted, not copied
