"""The disk cache of encoder features: a CPU trains on photos that were encoded once.

One `.npz` file per photo and round holds its versions (clean, harmless, flawed), so that an
interrupted run resumes where it stopped and a changed recipe makes other files.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.models.calm import encoder as encoders
from aesplugin.models.calm import measures
from aesplugin.models.calm.encoder import CalmEncoder, LevelFeatures
from aesplugin.models.calm.processor import views_of
from aesplugin.models.encoder.views import patch_view, whole_view
from aesplugin.training.flaws.augment import RECIPE, Augmented, apply, harmless, untouched
from aesplugin.training.flaws.low_level import reencode
from aesplugin.training.flaws.pixel_operations import Pixels, luma, resize, to_float, to_uint8

_RENDITION_QUALITY = 92
_PIXEL_FLAWS = frozenset({Flaw.NOISE, Flaw.BLUR, Flaw.MOTION_BLUR, Flaw.JPEG_ARTIFACTS})
_GEOMETRIC = frozenset({Flaw.TILTED_HORIZON, Flaw.CUT_SUBJECT, Flaw.POOR_PLACEMENT})
_FIRST_TRAVELLED = 2  # the first two rounds show the files as they are
_FIRST_EVEN = 3  # from here on, all versions of a photo have the same size and history
LEVEL_NAMES = LevelFeatures._fields
REVISION = f"{encoders.REVISION}-{measures.REVISION}-{RECIPE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was done to one photo: the label that its features carry."""

    photo: str  # folder/file
    kind: str  # clean, harmless, flawed
    flaw: Flaw | None
    severity: float
    direction: str
    amount: float


