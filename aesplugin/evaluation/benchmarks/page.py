"""The review page over a large catalog: how long the server takes, at any place and filter."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aesplugin.assessment import Assessment, Attribute, Verdict
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import ByMeasure, Measure, Order
from aesplugin.catalog.records import IngestedFile, Preference
from aesplugin.decision import Choice, Decision
from aesplugin.models.base import ModelCard
from aesplugin.photo import Exif, FileStamp, Photo

_BATCH = 2000
_PER_FOLDER = 500
_UNSCORED = 200  # of so many photos one waits
_CAMERAS = ("Alpha", "Beta", "Gamma")
USER = "benchmark"
# Made-up float16 embeddings without infinities: the exponent's upper bits are kept low.
_SMALL = bytes(byte & 0b10111011 for byte in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTimes:
    """Milliseconds at the server, body included, of requests of one kind.

    `p95_cpu_ms` is processor time of this process, which a busy machine lengthens little.
    """

    what: str
    requests: int
    median_ms: float
    p95_ms: float
    worst_ms: float
    p95_cpu_ms: float


def fill(catalog: Catalog, card: ModelCard, *, photos: int) -> None:
    """Made-up rows of three cameras over a year; every tenth is decided, a few have no score."""
    for start in range(0, photos, _BATCH):
        numbers = range(start, min(photos, start + _BATCH))
        items = [_ingested(n) for n in numbers]
        catalog.record_photos(items)
        scored = [item.photo for n, item in zip(numbers, items, strict=True) if n % _UNSCORED]
        catalog.record_assessments([_assessment(photo, card) for photo in scored])
        catalog.people.decide([_decision(item.photo.content_hash) for item in items[::10]])
    liked = [_ingested(n).photo.content_hash for n in range(1, min(photos, 40))]
    catalog.people.prefer(
        USER, [Preference(content_hash=h, rating=1 + n % 5) for n, h in enumerate(liked)]
    )


def measure_page(
    ask: Callable[[str], int], *, photos: int, requests: int = 60, seed: int = 5
) -> Iterator[PageTimes]:
    """Times `ask(address)`, which requests a page and returns its status; one kind at a time.

    Raises:
        AssertionError: a page was not answered with 200.
    """
    chance = random.Random(seed)
    for what, make in _kinds(chance, photos).items():
        yield _timed(ask, what, [make() for _ in range(requests)])


def _kinds(chance: random.Random, photos: int) -> dict[str, Callable[[], str]]:
    """Every order and every filter the page offers: its first page, and a window anywhere."""
    orders = [*(order.value for order in Order), ByMeasure(Measure.SUBJECT_SHARPNESS).value]

    def page(query: Callable[[], str]) -> Callable[[], str]:
        return lambda: f"/?order={chance.choice(orders)}&{query()}"

    def anywhere(query: str, count: int) -> Callable[[], str]:
        return lambda: f"/tiles?{query}&offset={chance.randrange(count)}&limit=60"

    kinds = {f"sorted by {order}, first page": _always(f"/?order={order}") for order in orders}
    for order in orders:
        kinds[f"sorted by {order}, anywhere"] = anywhere(f"order={order}", photos)
    for what, query in _filters(chance, photos).items():
        kinds[f"{what}, any order"] = page(query)
    kinds["undecided, anywhere"] = anywhere("choice=none", int(0.9 * photos))
    return kinds


def _filters(chance: random.Random, photos: int) -> dict[str, Callable[[], str]]:
    def month() -> str:
        number = chance.randint(1, 12)
        return f"taken_from=2025-{number:02}-01&taken_to=2025-{number:02}-28"

    def folder() -> str:
        return f"folder=/photos/{chance.randrange(1 + photos // _PER_FOLDER):04}"

    def scores() -> str:
        return f"score_min={chance.uniform(1, 5):.1f}&score_max={chance.uniform(6, 10):.1f}"

    return {
        "picked": _always("choice=pick"),
        "rejected": _always("choice=reject"),
        "undecided": _always("choice=none"),
        "three stars or more": _always("stars=3"),
        "no stars": _always("stars=0"),
        "favourites": _always("favorite=1"),
        "one camera": lambda: f"camera={chance.choice(_CAMERAS)}",
        "one month": month,
        "one folder": folder,
        "all in one folder": _always("folder=/photos"),
        "score range": scores,
        "a word few have": lambda: f"q={chance.randrange(photos):06}",
        "a word a third has": lambda: f"q={chance.choice(_CAMERAS)}",
        "words all have": _always("q=calm+light+jpg"),
        "words and a month": lambda: f"q={chance.choice(_CAMERAS)}+monday&{month()}",
        "pending": _always("shown=pending"),
        "quarantined": _always("shown=quarantined"),
        "all filters": lambda: (
            f"choice=none&stars=0&camera=Beta&folder=/photos&{month()}&{scores()}"
        ),
    }


def _always(address: str) -> Callable[[], str]:
    return lambda: address


def _timed(ask: Callable[[str], int], what: str, addresses: list[str]) -> PageTimes:
    took, worked = [], []
    for address in addresses:
        began, began_work = time.perf_counter(), time.process_time()
        status = ask(address)
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - began_work))
        assert status == 200, f"{address} was answered with {status}"
    took.sort()
    worked.sort()
    late = min(len(took) - 1, round(0.95 * len(took)))
    return PageTimes(
        what=what,
        requests=len(took),
        median_ms=took[len(took) // 2],
        p95_ms=took[late],
        worst_ms=took[-1],
        p95_cpu_ms=worked[late],
    )


def _ingested(number: int) -> IngestedFile:
    digest = f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}".ljust(64, "0")  # spread, never in order
    photo = Photo(
        content_hash=digest,
        perceptual_hash=number,
        width=6000,
        height=4000,
        format="JPEG",
        exif=Exif(
            make="Maker",
            model=_CAMERAS[number % 3],
            taken_at=_taken_at(number),
        ),
    )
    path = f"/photos/{number // _PER_FOLDER:04d}/IMG_{number:06d}.jpg"
    stamp = FileStamp(path=path, size=1, mtime_ns=1)
    return IngestedFile(stamp=stamp, photo=photo, attributes=_measured(number))


def _measured(number: int) -> dict[str, Attribute]:
    """A value of each, in no order, and no two alike."""
    return {
        measure.value: Attribute(100 * (number * 0.618034 + place / 14) % 100, "%", Verdict.GOOD)
        for place, measure in enumerate(Measure)
    }


def _taken_at(number: int) -> datetime | None:
    """Within a year; every fiftieth camera has lost its clock."""
    if number % 50 == 0:
        return None
    return datetime(2025, 1, 1) + timedelta(minutes=5.2 * number % 525_600)


def _assessment(photo: Photo, card: ModelCard) -> Assessment:
    return Assessment(
        content_hash=photo.content_hash,
        model=card.name,
        model_revision=card.revision,
        score=1 + int(photo.content_hash[:8], 16) % 9000 / 1000,
        comment="A calm picture with soft light from the left.",
        embedding=bytes.fromhex(photo.content_hash[:16]).translate(_SMALL) * 4,
    )


def _decision(content_hash: str) -> Decision:
    number = int(content_hash[:8], 16)
    choice = (Choice.PICK, Choice.REJECT)[number % 2]
    return Decision(
        content_hash=content_hash,
        user=USER,
        choice=choice,
        stars=number % 6,
        favorite=number % 4 == 0,
    )
