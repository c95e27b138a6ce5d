"""Taste read from context: the person's rated photos are tokens, the photo asked about attends.

A small transformer in NumPy, for answering; `aesplugin.training.personal.incontext` is the same in
torch, for training, and says what it learns. The context is encoded once per person; what a query
needs of it (keys and values) is kept, so that a photo costs the same few thousand multiplications
whether k is 1 or 100.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aesplugin.models.personal.examples import EXAMPLE_FACTS, QUERY_FACTS

Floats = NDArray[np.float32]

WIDTH: Final = 32
HEADS: Final = 4
LAYERS: Final = 1
_SCALE: Final = np.float32((WIDTH / HEADS) ** -0.5)
_EPSILON: Final = np.float32(1e-5)  # of layer norms, as torch has it
_NO_LENGTH: Final = np.float32(1e-12)  # a shorter view is none

# Abramowitz and Stegun, Handbook of Mathematical Functions (1964), formula 7.1.26:
# erf(x) = 1 - (a1 t + ... + a5 t^5) exp(-x^2), t = 1 / (1 + p x), for x >= 0, within 1.5e-7
_P: Final = np.float32(0.3275911)
_A: Final = tuple(
    np.float32(a) for a in (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
)


class Context(NamedTuple):
    """What is kept of one person's K examples."""

    views: Floats  # [K, d], of length 1
    layers: tuple[tuple[Floats, Floats], ...]  # keys, values [heads, K, width / heads]


class InContextReader:
    """A small transformer over one person's rated photos, from its weights by name."""

    sees_photos: ClassVar[bool] = False
    together: ClassVar[int] = 8192

    def __init__(self, state: Mapping[str, NDArray[np.floating[Any]]]) -> None:
        """`state` as the torch network names it.

        Raises:
            ValueError: an array is missing, too many, or of another shape.
        """
        shapes = {name: tuple(array.shape) for name, array in state.items()}
        odd = shapes.items() ^ _shapes().items()
        if odd:
            raise ValueError(f"{min(odd)[0]} is missing, too many or of another shape")
        state = {name: array.astype(np.float32) for name, array in state.items()}
        self._state = state
        self._said = _Linear(state, "said")
        self._asked = _Linear(state, "asked")
        self._readers = [_Block(state, f"readers.{layer}") for layer in range(LAYERS)]
        self._askers = [_Block(state, f"askers.{layer}") for layer in range(LAYERS)]
        self._after = _Norm(state, "after")
        self._change = _Linear(state, "change")

    def own_state(self) -> dict[str, Floats]:
        """All of it."""
        return self._state

    def read(self, photos: Floats, said: Floats) -> Context:
        """Encode the context once: views [K, d] in any basis, and `facts_of_examples`."""
        views = _of_length_one(photos)
        if not len(views):
            return Context(views, ())
        x = self._said(said)  # [K, W]
        near = views @ views.T  # [K, K]
        for block in self._readers:
            x = block(x, near, *block.keys_values(x))
        return Context(views, tuple(block.keys_values(x) for block in self._askers))

    def ask(self, photos: Floats, asked: Floats, context: Context) -> Floats:
        """How the person's taste moves each photo: [Q], in standard deviations of rating.

        Args:
            photos: [Q, d] views of the photos asked about.
            asked: [Q, QUERY_FACTS] `facts_of_queries`; the first is the posterior's move.
            context: from `read`; where it is empty, the answer is 0.
        """
        if not len(context.views):
            return np.zeros(len(asked), dtype=np.float32)
        x = self._asked(asked)  # [Q, W]
        near = _of_length_one(photos) @ context.views.T  # [Q, K]
        for block, (keys, values) in zip(self._askers, context.layers, strict=True):
            x = block(x, near, keys, values)
        shift, gain = self._change(self._after(x)).T  # [Q] each
        moved: Floats = asked[:, 0] * (1 + np.tanh(gain)) + shift
        return moved


class _Linear:
    def __init__(self, state: Mapping[str, Floats], name: str) -> None:
        self._weight = state[f"{name}.weight"].T  # [in, out]
        self._bias = state[f"{name}.bias"]

    def __call__(self, x: Floats) -> Floats:
        found: Floats = x @ self._weight + self._bias
        return found


