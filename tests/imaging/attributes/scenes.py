"""Pictures of known content, drawn rather than photographed."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from aesplugin.assessment import Attribute
from aesplugin.imaging.attributes import measure

Pixels = NDArray[np.uint8]


def measured(pixels: Pixels, jpeg_quality: float | None = None) -> dict[str, Attribute]:
    """As of a photo that needed no downscaling."""
    size = (pixels.shape[1], pixels.shape[0])
    return measure(pixels, jpeg_quality=jpeg_quality, native_size=size)


def value(pixels: Pixels, name: str) -> float:
    found = measured(pixels)[name].value
    assert found is not None
    return found


def tiles(seed: int = 0, size: tuple[int, int] = (480, 320)) -> Pixels:
    """Discs of many greys and colours on a grey ground, black and white among them."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (size[0] * 4, size[1] * 4), (118, 118, 118))
    draw = ImageDraw.Draw(image)
    for number in range(260):
        x, y = rng.integers(0, image.width), rng.integers(0, image.height)
        radius = rng.integers(30, 110)
        grey = (0, 255)[number % 2] if number % 5 == 0 else int(rng.integers(20, 236))
        fill = (grey, grey, grey)
        if number % 3 == 0:
            fill = tuple(int(np.clip(grey + step, 0, 255)) for step in rng.integers(-70, 70, 3))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    return np.asarray(image.resize(size, Image.Resampling.BOX))


def facade(degrees: float = 0.0, size: tuple[int, int] = (480, 320)) -> Pixels:
    """Windows of a house, turned clockwise by `degrees`, without empty corners."""
    image = Image.new("RGB", (1400, 1400), (200, 190, 180))
    draw = ImageDraw.Draw(image)
    for x in range(20, 1400, 90):
        for y in range(20, 1400, 70):
            draw.rectangle((x, y, x + 50, y + 40), fill=(50, 60, 80))
    image = image.rotate(-degrees, Image.Resampling.BICUBIC)
    left, top = 700 - size[0] // 2, 700 - size[1] // 2
    return np.asarray(image.crop((left, top, left + size[0], top + size[1])))


def exposed(pixels: Pixels, gains: float | tuple[float, float, float]) -> Pixels:
    """Linear light times `gains`."""
    v = pixels / 255
    linear = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4) * np.asarray(gains)
    linear = np.clip(linear, 0, 1)
    v = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(v * 255).astype(np.uint8)


def blurred(pixels: Pixels, radius: float) -> Pixels:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def grainy(pixels: Pixels, sigma: float, seed: int = 1) -> Pixels:
    """The same grain in all three channels, so that luma has `sigma` too."""
    grain = np.random.default_rng(seed).normal(0, sigma, pixels.shape[:2])[..., None]
    return np.rint(np.clip(pixels + grain, 0, 255)).astype(np.uint8)


def darker_corners(pixels: Pixels, stops: float) -> Pixels:
    height, width = pixels.shape[:2]
    y = np.linspace(-1, 1, height)[:, None]
    x = np.linspace(-1, 1, width)[None, :]
    return exposed(pixels, np.exp2(-stops * (x * x + y * y) / 2)[..., None])  # type: ignore[arg-type]
