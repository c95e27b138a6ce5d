"""Low-level flaws: exposure, contrast, colour, noise, blur, compression.

Each function takes pixels [H, W, 3], a severity 0..1 and a generator, and returns the flawed
pixels, the way out, and the amount in its unit. Parameters vary widely at every severity, and
several variants stand for one flaw, so that a network learns the look and not one formula.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aesplugin.training.flaws.pixel_operations import (
    Pixels,
    Plane,
    convolve,
    in_light,
    luma,
    resize,
    smooth_field,
    to_float,
    to_uint8,
)

Change = tuple[Pixels, str, float]


def _jitter(value: float, rng: np.random.Generator, spread: float = 0.15) -> float:
    return value * float(rng.uniform(1 - spread, 1 + spread))


def underexposed(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Fewer stops of light; sometimes with crushed shadows, sometimes as a tone curve."""
    stops = _jitter(0.4 + 2.4 * severity, rng)
    variant = rng.integers(4)
    if variant == 0:
        return in_light(pixels, lambda light: light * 2**-stops), "brighten", -stops
    if variant == 1:
        toe = float(rng.uniform(0.0, 0.02))
        dark = in_light(pixels, lambda light: np.maximum(light * 2**-stops - toe * stops / 3, 0))
        return dark, "brighten", -stops
    if variant == 2:
        return to_uint8(to_float(pixels) * 2 ** (-stops / 2.2)), "brighten", -stops
    return to_uint8(to_float(pixels) ** (1 + 0.62 * stops)), "brighten", -stops


