"""Pictures of nothing: black, white, one colour, noise. No photo; the scorer learns to say so."""

from collections.abc import Callable
from typing import Final

import numpy as np

from aesplugin.models.views import Pixels

_SHAPES: Final = ((400, 500), (500, 400), (300, 400), (683, 1024), (480, 768), (256, 256))
_Maker = Callable[[tuple[int, int], np.random.Generator], Pixels]


def nothing(number: int, *, seed: int) -> Pixels:
    """Picture `number` of an endless series [H, W, 3]; the kinds take turns."""
    rng = np.random.default_rng([seed, number])
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    return _MAKERS[number % len(_MAKERS)](shape, rng)


def _black(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    return _filled(shape, np.full(3, rng.integers(0, 8)))


def _white(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    return _filled(shape, np.full(3, rng.integers(248, 256)))


def _grey(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    return _filled(shape, np.full(3, rng.integers(0, 256)))


def _colour(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    return _filled(shape, rng.integers(0, 256, 3))


def _even_noise(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    channels = int(rng.choice([1, 3]))
    noise = rng.integers(0, 256, (*shape, channels), np.uint8)
    return np.ascontiguousarray(np.broadcast_to(noise, (*shape, 3)))


def _bell_noise(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    channels = int(rng.choice([1, 3]))
    noise = rng.normal(rng.uniform(40, 215), rng.uniform(10, 90), (*shape, channels))
    return np.clip(np.broadcast_to(noise, (*shape, 3)), 0, 255).astype(np.uint8)


def _coarse_noise(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    step = int(rng.integers(2, 9))
    rows, columns = (-(-side // step) for side in shape)
    small = _even_noise((rows, columns), rng)
    return small.repeat(step, 0).repeat(step, 1)[: shape[0], : shape[1]]


def _specks(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    lit = rng.random(shape) < rng.uniform(0.1, 0.9)
    return np.repeat((lit * np.uint8(255))[..., None], 3, axis=2).astype(np.uint8)


def _filled(shape: tuple[int, int], colour: np.ndarray) -> Pixels:
    return np.broadcast_to(colour.astype(np.uint8), (*shape, 3)).copy()


_MAKERS: Final[tuple[_Maker, ...]] = (
    _black,
    _white,
    _grey,
    _colour,
    _even_noise,
    _bell_noise,
    _coarse_noise,
    _specks,
)
