"""Adobe RGB told by EXIF alone: measured as the sRGB photo of the same colours."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from aesplugin.imaging.decode import decode
from aesplugin.imaging.fullsize import render
from tests.cases.test_raw_preview_upright import dng
from tests.imaging.photos import encoded, noise

TO_ADOBE = np.array([[0.71512, 0.28488, 0], [0, 1, 0], [0, 0.04116, 0.95884]])  # linear sRGB


def adobe(photo: Image.Image) -> Image.Image:
    """The same colours, written in Adobe RGB (1998)."""
    level = np.asarray(photo) / 255.0
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    stored = np.clip(light @ TO_ADOBE.T, 0, 1) ** (1 / 2.19921875)
    return Image.fromarray((stored * 255 + 0.5).astype(np.uint8))


def tagged(space: int | None, index: str | None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Example"
    if space is not None:
        exif.get_ifd(0x8769)[0xA001] = space
    if index is not None:
        exif.get_ifd(0x8769)[0xA005] = {1: index}
    return exif


def differ(one: bytes, other: bytes) -> float:
    first, second = (decode(data, "a", 300).pixels.astype(int) for data in (one, other))
    return float(np.abs(first - second).mean())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("space", "index"), [(65535, "R03"), (None, "R03"), (2, None)])
def test_the_tag_decides_what_the_numbers_mean(
    form: str, space: int | None, index: str | None
) -> None:
    photo = noise(320, 240)
    options = {"quality": 95} if form in ("JPEG", "WEBP") else {}
    plain = encoded(photo, form, **options)
    marked = encoded(adobe(photo), form, exif=tagged(space, index), **options)
    assert differ(marked, plain) < 3
    assert differ(encoded(adobe(photo), form, **options), plain) > 6


@pytest.mark.parametrize(
    ("space", "index"), [(1, "R98"), (65535, "R98"), (1, "R03"), (65535, None)]
)
def test_other_tags_leave_srgb(space: int, index: str | None) -> None:
    photo = noise(320, 240)
    marked = encoded(photo, exif=tagged(space, index), quality=95)
    assert differ(marked, encoded(photo, quality=95)) == 0


def test_a_profile_counts_more_than_the_tag() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = noise(320, 240)
    marked = encoded(photo, exif=tagged(65535, "R03"), icc_profile=srgb, quality=95)
    assert differ(marked, encoded(photo, quality=95)) == 0


def test_grey_has_no_primaries() -> None:
    grey = noise(320, 240).convert("L")
    marked = encoded(grey, exif=tagged(65535, "R03"), quality=95)
    assert differ(marked, encoded(grey, quality=95)) < 3


@pytest.mark.skipif(not shutil.which("exiftool"), reason="needs exiftool")
@pytest.mark.parametrize("form", ["DNG", "TIFF"])
def test_what_a_raw_file_or_tiff_says_holds_for_its_picture(tmp_path: Path, form: str) -> None:
    photo = noise(320, 240)
    found = []
    for stored, index in ((photo, "R98"), (adobe(photo), "R03")):
        path = tmp_path / f"{index}.{form.lower()}"
        preview = encoded(stored, quality=95)
        raw = dng(photo, 1, preview, photo.size)
        path.write_bytes(raw if form == "DNG" else encoded(stored, form))
        tags = ("-n", "-ColorSpace=65535", f"-InteropIndex={index}")
        subprocess.run(["exiftool", "-q", "-m", "-overwrite_original", *tags, path], check=True)
        found.append(path.read_bytes())
    assert differ(*found) < 3


def test_the_case(made: Callable[[str], Path]) -> None:
    from aesplugin.imaging.content import read_content

    for path in sorted((made("12") / "r03").glob("*_R03.jpg")):
        twin = path.with_name(path.name.replace("R03", "srgb"))
        assert differ(path.read_bytes(), twin.read_bytes()) < 2, path.name
        whole = render(str(path), read_content(str(path)).content_hash, 300)
        with Image.open(io.BytesIO(whole)) as shown, Image.open(twin) as wanted:
            change = np.abs(np.asarray(shown).astype(int) - np.asarray(wanted))
        assert change.mean() < 3, path.name  # a JPEG more