def overexposed(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """More stops of light, highlights clipped hard or rolled off, or a lifted tone curve."""
    stops = _jitter(0.4 + 1.9 * severity, rng)
    gain = 2.0**stops
    variant = rng.integers(4)
    if variant == 0:
        return in_light(pixels, lambda light: light * gain), "darken", stops
    if variant == 1:
        knee = float(rng.uniform(0.75, 0.95))
        return in_light(pixels, lambda light: _shoulder(light * gain, knee)), "darken", stops
    if variant == 2:
        return to_uint8(to_float(pixels) * gain ** (1 / 2.2)), "darken", stops
    lifted = np.minimum(to_float(pixels) ** (1 / (1 + 0.45 * stops)) * (1 + 0.06 * stops), 1)
    return to_uint8(lifted), "darken", stops


def _shoulder(light: Plane, knee: float) -> Plane:
    over = np.maximum(light - knee, 0)
    rolled = knee + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    return np.where(light > knee, rolled, light).astype(np.float32)


def low_contrast(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Tones pulled together: around their mean, around grey, or under a veil of haze."""
    kept = float(np.clip(1 - _jitter(0.22 + 0.52 * severity, rng), 0.12, 0.85))
    values = to_float(pixels)
    variant = rng.integers(4)
    if variant == 3:  # in light: a flare over everything
        veil = float(rng.uniform(0.2, 0.6))
        return (
            in_light(pixels, lambda light: veil * veil + (light - veil * veil) * kept),
            "raise contrast",
            kept,
        )
    if variant == 0:
        pivot = float(luma(values).mean())
    elif variant == 1:
        pivot = float(rng.uniform(0.4, 0.6))
    else:
        pivot = float(rng.uniform(0.62, 0.85))  # haze, flare
    return to_uint8(pivot + (values - pivot) * kept), "raise contrast", kept


def oversaturated(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Colours pushed away from grey; greyer photos need more to look as garish."""
    factor = _jitter(1.4 + 1.8 * severity, rng, 0.12)
    if rng.random() < 0.25:
        return _in_hsv(pixels, factor), "reduce saturation", factor
    values = to_float(pixels)
    grey = luma(values)[..., None] if rng.random() < 0.6 else values.mean(2, keepdims=True)
    pushed = grey + (values - grey) * factor
    if rng.random() < 0.3:  # "vivid" presets raise contrast as well
        pushed = 0.5 + (pushed - 0.5) * float(rng.uniform(1.02, 1.15))
    return to_uint8(pushed), "reduce saturation", factor


def undersaturated(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Colours pulled toward grey, never all the way: a grey photo is a choice, not a flaw."""
    kept = float(np.clip(1 - _jitter(0.38 + 0.5 * severity, rng, 0.1), 0.05, 0.7))
    if rng.random() < 0.25:
        return _in_hsv(pixels, kept), "add saturation", kept
    values = to_float(pixels)
    grey = luma(values)[..., None] if rng.random() < 0.6 else values.mean(2, keepdims=True)
    return to_uint8(grey + (values - grey) * kept), "add saturation", kept


def _in_hsv(pixels: Pixels, factor: float) -> Pixels:
    """Saturation scaled as a hue wheel's slider does it: bright colours turn lighter, not grey."""
    hsv = np.asarray(Image.fromarray(pixels).convert("HSV"), np.float32).copy()
    hsv[..., 1] = np.clip(hsv[..., 1] * factor, 0, 255)
    return np.asarray(Image.fromarray(hsv.astype(np.uint8), "HSV").convert("RGB"))


_CASTS: dict[str, tuple[float, float, float]] = {
    "cool down": (1.0, 0.1, -1.0),  # too warm
    "warm up": (-1.0, 0.0, 1.0),  # too cool
    "less green": (-0.5, 0.8, -0.5),
    "less magenta": (0.5, -0.8, 0.5),
}


def color_cast(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Channel gains in light, in gamma space, or a tint laid over; the way out is the opposite."""
    way_out = str(rng.choice(list(_CASTS)))
    strength = _jitter(0.1 + 0.42 * severity, rng)
    push = np.array(_CASTS[way_out], np.float32) + rng.normal(0, 0.12, 3).astype(np.float32)
    gains = np.exp(push * strength).astype(np.float32)
    gains /= float(gains @ np.array([0.2126, 0.7152, 0.0722], np.float32))
    variant = rng.integers(4)
    if variant == 3:  # an offset, strongest seen in the shadows
        return to_uint8(to_float(pixels) + push * (0.28 * strength)), way_out, strength
    if variant == 0:
        return in_light(pixels, lambda light: light * gains**1.7), way_out, strength
    if variant == 1:
        return to_uint8(to_float(pixels) * gains), way_out, strength
    tint = np.clip(0.5 + push * 0.5, 0, 1)
    share = 0.42 * strength
    return to_uint8(to_float(pixels) * (1 - share) + tint * share), way_out, strength


def noise(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Grain in luma and chroma, growing in the shadows as shot noise does, fine or blotchy."""
    sigma = _jitter(0.014 + 0.09 * severity, rng, 0.2)
    values = to_float(pixels)
    height, width = values.shape[:2]
    luma_grain = _grain((height, width, 1), rng)
    chroma_grain = _grain((height, width, 3), rng)
    share = float(rng.uniform(0.15, 1.0))
    grain = luma_grain * np.sqrt(1 - 0.5 * share**2) + chroma_grain * share
    variant = rng.integers(3)
    if variant == 0:
        scale: NDArray[np.floating] = np.ones((height, width, 1), np.float32)
    elif variant == 1:  # shot noise after a gamma curve: strongest in the shadows
        scale = 1.5 - 1.1 * np.sqrt(luma(values))[..., None]
    else:
        scale = 0.5 + np.sqrt(np.maximum(values, 0))
    return to_uint8(values + sigma * scale * grain), "reduce noise", sigma * 255


def _grain(shape: tuple[int, int, int], rng: np.random.Generator) -> Plane:
    """Unit-variance noise [H, W, C]; in two cases of three as large grains."""
    height, width, channels = shape
    size = float(rng.choice([1.0, 1.4, 2.0]))
    rows, columns = round(height / size) + 1, round(width / size) + 1
    raw = rng.standard_normal((rows, columns, channels)).astype(np.float32)
    if size == 1.0:
        return np.asarray(raw[:height, :width])
    planes = [
        np.asarray(
            Image.fromarray(raw[..., index]).resize((width, height), Image.Resampling.BILINEAR)
        )
        for index in range(channels)
    ]
    grain = np.stack(planes, axis=2)
    return np.asarray(grain / max(float(grain.std()), 1e-6), np.float32)


def blur(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Out of focus: Gaussian, disk, ring-like, or lost by scaling down and up."""
    side = max(pixels.shape[:2]) / 400
    radius = _jitter(0.7 + 2.9 * severity, rng) * side**0.7
    variant = rng.integers(4)
    if variant == 3:
        height, width = pixels.shape[:2]
        less = 1.15 + 0.75 * radius
        small = resize(pixels, round(width / less), round(height / less))
        return resize(small, width, height, sharp=False), "sharpen", radius
    kernel = _disk(radius * 1.5, float(rng.uniform(0, 0.5))) if variant else _gauss(radius)
    return to_uint8(convolve(to_float(pixels), kernel)), "sharpen", radius


def _gauss(sigma: float) -> Plane:
    half = max(1, int(np.ceil(2.5 * sigma)))
    axis = np.arange(-half, half + 1, dtype=np.float32)
    line = np.exp(-(axis**2) / (2 * sigma**2))
    return np.asarray(np.outer(line, line) / line.sum() ** 2, np.float32)


def _disk(radius: float, hollow: float) -> Plane:
    """Evenly lit aperture; `hollow` 0..1 darkens its middle as some lenses do."""
    half = int(np.ceil(radius))
    axis = np.arange(-half, half + 1, dtype=np.float32)
    distance = np.hypot(axis[:, None], axis[None, :])
    kernel = np.clip(radius + 0.5 - distance, 0, 1) * (
        1 - hollow * np.exp(-((distance / radius) ** 2) * 3)
    )
    return np.asarray(kernel / kernel.sum(), np.float32)


def motion_blur(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """A streak in any direction: straight, slightly bent, or fading like a panned shutter."""
    side = max(pixels.shape[:2]) / 400
    length = _jitter(3.5 + 13 * severity, rng) * side**0.8
    level = rng.random() < 0.25  # along or across, as a slip of the hand often is
    angle = float(rng.choice([0.0, np.pi / 2])) if level else float(rng.uniform(0, np.pi))
    bend = float(rng.normal(0, 0.12)) if rng.random() < 0.5 else 0.0
    fade = float(rng.uniform(0, 0.8)) if rng.random() < 0.4 else 0.0
    kernel = _streak(length, angle, bend, fade)
    return to_uint8(convolve(to_float(pixels), kernel)), "steady", length


def _streak(length: float, angle: float, bend: float, fade: float) -> Plane:
    half = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    for step in np.linspace(-1, 1, 4 * half + 1):
        along, across = step * length / 2, bend * length * (step**2 - 0.3)
        x = half + along * np.cos(angle) - across * np.sin(angle)
        y = half + along * np.sin(angle) + across * np.cos(angle)
        column, row = int(np.clip(x, 0, 2 * half - 1)), int(np.clip(y, 0, 2 * half - 1))
        dx, dy = float(x - column), float(y - row)
        weight = 1 - fade * (step + 1) / 2
        kernel[row, column] += weight * (1 - dx) * (1 - dy)
        kernel[row, column + 1] += weight * dx * (1 - dy)
        kernel[row + 1, column] += weight * (1 - dx) * dy
        kernel[row + 1, column + 1] += weight * dx * dy
    kernel = np.maximum(kernel, 0)
    return np.asarray(kernel / kernel.sum(), np.float32)


def jpeg_artifacts(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """Coarse compression, once or twice, at full size or after scaling, chroma halved or not."""
    quality = int(np.clip(_jitter(34 - 29 * severity, rng, 0.2), 3, 42))
    height, width = pixels.shape[:2]
    out = pixels
    variant = rng.integers(3)
    if variant == 1:
        factor = float(rng.uniform(0.7, 0.95))
        out = resize(out, round(width * factor), round(height * factor))
    out = reencode(out, quality, subsampling=int(rng.choice([0, 2])))
    if variant == 1:
        out = resize(out, width, height, sharp=False)
    elif variant == 2:
        shifted = np.roll(out, int(rng.integers(1, 8)), axis=1)  # blocks no longer aligned
        out = reencode(shifted, min(quality + 8, 40), subsampling=2)
    return out, "save finer", float(quality)


def reencode(pixels: Pixels, quality: int, *, subsampling: int = 2) -> Pixels:
    """Through one JPEG round trip; `quality` 1..100."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(buffer).convert("RGB"))


def uneven(pixels: Pixels, amount: float, rng: np.random.Generator) -> Pixels:
    """A soft random light field of `amount` stops: harmless variety, used on clean photos."""
    field = smooth_field(pixels.shape[:2], 2, rng)[..., None]
    return in_light(pixels, lambda light: light * 2 ** (amount * field))
