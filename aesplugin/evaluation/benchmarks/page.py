"""The review page over a large catalog: how long the server takes, at any place and filter."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aesplugin.assessment import Assessment, Attribute, Verdict
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile
from aesplugin.decision import Choice, Decision
from aesplugin.models.base import ModelCard
from aesplugin.photo import Exif, FileStamp, Photo

_BATCH = 2000
_PER_FOLDER = 500
_CAMERAS = ("Alpha", "Beta", "Gamma")
_ATTRIBUTES = {
    name: Attribute(0.5, "share", Verdict.GOOD)
    for name in ("exposure", "contrast", "colorfulness", "sharpness", "noise", "tilt")
}
USER = "benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTimes:
    """Milliseconds at the server, body included, of requests of one kind."""

    what: str
    requests: int
    median_ms: float
    p95_ms: float
    worst_ms: float


def fill(catalog: Catalog, card: ModelCard, *, photos: int) -> None:
    """Made-up rows of three cameras over a year; every tenth photo is decided."""
    for start in range(0, photos, _BATCH):
        items = [_ingested(n) for n in range(start, min(photos, start + _BATCH))]
        catalog.record_photos(items)
        catalog.record_assessments([_assessment(item.photo, card) for item in items])
        catalog.people.decide([_decision(item.photo.content_hash) for item in items[::10]])


def measure_page(
    ask: Callable[[str], int], *, photos: int, requests: int = 60, seed: int = 5
) -> list[PageTimes]:
    """Times `ask(address)`, which requests a page and returns its status.

    Raises:
        AssertionError: a page was not answered with 200.
    """
    chance = random.Random(seed)
    return [
        _timed(ask, what, [next(addresses) for _ in range(requests)])
        for what, addresses in _kinds(chance, photos).items()
    ]


def _kinds(chance: random.Random, photos: int) -> dict[str, Iterator[str]]:
    def endless(make: Callable[[], str]) -> Iterator[str]:
        while True:
            yield make()

    def window(query: str) -> Callable[[], str]:
        return lambda: f"/tiles?{query}&offset={chance.randrange(photos)}&limit=60"

    return {
        "gallery, first page": endless(lambda: "/"),
        "by score, anywhere": endless(window("order=score")),
        "by time, anywhere": endless(window("order=newest")),
        "one camera, one month": endless(
            lambda: (
                f"/?camera=Beta&taken_from=2025-{chance.randint(1, 9):02}-01"
                f"&taken_to=2025-{chance.randint(10, 12)}-28"
            )
        ),
        "picks of three stars": endless(lambda: "/?choice=pick&stars=3"),
        "undecided, score range": endless(
            lambda: f"/?choice=none&score_min={chance.uniform(1, 5):.1f}&score_max=8"
        ),
    }


def _timed(ask: Callable[[str], int], what: str, addresses: list[str]) -> PageTimes:
    took = []
    for address in addresses:
        began = time.perf_counter()
        status = ask(address)
        took.append(1000 * (time.perf_counter() - began))
        assert status == 200, f"{address} was answered with {status}"
    took.sort()
    return PageTimes(
        what=what,
        requests=len(took),
        median_ms=took[len(took) // 2],
        p95_ms=took[min(len(took) - 1, round(0.95 * len(took)))],
        worst_ms=took[-1],
    )


def _ingested(number: int) -> IngestedFile:
    digest = f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}".ljust(64, "0")  # spread, never in order
    photo = Photo(
        content_hash=digest,
        pixel_hash=digest,
        perceptual_hash=number,
        width=6000,
        height=4000,
        format="JPEG",
        exif=Exif(
            make="Maker",
            model=_CAMERAS[number % 3],
            taken_at=datetime(2025, 1, 1) + timedelta(minutes=5.2 * number % 525_600),
        ),
    )
    path = f"/photos/{number // _PER_FOLDER:04d}/IMG_{number:06d}.jpg"
    stamp = FileStamp(path=path, size=1, mtime_ns=1)
    return IngestedFile(stamp=stamp, photo=photo, attributes=_ATTRIBUTES)


def _assessment(photo: Photo, card: ModelCard) -> Assessment:
    return Assessment(
        content_hash=photo.content_hash,
        model=card.name,
        model_revision=card.revision,
        score=1 + int(photo.content_hash[:8], 16) % 9000 / 1000,
        comment="A calm picture with soft light from the left.",
    )


def _decision(content_hash: str) -> Decision:
    number = int(content_hash[:8], 16)
    choice = (Choice.PICK, Choice.REJECT)[number % 2]
    return Decision(content_hash=content_hash, user=USER, choice=choice, stars=number % 6)
