"""Large made-up catalogs: how long ranking by taste and culling take from stored embeddings."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from aesplugin.assessment import Assessment
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile, Preference
from aesplugin.evaluation.benchmarks.timing import Timing, time_once
from aesplugin.evaluation.judged import as_rendition
from aesplugin.face import Eyes, Face
from aesplugin.models.base import AestheticModel
from aesplugin.models.personal.examples import Examples, Floats
from aesplugin.models.personal.model import PersonalModel
from aesplugin.photo import Exif, FileStamp, Photo

USER = "benchmark"
REVISION = "benchmark-1"
FOLDER = "/benchmark"
_PORTION = 5000
_DIMS = 384
_PER_BURST = 4
_RATED = 100
_ENCODED = 16
_MOVED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Seconds a photo: `encoded` to look at it, `personal` to move it by `examples` rated ones."""

    examples: int
    encoded: float
    personal: float

    @property
    def ratio(self) -> float:
        """What a photo costs with the examples, against none."""
        return (self.encoded + self.personal) / self.encoded


def fill(catalog: Catalog, photos: int, *, seed: int = 0) -> list[str]:
    """Stores `photos` assessed photos in bursts of four, three seconds apart; returns hashes."""
    rng = np.random.default_rng(seed)
    began = datetime(2026, 5, 1, 8)
    hashes: list[str] = []
    for start in range(0, photos, _PORTION):
        numbers = range(start, min(start + _PORTION, photos))
        views = rng.standard_normal((len(numbers) // _PER_BURST + 1, _DIMS))
        files, answers = [], []
        for number in numbers:
            burst, frame = divmod(number, _PER_BURST)
            at = began + timedelta(seconds=3 * burst + 0.1 * frame)
            files.append(_file(number, at, rng))
            view = views[(number - start) // _PER_BURST] + 0.1 * rng.standard_normal(_DIMS)
            answers.append(_answer(files[-1].photo.content_hash, view, rng))
        catalog.record_photos(files)
        catalog.record_assessments(answers)
        hashes += [file.photo.content_hash for file in files]
    return hashes


def time_taste(catalog: Catalog, hashes: list[str], rank: Callable[[], object]) -> Timing:
    """A person with 100 rated photos adds a favourite: seconds until everything is ranked."""
    rated = [
        Preference(content_hash=key, rating=1 + n % 5) for n, key in enumerate(hashes[:_RATED])
    ]
    catalog.people.prefer(USER, rated)
    rank()  # loads what is loaded once per process

    def again() -> None:
        catalog.people.prefer(USER, [Preference(content_hash=hashes[-1], favorite=True)])
        rank()

    return time_once(len(hashes), again)


def thumbnails(folder: Path, hashes: Sequence[str], *, seed: int = 0) -> dict[str, Path]:
    """A small JPEG for each photo that `fill` stored: one view a burst, shaken and noisy."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    places: dict[str, Path] = {}
    for number, key in enumerate(hashes):
        if number % _PER_BURST == 0:
            coarse = Image.fromarray(rng.integers(0, 255, (14, 20, 3), dtype=np.uint8))
            view = np.asarray(coarse.resize((276, 190), Image.Resampling.BICUBIC), dtype=np.float32)
        down, right = rng.integers(0, 10, 2)
        frame = view[down : down + 180, right : right + 266] + rng.normal(0, 4, (180, 266, 1))
        places[key] = folder / f"{key}.jpg"
        Image.fromarray(frame.clip(0, 255).astype(np.uint8)).save(places[key], quality=80)
    return places


def faces(hashes: Sequence[str], *, seed: int = 0) -> dict[str, tuple[Face, ...]]:
    """Two faces side by side in each photo, shaken; one in ten with closed eyes."""
    rng = np.random.default_rng(seed)
    return {key: (_face(0.3, rng), _face(0.6, rng)) for key in hashes}


def measure_costs(
    model: AestheticModel, taste_of: Callable[[Floats, Floats], PersonalModel], *, seed: int = 0
) -> Costs:
    """What a photo costs with 100 rated ones: `taste_of` gives the personal model to use."""
    rng = np.random.default_rng(seed)
    photos = [rng.integers(0, 255, (400, 500, 3), dtype=np.uint8) for _ in range(_ENCODED)]
    renditions = [as_rendition(pixels) for pixels in photos]
    model.assess(renditions[:2])
    encoding = time_once(len(photos), lambda: model.assess(renditions))
    many = rng.standard_normal((_MOVED, _DIMS)).astype(np.float32)
    scores = rng.uniform(2, 9, _MOVED).astype(np.float32)
    taste = taste_of(many, scores)
    known = taste.know(
        Examples(
            embeddings=many[:_RATED],
            scores=scores[:_RATED],
            ratings=(1 + np.round(4 * rng.random(_RATED))).astype(np.float32),
            favorites=np.zeros(_RATED, dtype=np.bool_),
        )
    )
    moving = time_once(_MOVED, lambda: taste.moves(known, many, scores))
    return Costs(
        examples=_RATED,
        encoded=encoding.seconds / len(photos),
        personal=moving.seconds / _MOVED,
    )


def _face(left: float, rng: np.random.Generator) -> Face:
    left, top = left + rng.normal(0, 0.005), 0.3 + rng.normal(0, 0.005)
    return Face(
        box=(left, top, left + 0.1, top + 0.15),
        confidence=0.9,
        width=600.0,
        measured_width=240.0,
        eyes=Eyes.CLOSED if rng.random() < 0.1 else Eyes.OPEN,
        openness=0.2,
        sharpness=float(rng.uniform(0.15, 0.25)),
    )


def _file(number: int, at: datetime, rng: np.random.Generator) -> IngestedFile:
    content_hash = hashlib.sha256(b"%d" % number).hexdigest()
    exif = Exif(taken_at=at, make="Maker", model="Model", serial="1", focal_length=50.0)
    photo = Photo(
        content_hash=content_hash,
        perceptual_hash=int(rng.integers(0, 2**63)),
        width=6000,
        height=4000,
        format="JPEG",
        exif=exif,
    )
    stamp = FileStamp(path=f"{FOLDER}/{number:06d}.jpg", size=1, mtime_ns=1)
    return IngestedFile(stamp=stamp, photo=photo)


def _answer(content_hash: str, view: np.ndarray, rng: np.random.Generator) -> Assessment:
    return Assessment(
        content_hash=content_hash,
        model="benchmark",
        model_revision=REVISION,
        score=float(rng.uniform(2, 9)),
        embedding=view.astype("<f2").tobytes(),
    )
