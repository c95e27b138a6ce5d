"""A large catalog: the time to rank, and to see that an unchanged tree has nothing new."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from aesplugin.assessment import Assessment, Attribute, Verdict
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile
from aesplugin.models.base import ModelCard
from aesplugin.photo import Exif, FileStamp, Photo

T = TypeVar("T")

_BATCH = 2000
_FILES_PER_FOLDER = 500
_ATTRIBUTES = {
    name: Attribute(0.5, "share", Verdict.GOOD)
    for name in ("exposure", "contrast", "colorfulness", "subject_sharpness", "noise", "tilt")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogReport:
    """Seconds of wall time each; `rank` is the best 50 photos, `rescan` an unchanged tree."""

    photos: int
    fill_seconds: float
    open_seconds: float
    rank_seconds: float
    rescan_seconds: float
    catalog_mb: float


def measure_catalog(
    work: Path, *, photos: int, card: ModelCard, rescan: Callable[[Catalog, str], int]
) -> CatalogReport:
    """Fills a catalog with `photos` made-up rows for a real tree of empty files, then times it.

    `rescan(catalog, folder)` plans a run over the tree and returns how many files it would do
    again: any but 0 is an error of the benchmark.
    """
    folder, target = work / "photos", work / "catalog.sqlite3"
    began = time.perf_counter()
    with Catalog.open(target) as catalog:
        for stamps in _batches(folder, photos):
            items = [_ingested(stamp) for stamp in stamps]
            catalog.record_photos(items)
            catalog.record_assessments([_assessment(item.photo, card) for item in items])
    filled = time.perf_counter() - began
    opened, catalog = _timed(lambda: Catalog.open(target))
    with catalog:
        ranked, best = _timed(lambda: catalog.rank(card.revision, limit=50))
        assert len(best) == min(50, photos)
        rescanned, again = _timed(lambda: rescan(catalog, str(folder)))
        assert again == 0, f"{again} unchanged files would be scored again"
    return CatalogReport(
        photos=photos,
        fill_seconds=filled,
        open_seconds=opened,
        rank_seconds=ranked,
        rescan_seconds=rescanned,
        catalog_mb=target.stat().st_size / 2**20,
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _batches(folder: Path, photos: int) -> Iterator[list[FileStamp]]:
    stamps: list[FileStamp] = []
    for number in range(photos):
        path = folder / f"{number // _FILES_PER_FOLDER:04d}" / f"IMG_{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        facts = os.stat(path)
        stamps.append(FileStamp.of(str(path), facts))
        if len(stamps) == _BATCH:
            yield stamps
            stamps = []
    if stamps:
        yield stamps


def _ingested(stamp: FileStamp) -> IngestedFile:
    number = int(Path(stamp.path).stem.removeprefix("IMG_"))
    digest = f"{number * 2654435761 % 2**64:064x}"  # spread over the range, so never in order
    photo = Photo(
        content_hash=digest,
        perceptual_hash=number,
        width=4000,
        height=3000,
        format="JPEG",
        exif=Exif(make="Maker", model="Model", iso=100 + number % 6400),
    )
    return IngestedFile(stamp=stamp, photo=photo, attributes=_ATTRIBUTES)


def _assessment(photo: Photo, card: ModelCard) -> Assessment:
    return Assessment(
        content_hash=photo.content_hash,
        model=card.name,
        model_revision=card.revision,
        score=1 + int(photo.content_hash[-6:], 16) % 9000 / 1000,
        embedding=bytes(512),
    )
