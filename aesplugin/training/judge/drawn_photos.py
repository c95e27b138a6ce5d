"""Drawn stand-ins for photos that labels hardly have: night skies, silhouettes, empty frames.

Without them the judge takes stars for a graphic and a black outline for a drawing, asks to brighten
what is meant to be dark, and gives an empty frame the score of an ordinary photo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from aesplugin.assessment import Flaw, Kind
from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.judge.canvas import Plane, Rng, Size, pick, smooth_noise

_SHORTEST, _LONGEST = 400, 1024  # long side, pixels
_SHAPES: Final = (1.5, 1.33, 1.0, 0.75, 0.67)  # width / height
_MEANT: Final = dict.fromkeys((Flaw.UNDEREXPOSED, Flaw.BLOCKED_SHADOWS, Flaw.LOW_CONTRAST), 0.0)

Scene = Callable[[Rng, Size], Pixels]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is sure of a drawn photo: its kind, or that the frame is empty; grades of flaws."""

    kind: Kind | None = None
    empty: bool = False
    flaws: Mapping[Flaw, float] = field(default_factory=dict)


def drawn_photo(number: int, *, seed: int) -> tuple[Known, Pixels]:
    """Picture `number` of an endless series, [H, W, 3]; the manners take turns."""
    rng = np.random.default_rng([seed, number, 7])
    long, shape = int(rng.integers(_SHORTEST, _LONGEST + 1)), pick(rng, _SHAPES)
    size = (long, round(long / shape)) if shape >= 1 else (round(long * shape), long)
    draw, kind = _MANNERS[number % len(_MANNERS)]
    pixels = draw(rng, size)
    if kind is None:
        return Known(empty=True), pixels
    return Known(kind=kind, flaws=_MEANT), pixels


def _night_sky(rng: Rng, size: Size) -> Pixels:
    """Stars of many brightnesses over a glow, often a band of them, a dark land below."""
    wide, high = size
    tint = np.array([0.75, 0.88, 1.15]) + rng.normal(0, 0.12, 3)
    rise = np.linspace(rng.uniform(0.005, 0.06), rng.uniform(0.02, 0.22), high)
    sky = rise[:, None, None] * tint * np.ones((1, wide, 1))
    if rng.random() < 0.5:
        sky += (_band(rng, size) * rng.uniform(0.05, 0.25))[..., None] * tint
    count = int(wide * high * rng.uniform(0.0003, 0.004))
    light = np.zeros((high, wide), np.float32)
    places = rng.integers(0, high, count), rng.integers(0, wide, count)
    light[places] = np.clip(rng.pareto(1.6, count) * 0.12, 0, 4)
    beside = sum(np.roll(light, step, axis) for axis in (0, 1) for step in (1, -1))
    sky += (light + rng.uniform(0.1, 0.6) * beside)[..., None] * (1 + rng.normal(0, 0.05, 3))
    return _exposed(rng, np.where(_land(rng, size)[..., None], 0.004, sky))


def _band(rng: Rng, size: Size) -> Plane:
    """A slanting band of light, uneven as the Milky Way is."""
    wide, high = size
    slope, at = rng.normal(0, 0.8), rng.uniform(0.2, 0.8)
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, wide), np.linspace(0, 1, high))
    away = (down - at - slope * across) / rng.uniform(0.08, 0.22)
    return (np.exp(-(away**2)) * smooth_noise(rng, size, 8, 4)).astype(np.float32)


