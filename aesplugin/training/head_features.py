"""The disk cache of the scorer's features: every photo, and its flawed copies, is seen once.

One `.npz` file per photo holds all its versions, so an interrupted run goes on where it
stopped; a change of recipe, of seed or of encoder makes other file names.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aesplugin.assessment import SYNTHETIC_FLAWS
from aesplugin.errors import DataError
from aesplugin.imaging.renditions import fitted, make_rendition
from aesplugin.models.efficientnet import EfficientNetLite2
from aesplugin.models.embedded.features import Parts, describe
from aesplugin.models.encoder_weights import WEIGHTS_SHA256
from aesplugin.models.views import Pixels, decode
from aesplugin.training.augment import apply, harmless

CLEAN: Final = "clean"
HARMLESS: Final = "harmless"
_RECIPE: Final = "1"  # raise when views, features or flaws change


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One photo to look at, with `flaws` flawed copies of it (at most 14, all different)."""

    name: str  # folder/file, or synthetic/number
    load: Callable[[], bytes | Pixels]
    flaws: int
    harmless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Features of one photo's versions; row 0 is the photo itself.

    `kinds` are `CLEAN`, `HARMLESS` or a flaw's value; `severities` 0..1; each part is [V, width].
    """

    name: str
    kinds: tuple[str, ...]
    severities: NDArray[np.float32]
    parts: dict[str, NDArray[np.float16]]


def look(
    samples: Iterable[Sample], *, encoder: EfficientNetLite2, cache: Path, seed: int
) -> Iterator[Seen]:
    """Features of every sample, from the cache where they are, else computed and kept there.

    Raises:
        DataError: a sample's file is no picture; the message names it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        path = cache / f"{_key(sample, seed)}.npz"
        seen = _read(path, sample.name)
        if seen is None:
            seen = _look_at(sample, encoder, seed)
            _write(path, seen)
        yield seen


def _look_at(sample: Sample, encoder: EfficientNetLite2, seed: int) -> Seen:
    rng = np.random.default_rng([seed, *_digest(sample.name)[:4]])
    versions = list(_versions(_pixels(sample), sample, rng))
    parts: dict[str, list[NDArray[np.float16]]] = {}
    for _, _, pixels in versions:  # one by one: flat memory, and shapes differ anyway
        seen = describe(encoder, [_through_rendition(pixels)])
        for name, values in _half(seen).items():
            parts.setdefault(name, []).append(values)
    return Seen(
        name=sample.name,
        kinds=tuple(kind for kind, _, _ in versions),
        severities=np.array([severity for _, severity, _ in versions], np.float32),
        parts={name: np.concatenate(rows) for name, rows in parts.items()},
    )


def _versions(
    pixels: Pixels, sample: Sample, rng: np.random.Generator
) -> Iterator[tuple[str, float, Pixels]]:
    yield CLEAN, 0.0, pixels
    if sample.harmless:
        yield HARMLESS, 0.0, harmless(pixels, rng).pixels
    every = list(SYNTHETIC_FLAWS)
    for index in rng.permutation(len(every))[: sample.flaws]:
        severity = float(rng.uniform(0.05, 1))
        yield every[index].value, severity, apply(pixels, every[index], severity, rng).pixels


def _pixels(sample: Sample) -> Pixels:
    loaded = sample.load()
    if isinstance(loaded, np.ndarray):
        return loaded
    try:
        image = Image.open(io.BytesIO(loaded)).convert("RGB")
    except (OSError, ValueError) as error:
        raise DataError(f"{sample.name} is no picture ({error})") from None
    size = fitted(image.size)
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(image)


def _through_rendition(pixels: Pixels) -> Pixels:
    """As the model will see it: through the small copy's JPEG."""
    return decode(make_rendition(pixels, "training"))


def _half(parts: Parts) -> dict[str, NDArray[np.float16]]:
    return {name: values.numpy().astype(np.float16) for name, values in parts.items()}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _key(sample: Sample, seed: int) -> str:
    recipe = (_RECIPE, WEIGHTS_SHA256, sample.name, sample.flaws, sample.harmless, seed)
    return _digest(repr(recipe)).hex()[:32]


def _read(path: Path, name: str) -> Seen | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            parts = {key[2:]: stored[key] for key in stored.files if key.startswith("p_")}
            kinds = tuple(str(kind) for kind in stored["kinds"])
            return Seen(name=name, kinds=kinds, severities=stored["severities"], parts=parts)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None  # absent, or cut off while written: look again


def _write(path: Path, seen: Seen) -> None:
    arrays: dict[str, Any] = {f"p_{name}": rows for name, rows in seen.parts.items()}
    arrays |= {"kinds": np.array(seen.kinds), "severities": seen.severities}
    partial = path.with_suffix(".partial")
    with partial.open("wb") as out:
        np.savez(out, **arrays)
    partial.replace(path)
