"""Frames and pictures made for the tests."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aesplugin.photo import Exif, Photo
from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.partition import Evidence

NOON = datetime(2026, 5, 1, 12, 0, 0)


def frame(name: str, seconds: float | None = None, **facts: Any) -> Frame:
    """A frame taken `seconds` after noon; `facts` are fields of Exif, Photo or `hash`."""
    photo_facts = {key: facts.pop(key) for key in ("width", "height", "format") if key in facts}
    perceptual = facts.pop("hash", abs(hash(name)) % 2**64)
    folder = facts.pop("folder", "/shoot")
    taken = None if seconds is None else NOON + timedelta(seconds=seconds)
    exif = Exif(taken_at=taken, **({"make": "C", "model": "X", "serial": "1"} | facts))
    size: dict[str, Any] = {"width": 6000, "height": 4000, "format": "JPEG"}
    photo = Photo(
        content_hash=f"hash-of-{folder}/{name}",
        perceptual_hash=perceptual,
        exif=exif,
        **(size | photo_facts),
    )
    return Frame(path=f"{folder}/{name}", photo=photo)


def evidence(frames: list[Frame], looks: list[int] | None = None, **pictures: Any) -> Evidence:
    """`looks` numbers the view each frame shows: equal numbers look alike, others do not."""
    numbers = looks if looks is not None else list(range(len(frames)))
    width = max(numbers, default=0) + 1
    vectors = np.eye(width, dtype=np.float32)
    sketches = {f.key: pictures[f.path.split("/")[-1].split(".")[0]] for f in frames if pictures}
    return Evidence(
        embeddings={f.key: vectors[n] for f, n in zip(frames, numbers, strict=True)},
        sketches=sketches.get,
    )


def texture(height: int, width: int, seed: int = 0) -> NDArray[np.float32]:
    """A picture with structure at several scales, grey levels 0..255."""
    rng = np.random.default_rng(seed)
    result = np.zeros((height, width), dtype=np.float32)
    for cell in (2, 4, 8, 16, 32):
        rows, columns = -(-height // cell), -(-width // cell)
        coarse = rng.standard_normal((rows, columns)).astype(np.float32)
        result += np.kron(coarse, np.ones((cell, cell), dtype=np.float32))[:height, :width]
    low, high = float(result.min()), float(result.max())
    scaled: NDArray[np.float32] = (result - low) / (high - low) * 255
    return scaled
