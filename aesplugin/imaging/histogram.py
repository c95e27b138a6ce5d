"""How a picture's tones are spread: what a photographer reads off a camera's display."""

import io

import numpy as np
from PIL import Image

BINS = 64


def histogram(jpeg: bytes) -> dict[str, list[float]]:
    """`luminance`, `red`, `green`, `blue`: 64 shares each, scaled so that the highest is 1."""
    with Image.open(io.BytesIO(jpeg)) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=np.float32)  # [H, W, 3]
    luminance = pixels @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # Rec. 709
    channels = {
        "luminance": luminance,
        "red": pixels[..., 0],
        "green": pixels[..., 1],
        "blue": pixels[..., 2],
    }
    counts = {name: np.histogram(c, bins=BINS, range=(0, 256))[0] for name, c in channels.items()}
    # One black or white peak must not flatten the rest: the scale is the 98th percentile.
    top = max(float(np.percentile(np.stack(list(counts.values())), 98)), 1.0)
    return {name: [round(min(1.0, n / top), 3) for n in c.tolist()] for name, c in counts.items()}
