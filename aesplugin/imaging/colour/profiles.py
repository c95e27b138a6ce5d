"""Device colour to sRGB by the ICC profile or by codes, and transparency to white paper."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from aesplugin.imaging.colour.cicp import Encoding, of_icc
from aesplugin.imaging.colour.tone_mapping import Codes, to_srgb_levels

Convert = Callable[[Image.Image], Image.Image]

_SRGB: Final = ImageCms.createProfile("sRGB")
_SPACES: Final = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab"}
_CACHED: Final = 16  # profiles kept ready; a shoot uses one or two
_DARK: Final = 4  # a level in the shadows
_STRETCHED: Final = 3  # sRGB's own curve would give it the same level, linear light 8 times as much
_PROBE_LEVELS: Final = (0, 24, 64, 112, 160, 208, 255)


class ProfileProblem(Exception):
    """An embedded profile cannot be used; the message says why."""


def to_srgb(
    image: Image.Image, icc: bytes | None, encoding: Encoding | None = None
) -> tuple[Image.Image, str | None]:
    """An L, LA, RGB, RGBA, CMYK or LAB image to opaque sRGB, and a note of what is to be known.

    `encoding` tells what the numbers mean where there is no profile. A photo whose profile is
    broken is still a photo: its numbers are then taken as sRGB.
    Transparency is laid on white, as paper, browsers and photo managers show it; a person who
    checks a score then sees the picture the model saw.
    """
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colour = image.convert(image.mode[:-1]) if alpha is not None else image
    note = None
    coded = of_icc(icc) or (None if icc else encoding)
    if coded is not None:
        colour, note = _by_codes(colour, coded)
    elif icc:
        try:
            colour = _converter(bytes(icc), colour.mode)(colour)
        except ProfileProblem as problem:
            note = f"colour profile ignored: {problem}"
    opaque = colour.convert("RGB")
    if alpha is not None and alpha.getextrema() != (255, 255):
        opaque = Image.composite(opaque, Image.new("RGB", opaque.size, "white"), alpha)
    return opaque, note


def is_steep(icc: bytes | None, mode: str) -> bool:
    """Whether a profile stretches the shadows so much that eight bits would show steps."""
    if not icc or mode not in ("L", "RGB"):
        return False
    dark = Image.new(mode, (1, 1), (_DARK,) * len(mode) if mode == "RGB" else _DARK)
    try:
        seen = _converter(bytes(icc), mode)(dark).convert("L").getpixel((0, 0))
    except ProfileProblem:
        return False
    return isinstance(seen, int | float) and seen > _STRETCHED * _DARK


def wide_to_srgb(codes: Codes, icc: bytes, mode: str) -> NDArray[np.uint8]:
    """16-bit [H, W, C] to sRGB [H, W, 3] by a profile that Pillow could apply to eight bits only.

    Raises:
        RuntimeError: the profile cannot be used.
    """
    import imagecodecs

    if mode == "L":
        codes, space = codes[..., 0], "gray"
    else:
        space = "rgb"
    srgb = ImageCms.ImageCmsProfile(_SRGB).tobytes()
    pixels: NDArray[np.uint8] = imagecodecs.cms_transform(
        np.ascontiguousarray(codes), icc, srgb,
        colorspace=space, outcolorspace="rgb", outdtype=np.uint8,
    )  # fmt: skip
    return pixels


def _by_codes(image: Image.Image, encoding: Encoding) -> tuple[Image.Image, str | None]:
    if encoding.is_srgb or image.mode not in ("L", "RGB"):
        return image, None
    from aesplugin.imaging.colour.hdr import note_of

    pixels = np.asarray(image.convert("RGB"))
    return Image.fromarray(to_srgb_levels(pixels, encoding)), note_of(encoding)


@lru_cache(maxsize=_CACHED)
def _converter(icc: bytes, mode: str) -> Convert:
    """The profile's way to sRGB; building one costs 10 times what applying it does."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        space = profile.profile.xcolor_space.strip()
        if space != _SPACES[mode]:
            raise ProfileProblem(f"it is for {space}, the pixels are {mode}")
        transform = ImageCms.buildTransform(profile, _SRGB, mode, "RGB")
        if mode == "RGB" and _changes_nothing(transform):
            return _as_is
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError) as error:
        raise ProfileProblem(" ".join(str(error).split()) or "damaged") from None

    def convert(image: Image.Image) -> Image.Image:
        done = ImageCms.applyTransform(image, transform)
        assert done is not None  # None only with inPlace
        return done

    return convert


def _as_is(image: Image.Image) -> Image.Image:
    return image


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a probe of 343 colours stays within one level: then it is sRGB by another name.

    The name in the profile does not tell: "linear sRGB" is one, too.
    """
    levels = np.array(_PROBE_LEVELS, dtype=np.uint8)
    probe = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    image = ImageCms.applyTransform(Image.fromarray(probe), transform)
    change = np.abs(np.asarray(image).astype(int) - probe)
    return bool(change.max() <= 1)
