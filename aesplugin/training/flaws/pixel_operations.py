"""Small pixel operations shared by the flaw families."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional as F

Pixels = NDArray[np.uint8]  # [H, W, 3]
Plane = NDArray[np.float32]  # [H, W] or [H, W, 3], 0..1

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709


def to_float(pixels: Pixels) -> Plane:
    """0..255 to 0..1."""
    return pixels.astype(np.float32) / np.float32(255)


def to_uint8(values: NDArray[np.floating]) -> Pixels:
    """0..1 to 0..255, clipped and rounded."""
    rounded: Pixels = (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
    return rounded


def to_linear(values: Plane) -> Plane:
    """sRGB to light, by the exact curve (IEC 61966-2-1)."""
    bent = np.power((np.maximum(values, 0) + 0.055) / 1.055, 2.4)
    return np.where(values <= 0.04045, values / 12.92, bent).astype(np.float32)


def to_srgb(light: Plane) -> Plane:
    """Light to sRGB; inverse of `to_linear`."""
    light = np.maximum(light, 0)
    bent = 1.055 * np.power(light, 1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, bent).astype(np.float32)


def luma(values: Plane) -> Plane:
    """[H, W] brightness of [H, W, 3]."""
    return np.asarray(values @ LUMA, np.float32)


def in_light(pixels: Pixels, change: Callable[[Plane], Plane]) -> Pixels:
    """Applies `change` to linear light, as a camera's exposure would."""
    return to_uint8(to_srgb(change(to_linear(to_float(pixels)))))


def convolve(values: Plane, kernel: Plane) -> Plane:
    """2-D convolution with edge replication; `kernel` [k, k], k odd, summing to 1."""
    half = kernel.shape[0] // 2
    planes = torch.from_numpy(np.ascontiguousarray(values.reshape(*values.shape[:2], -1)))
    stacked = planes.permute(2, 0, 1)[:, None]  # [C, 1, H, W]
    weights = torch.from_numpy(np.ascontiguousarray(kernel))[None, None]
    padded = F.pad(stacked, (half, half, half, half), mode="replicate")
    out = F.conv2d(padded, weights)[:, 0].permute(1, 2, 0)  # [H, W, C]
    return np.asarray(out.numpy().reshape(values.shape), np.float32)


def resize(pixels: Pixels, width: int, height: int, *, sharp: bool = True) -> Pixels:
    """To width x height; Lanczos, or bilinear where not `sharp`."""
    kind = Image.Resampling.LANCZOS if sharp else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(pixels).resize((max(width, 1), max(height, 1)), kind))


def smooth_field(shape: tuple[int, int], cells: int, rng: np.random.Generator) -> Plane:
    """A soft random field [H, W] of zero mean and unit deviation, about `cells` bumps a side."""
    coarse = rng.standard_normal((cells + 1, cells + 1)).astype(np.float32)
    height, width = shape
    soft = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    field = np.asarray(soft, np.float32)
    even: Plane = (field - field.mean()) / np.float32(max(float(field.std()), 1e-6))
    return even
