"""Large made-up catalogs: how long ranking by taste and culling take from stored embeddings."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from aesplugin.assessment import Assessment
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile, Preference
from aesplugin.photo import Exif, FileStamp, Photo

USER = "benchmark"
REVISION = "benchmark-1"
FOLDER = "/benchmark"
_PORTION = 5000
_DIMS = 384
_PER_BURST = 4
_RATED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds for one step over `photos` photos."""

    photos: int
    seconds: float


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
    began = time.perf_counter()
    catalog.people.prefer(USER, [Preference(content_hash=hashes[-1], favorite=True)])
    rank()
    return Timing(photos=len(hashes), seconds=time.perf_counter() - began)


def time_once(photos: int, job: Callable[[], object]) -> Timing:
    """Seconds for `job`."""
    began = time.perf_counter()
    job()
    return Timing(photos=photos, seconds=time.perf_counter() - began)


def _file(number: int, at: datetime, rng: np.random.Generator) -> IngestedFile:
    content_hash = hashlib.sha256(b"%d" % number).hexdigest()
    exif = Exif(taken_at=at, make="Maker", model="Model", serial="1", focal_length=50.0)
    photo = Photo(
        content_hash=content_hash,
        pixel_hash=content_hash,
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