def plan(photo: int, turn: int, rng: np.random.Generator) -> list[tuple[Flaw, float]]:
    """Which flaws a photo gets in one round, and how strong.

    Two rounds show all 14 flaws; the first two of a round come mild and strong, so that there
    is an order to learn.
    """
    order = np.random.default_rng([photo, turn // 2]).permutation(len(SYNTHETIC_FLAWS))
    half = order[turn % 2 :: 2]
    steps: list[tuple[Flaw, float]] = []
    for place, index in enumerate(half):
        flaw = SYNTHETIC_FLAWS[int(index)]
        if place < 2:
            steps += [(flaw, float(rng.uniform(0, 0.4))), (flaw, float(rng.uniform(0.55, 1)))]
        else:
            steps.append((flaw, float(rng.uniform(0, 1))))
    return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One version as the encoder is shown it: `near` for the patch, `far` for the whole."""

    made: Augmented
    far: Pixels

    @classmethod
    def plainly(cls, made: Augmented) -> "Shown":
        """Both views of the same pixels."""
        return cls(made=made, far=made.pixels)


def travelled(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The photo as if it had come another way: another size, filter, crop of a few pixels, JPEG.

    All files of one collection were made by the same hands, and a network soon takes the marks
    of those for what a clean photo is: one taught on the files as they are accused 43 % of the
    clean photos of other collections, where it accused 10 % of its own.
    """
    height, width = pixels.shape[:2]
    smaller = float(rng.uniform(min(1.0, max(0.55, 170 / min(height, width))), 1.0))
    factor = smaller if rng.random() < 0.7 else float(rng.uniform(1.0, 1.4))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    image = Image.fromarray(pixels).resize(size, Image.Resampling(int(rng.choice([1, 2, 3, 4]))))
    left, top = (int(rng.integers(0, 8)) for _ in range(2))
    out = np.asarray(image)[top:, left:]
    if rng.random() < 0.8:
        quality, chroma = int(rng.integers(72, 98)), int(rng.choice([0, 2]))
        out = reencode(np.ascontiguousarray(out), quality, subsampling=chroma)
    return np.ascontiguousarray(out)


def rendered(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The photo as another camera or hand might have rendered it: no flaw, another baseline.

    Every amount stays below what the mildest flaw of its kind starts with.
    """
    stops, kept, colour = rng.uniform(-0.25, 0.25), rng.uniform(0.92, 1.08), rng.uniform(0.85, 1.2)
    gains = np.exp(rng.normal(0, 0.025, 3)).astype(np.float32)
    light = to_float(pixels) * np.float32(2 ** (stops / 2.2)) * gains
    grey = luma(light)[..., None]
    pivot = float(grey.mean())
    return to_uint8(pivot + (grey + (light - grey) * colour - pivot) * kept)


def versions(pixels: Pixels, photo: int, *, seed: int, turn: int) -> list[Shown]:
    """The photo itself, a harmless variant, and nine flawed ones. Deterministic.

    Training photos are small; a camera's are not, and there a flaw of single pixels is gone from
    the whole view. So in half of the rounds a photo stands for one `scale` times as large: its
    whole view is made from an enlarged copy with the same flaw in the enlarged copy's pixels.

    A crop or a turn leaves fewer pixels, and a network that sees them enlarged again learns the
    enlarging. So from round 3 on (`_FIRST_EVEN`) every version is made `less` as large.
    """
    rng = np.random.default_rng([seed, photo, turn])
    if turn >= _FIRST_TRAVELLED:
        pixels = travelled(pixels, rng)
    less = 1.0
    if turn >= _FIRST_EVEN:
        pixels = rendered(pixels, rng) if rng.random() < 0.6 else pixels
        least = min(1.0, 150 / min(pixels.shape[:2]))
        less = float(rng.uniform(max(0.6, least), max(0.9, least)))
    scale = 1.0 if rng.random() < 0.5 else float(rng.uniform(1.4, 2.6))
    both = (untouched(pixels), harmless(pixels, rng))
    made = [Shown.plainly(replace(one, pixels=_shrunk(one.pixels, less))) for one in both]
    for flaw, severity in plan(photo, turn, rng):
        base = harmless(pixels, rng).pixels if rng.random() < 0.3 else pixels
        draw = int(rng.integers(2**31))
        if flaw in _GEOMETRIC:
            copy = apply(base, flaw, severity, np.random.default_rng(draw))
            made.append(Shown.plainly(replace(copy, pixels=_shrunk(copy.pixels, less))))
        else:
            made.append(_shown(_shrunk(base, less), (flaw, severity), draw, scale))
    return made


def _shown(base: Pixels, what: tuple[Flaw, float], draw: int, scale: float) -> Shown:
    copy = apply(base, *what, np.random.default_rng(draw))
    if what[0] not in _PIXEL_FLAWS or scale == 1:
        return Shown.plainly(copy)
    height, width = base.shape[:2]
    large = resize(base, round(width * scale), round(height * scale))
    return Shown(made=copy, far=apply(large, *what, np.random.default_rng(draw)).pixels)


def _shrunk(pixels: Pixels, less: float) -> Pixels:
    if less == 1.0:
        return pixels
    height, width = pixels.shape[:2]
    return resize(pixels, max(1, round(width * less)), max(1, round(height * less)))


def encode(
    encoder: CalmEncoder, shown: Shown, device: torch.device | None = None
) -> dict[str, np.ndarray]:
    """Float16 features of one version by level name, without the batch axis.

    The photo goes through one fine JPEG first, as every rendition does that a job carries.
    `device` is where the encoder is; the CPU by default.
    """
    near = reencode(shown.made.pixels, _RENDITION_QUALITY, subsampling=0)
    same = shown.far is shown.made.pixels
    far = near if same else reencode(shown.far, _RENDITION_QUALITY, subsampling=0)
    seen = views_of(whole_view(far), patch_view(near))
    features = encoder(*(part[None].to(device or "cpu") for part in seen))
    return {
        name: value[0].clamp(-60000, 60000).to(torch.float16).cpu().numpy()
        for name, value in zip(LEVEL_NAMES, features, strict=True)
    }


def write(
    path: Path,
    shown: Sequence[Shown],
    photo: str,
    *,
    encoder: CalmEncoder,
    device: torch.device | None = None,
) -> None:
    """Encodes the versions of one photo into `path`, atomically."""
    rows = [encode(encoder, item, device) for item in shown]
    labels = [
        {
            "photo": photo,
            "kind": "flawed" if item.made.flaw else ("clean" if number == 0 else "harmless"),
            "flaw": item.made.flaw,
            "severity": item.made.severity,
            "direction": item.made.direction,
            "amount": item.made.amount,
        }
        for number, item in enumerate(shown)
    ]
    arrays = {name: np.stack([row[name] for row in rows]) for name in LEVEL_NAMES}
    temporary = path.with_suffix(".tmp.npz")
    np.savez(temporary, labels=np.array(json.dumps(labels)), **arrays)  # type: ignore[arg-type]
    temporary.rename(path)


def cache_file(folder: Path, photo: Path, *, seed: int, turn: int = 0, pairs: bool = False) -> Path:
    """Where one round of features of `photo` lies; the name tells photo, seed, round, recipe.

    `pairs`: those of its crops; a photo that people framed is shown with flaws too.
    """
    key = f"{photo.parent.name}/{photo.name}/{seed}/{turn}/{REVISION}"
    key += "/pairs" if pairs else ""
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:20]}.npz"