class _Norm:
    def __init__(self, state: Mapping[str, Floats], name: str) -> None:
        self._weight = state[f"{name}.weight"]
        self._bias = state[f"{name}.bias"]

    def __call__(self, x: Floats) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        found: Floats = centred / np.sqrt(variance + _EPSILON) * self._weight + self._bias
        return found


class _Block:
    """Attention to given keys and values by content and look, then a feed-forward; pre-norm."""

    def __init__(self, state: Mapping[str, Floats], name: str) -> None:
        self._before = _Norm(state, f"{name}.before")
        self._query = _Linear(state, f"{name}.query")
        self._both = _Linear(state, f"{name}.both")
        self._near = state[f"{name}.near"]  # [heads]
        self._out = _Linear(state, f"{name}.out")
        self._rest = _Norm(state, f"{name}.feed.0")
        self._wider = _Linear(state, f"{name}.feed.1")
        self._narrower = _Linear(state, f"{name}.feed.3")

    def keys_values(self, context: Floats) -> tuple[Floats, Floats]:
        keys, values = np.split(self._both(self._before(context)), 2, axis=-1)
        return _heads(keys), _heads(values)

    def __call__(self, x: Floats, near: Floats, keys: Floats, values: Floats) -> Floats:
        query = _heads(self._query(self._before(x)))  # [heads, N, W / heads]
        alike = query @ keys.mT * _SCALE + self._near[:, None, None] * near  # [heads, N, K]
        seen = (_softmax(alike) @ values).swapaxes(0, 1).reshape(len(x), WIDTH)
        x = x + self._out(seen)
        found: Floats = x + self._narrower(_gelu(self._wider(self._rest(x))))
        return found


def _heads(x: Floats) -> Floats:
    """[N, W] -> [heads, N, W / heads]."""
    return x.reshape(len(x), HEADS, WIDTH // HEADS).swapaxes(0, 1)


def _softmax(x: Floats) -> Floats:
    grown = np.exp(x - x.max(axis=-1, keepdims=True))
    found: Floats = grown / grown.sum(axis=-1, keepdims=True)
    return found


def _gelu(x: Floats) -> Floats:
    found: Floats = np.float32(0.5) * x * (1 + erf(x * np.float32(np.sqrt(0.5))))
    return found


def erf(x: Floats) -> Floats:
    """The error function, within 2e-7 (NumPy has none, and SciPy takes long to load)."""
    size = np.abs(x)
    t = 1 / (1 + _P * size)
    a1, a2, a3, a4, a5 = _A
    polynomial = ((((a5 * t + a4) * t + a3) * t + a2) * t + a1) * t
    found: Floats = np.copysign(1 - polynomial * np.exp(-size * size), x)
    return found


def _of_length_one(views: Floats) -> Floats:
    length = np.linalg.norm(views, axis=-1, keepdims=True)
    found: Floats = views / np.maximum(length, _NO_LENGTH)
    return found


def _shapes() -> dict[str, tuple[int, ...]]:
    """Of every array, by the name it has in the torch network."""
    linear = {"said": (WIDTH, EXAMPLE_FACTS), "asked": (WIDTH, QUERY_FACTS), "change": (2, WIDTH)}
    norms, near = ["after"], {}
    for block in (f"{kind}.{layer}" for kind in ("readers", "askers") for layer in range(LAYERS)):
        linear |= {
            f"{block}.query": (WIDTH, WIDTH),
            f"{block}.both": (2 * WIDTH, WIDTH),
            f"{block}.out": (WIDTH, WIDTH),
            f"{block}.feed.1": (2 * WIDTH, WIDTH),
            f"{block}.feed.3": (WIDTH, 2 * WIDTH),
        }
        norms += [f"{block}.before", f"{block}.feed.0"]
        near[f"{block}.near"] = (HEADS,)
    weights = {f"{name}.weight": shape for name, shape in linear.items()}
    biases = {f"{name}.bias": (shape[0],) for name, shape in linear.items()}
    affine = {f"{name}.{part}": (WIDTH,) for name in norms for part in ("weight", "bias")}
    return {**near, **weights, **biases, **affine}
