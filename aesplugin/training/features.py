"""The disk cache of encoder features: a CPU trains on photos it has looked at once.

One `.npz` file per photo holds all its versions (clean, harmless, flawed), so that an
interrupted run resumes where it stopped and a changed recipe makes another folder.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aesplugin.assessment import Flaw
from aesplugin.models.calm.encoder import LevelFeatures, Lite2Encoder
from aesplugin.models.calm.views import detail_view, whole_view
from aesplugin.training.augment import Augmented, apply, harmless
from aesplugin.training.flaws_low import reencode
from aesplugin.training.pixelmath import Pixels

_RENDITION_QUALITY = 92
LEVEL_NAMES = ("low", "middle", "high", "theme")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was done to one photo: the label that its features carry."""

    photo: str  # folder/file
    kind: str  # clean, harmless, flawed
    flaw: Flaw | None
    severity: float
    direction: str
    amount: float


def plan(index: int, rng: np.random.Generator, flaws: int) -> list[tuple[Flaw | None, float]]:
    """Which flaws photo number `index` gets: one of them twice (an order to learn), others once.

    The order walks through all 14, so every flaw is equally frequent.
    """
    every = list(Flaw)
    chosen = [every[(index * flaws + step) % len(every)] for step in range(flaws)]
    steps: list[tuple[Flaw | None, float]] = []
    mild, strong = float(rng.uniform(0, 0.45)), float(rng.uniform(0.55, 1))
    steps += [(chosen[0], mild), (chosen[0], strong)]
    steps += [(flaw, float(rng.uniform(0, 1))) for flaw in chosen[1:]]
    return steps


def versions(pixels: Pixels, index: int, *, seed: int, flaws: int) -> list[Augmented]:
    """The photo itself, a harmless variant, and `flaws` + 1 flawed ones. Deterministic."""
    rng = np.random.default_rng([seed, index])
    clean = Augmented(pixels=pixels, flaw=None, severity=0, direction="", amount=0, unit="")
    made = [clean, harmless(pixels, rng)]
    for flaw, severity in plan(index, rng, flaws):
        base = harmless(pixels, rng).pixels if rng.random() < 0.3 else pixels
        assert flaw is not None
        made.append(apply(base, flaw, severity, rng))
    return made


def encode(encoder: Lite2Encoder, pixels: Pixels) -> dict[str, np.ndarray]:
    """Float16 features of one photo by level name, without the batch axis.

    The photo goes through one fine JPEG first, as every rendition does that a job carries.
    """
    image = Image.fromarray(reencode(pixels, _RENDITION_QUALITY, subsampling=0))
    whole = torch.from_numpy(whole_view(image).copy()).permute(2, 0, 1)[None]
    detail = torch.from_numpy(detail_view(image).copy()).permute(2, 0, 1)[None]
    features: LevelFeatures = encoder(whole, detail)
    return {
        name: value[0].clamp(-60000, 60000).to(torch.float16).numpy()
        for name, value in zip(LEVEL_NAMES, features, strict=True)
    }


def write(path: Path, made: Sequence[Augmented], photo: str, encoder: Lite2Encoder) -> None:
    """Encodes the versions of one photo into `path`, atomically."""
    rows = [encode(encoder, item.pixels) for item in made]
    labels = [
        {
            "photo": photo,
            "kind": "flawed" if item.flaw else ("clean" if number == 0 else "harmless"),
            "flaw": item.flaw,
            "severity": item.severity,
            "direction": item.direction,
            "amount": item.amount,
        }
        for number, item in enumerate(made)
    ]
    arrays = {name: np.stack([row[name] for row in rows]) for name in LEVEL_NAMES}
    temporary = path.with_suffix(".tmp.npz")
    np.savez(temporary, labels=np.array(json.dumps(labels)), **arrays)  # type: ignore[arg-type]
    temporary.rename(path)


def cache_file(folder: Path, photo: Path, *, seed: int) -> Path:
    """Where the features of `photo` lie; the name depends on folder, file and seed only."""
    key = hashlib.sha256(f"{photo.parent.name}/{photo.name}/{seed}".encode()).hexdigest()[:20]
    return folder / f"{key}.npz"


@dataclass(slots=True)
class FeatureSet:
    """All versions of many photos in memory: float16 tensors by level, labels beside."""

    levels: LevelFeatures  # each [N, ...] float16
    versions: list[Version]

    def __len__(self) -> int:
        return len(self.versions)

    def batch(self, rows: Tensor | list[int]) -> LevelFeatures:
        """The chosen rows as float32."""
        return LevelFeatures(*(level[rows].float() for level in self.levels))


def read(paths: Iterable[Path]) -> FeatureSet:
    """Loads cached photos; their order is the order of `paths`."""
    parts: list[list[np.ndarray]] = [[] for _ in LEVEL_NAMES]
    labels: list[Version] = []
    for path in paths:
        with np.load(path) as stored:
            for part, name in zip(parts, LEVEL_NAMES, strict=True):
                part.append(stored[name])
            for label in json.loads(str(stored["labels"])):
                label["flaw"] = Flaw(label["flaw"]) if label["flaw"] else None
                labels.append(Version(**label))
    tensors = [torch.from_numpy(np.concatenate(part)) for part in parts]
    return FeatureSet(levels=LevelFeatures(*tensors), versions=labels)
