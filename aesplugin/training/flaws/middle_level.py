"""Middle-level flaws: a horizon that leans, dark corners. Same shape as in `flaws_low`."""

import math

import numpy as np
from PIL import Image

from aesplugin.training.flaws.low_level import Change
from aesplugin.training.flaws.pixel_operations import Pixels, in_light, to_float, to_uint8


def tilted_horizon(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Turned by 2.5 to 14 degrees and cropped inside, so that no border tells.

    `amount` is positive where the photo leans clockwise; the way out is to rotate left.
    """
    degrees = (2.0 + 10 * severity) * float(rng.uniform(0.88, 1.15))
    clockwise = bool(rng.random() < 0.5)
    turned = rotate_inside(pixels, -degrees if clockwise else degrees)
    way_out = "rotate left" if clockwise else "rotate right"
    return turned, way_out, degrees if clockwise else -degrees


def rotate_inside(pixels: Pixels, degrees: float) -> Pixels:
    """Rotates counter-clockwise and keeps the largest inner frame of the same shape."""
    height, width = pixels.shape[:2]
    angle = math.radians(abs(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    scale = min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))
    turned = Image.fromarray(pixels).rotate(degrees, Image.Resampling.BICUBIC)
    # two pixels less a side: interpolation must not reach the empty corners
    half_w, half_h = width * scale / 2 - 2, height * scale / 2 - 2
    box = (width / 2 - half_w, height / 2 - half_h, width / 2 + half_w, height / 2 + half_h)
    return np.asarray(turned.resize((width, height), Image.Resampling.BICUBIC, box=box))


def vignetting(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Corners that lose 1 to 4 stops: round or oval, centred or nearly, steep or soft."""
    stops = (0.7 + 2.4 * severity) * float(rng.uniform(0.85, 1.2))
    height, width = pixels.shape[:2]
    middle = rng.normal(0, 0.06, 2)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] - np.float32(middle[0])
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] - np.float32(middle[1])
    if rng.random() < 0.5:  # round in pixels, as a lens draws it
        longest = max(height, width)
        y, x = y * (height / longest) * 1.3, x * (width / longest) * 1.3
    steepness = float(rng.uniform(1.5, 4.5))
    radius = np.hypot(y, x) / np.sqrt(2)
    loss = (np.clip(radius, 0, 1.3) ** steepness)[..., None]
    if rng.random() < 0.3:  # dark to the middle of each side, as a cheap filter draws it
        inner = float(rng.uniform(0.2, 0.55))
        loss = np.clip((radius - inner) / (1 - inner), 0, 1.2)[..., None] ** 1.3
    if rng.random() < 0.7:
        return (
            in_light(pixels, lambda light: light * 2 ** (-stops * loss)),
            "lighten corners",
            stops,
        )
    shade = np.clip(1 - (1 - 2 ** (-stops / 2.2)) * loss, 0, 1)
    return to_uint8(to_float(pixels) * shade), "lighten corners", stops