def _land(rng: Rng, size: Size) -> np.ndarray:
    """A mask [H, W] of hills, trees or roofs along the bottom; seldom nothing."""
    wide, high = size
    if rng.random() < 0.2:
        return np.zeros((high, wide), bool)
    x = np.linspace(0, 1, wide)
    line = sum(
        rng.uniform(0.01, 0.08) / n * np.sin(2 * np.pi * (x * n * rng.uniform(1, 3) + rng.random()))
        for n in range(1, 6)
    )
    if rng.random() < 0.5:  # tree tops or roofs
        steps = rng.uniform(0, rng.uniform(0.02, 0.12), int(rng.integers(12, 60)))
        line = line - np.repeat(steps, -(-wide // len(steps)))[:wide]
    top = np.clip((rng.uniform(0.65, 0.95) + line) * high, 0, high).astype(int)
    found: np.ndarray = np.arange(high)[:, None] >= top[None]
    return found


def _silhouette(rng: Rng, size: Size) -> Pixels:
    """Black figures and land before a sunset or a bright sky."""
    wide, high = size
    warm = rng.random() < 0.75
    low = np.array([1.0, rng.uniform(0.35, 0.75), rng.uniform(0.05, 0.4)])
    top = np.array([rng.uniform(0.1, 0.7), rng.uniform(0.15, 0.5), rng.uniform(0.3, 0.8)])
    if not warm:
        low, top = np.full(3, rng.uniform(0.6, 1)), np.full(3, rng.uniform(0.3, 0.8))
    share = np.linspace(0, 1, high)[:, None, None] ** rng.uniform(0.6, 1.6)
    sky = top + (low - top) * share * np.ones((1, wide, 1))
    sky *= 1 - rng.uniform(0, 0.5) * smooth_noise(rng, size, rng.uniform(3, 9), 4)[..., None]
    if rng.random() < 0.5:
        sky += _glow(rng, size)[..., None] * np.array([1.0, 0.85, 0.6])
    dark = _land(rng, size) | _figures(rng, size)
    return _exposed(rng, np.where(dark[..., None], rng.uniform(0, 0.02), sky**2.2))


def _glow(rng: Rng, size: Size) -> Plane:
    wide, high = size
    x, y = rng.uniform(0.2, 0.8) * wide, rng.uniform(0.4, 0.85) * high
    down, across = np.ogrid[:high, :wide]
    away = np.hypot(across - x, down - y) / (rng.uniform(0.03, 0.12) * max(size))
    return (1 / (1 + away**2)).astype(np.float32)


def _figures(rng: Rng, size: Size) -> np.ndarray:
    """A mask [H, W] of people, trunks and poles, their edges a little soft."""
    wide, high = size
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    for _ in range(int(rng.integers(1, 5))):
        x, tall = rng.uniform(0.1, 0.9) * wide, rng.uniform(0.15, 0.5) * high
        foot = rng.uniform(0.75, 1.0) * high
        girth = tall * rng.uniform(0.05, 0.16)
        pen.ellipse((x - girth * 0.6, foot - tall, x + girth * 0.6, foot - tall + girth * 1.4), 255)
        body = (x - girth, foot - tall + girth * 1.3, x + girth, foot)
        pen.rounded_rectangle(body, girth * 0.6, 255)
        if rng.random() < 0.5:
            end = (x + rng.normal(0, 1) * tall * 0.5, foot - tall * rng.uniform(0.3, 1.2))
            pen.line((x, foot - tall * 0.6, *end), 255, max(1, round(girth * 0.35)))
    found: np.ndarray = np.asarray(mask.filter(ImageFilter.GaussianBlur(0.7))) > 100
    return found


def _exposed(rng: Rng, linear: np.ndarray) -> Pixels:
    """Linear light [H, W, 3] as a camera renders it, most with its noise, some cleaned of it."""
    light = np.clip(linear, 0, 1)
    if rng.random() < 0.7:
        electrons = float(rng.uniform(300, 20000))  # at white
        light = light + rng.normal(0, 1, linear.shape) * np.sqrt(light / electrons)
        light += rng.normal(0, rng.uniform(0.0005, 0.006), linear.shape)
    shown = np.clip(light, 0, 1) ** (1 / 2.2) * 255
    return np.ascontiguousarray(shown.round().astype(np.uint8))


def _flat(rng: Rng, size: Size) -> Pixels:
    """One colour: black as under a lens cap, white, grey, or any; a sensor's noise in half."""
    level = pick(rng, (rng.uniform(0, 0.02), rng.uniform(0.98, 1), rng.random()))
    colour = rng.random(3) if rng.random() < 0.3 else np.full(3, level)
    frame = np.broadcast_to(colour, (size[1], size[0], 3))
    if rng.random() < 0.5:
        return _exposed(rng, frame**2.2)
    return np.ascontiguousarray((frame * 255).round().astype(np.uint8))


def _gradient(rng: Rng, size: Size) -> Pixels:
    """A wall or a sky out of focus: two close colours, one into the other."""
    one = rng.random(3)
    other = np.clip(one + rng.normal(0, 0.15, 3), 0, 1)
    share = smooth_noise(rng, size, rng.uniform(0.5, 1.5), 1)[..., None]
    return _exposed(rng, (one + (other - one) * share) ** 2.2)


def _noise(rng: Rng, size: Size) -> Pixels:
    """Noise alone, fine or coarse, grey or coloured."""
    step = int(rng.choice([1, 1, 2, 4, 8]))
    channels = int(rng.choice([1, 3]))
    few = (-(-size[1] // step), -(-size[0] // step), channels)
    made = rng.normal(rng.uniform(40, 215), rng.uniform(10, 120), few)
    large = np.clip(made, 0, 255).astype(np.uint8).repeat(step, 0).repeat(step, 1)
    return np.ascontiguousarray(np.broadcast_to(large, (*large.shape[:2], 3))[: size[1], : size[0]])


_MANNERS: Final[tuple[tuple[Scene, Kind | None], ...]] = (
    (_night_sky, Kind.NIGHT),
    (_silhouette, Kind.LANDSCAPE),
    (_flat, None),
    (_night_sky, Kind.NIGHT),
    (_silhouette, Kind.LANDSCAPE),
    (_gradient, None),
    (_noise, None),
)
