"""How long a catalog of 100,000 photos takes; the limits are for a machine with nothing else to do.

The second figure is the processor time of this process: on SQLite it holds on a busy machine too.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.photo import PhotoState
from tests.catalog.samples import (
    FULL_EXIF,
    REVISION,
    SUGGESTION,
    assessment,
    content_hash,
    ingested,
)

PHOTOS, BATCH = 100_000, 500
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def seconds(work: Callable[[], Any], repeats: int = 1) -> tuple[float, float]:
    """The best of a few: by the clock, and of the processor."""
    taken = []
    for _ in range(repeats):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - clock, time.process_time() - processor))
    return min(taken)


def fill(catalog: Catalog) -> Iterator[tuple[str, tuple[float, float]]]:
    embedding = bytes(2_560)
    for first in range(0, PHOTOS, BATCH):
        numbers = range(first, first + BATCH)
        items = [ingested(n, f"/photos/{n % 300}/{n}.jpg", exif=FULL_EXIF) for n in numbers]
        answers = [
            assessment(n, 1 + n * 7 % 9001 / 1000, suggestions=(SUGGESTION,), embedding=embedding)
            for n in numbers
        ]
        yield "photos", seconds(lambda items=items: catalog.record_photos(items))  # type: ignore[misc]
        yield "answers", seconds(lambda answers=answers: catalog.record_assessments(answers))  # type: ignore[misc]


def test_a_hundred_thousand_photos(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    spent = {"photos": [0.0, 0.0], "answers": [0.0, 0.0]}
    for kind, (clock, processor) in fill(catalog):
        spent[kind][0] += clock
        spent[kind][1] += processor
    revision = REVISION
    limits = {
        "rank 50": (lambda: catalog.rank(revision, limit=50), 0.1),
        "rank 50 from 50,000 on": (lambda: catalog.rank(revision, limit=50, offset=50_000), 0.5),
        "rank 50 of one folder": (lambda: catalog.rank(revision, under="/photos/7"), 1.0),
        "entry by path": (lambda: catalog.entry("/photos/7/7.jpg", revision), 0.05),
        "entry by hash": (lambda: catalog.entry(content_hash(7)[:12], revision), 0.05),
        "known files": (lambda: catalog.known_files(revision), 2.0),
        "counts": (lambda: catalog.counts(revision), 1.0),
        "pending": (lambda: catalog.pending("another", limit=100), 2.0),
        "last failures": (lambda: catalog.last_failures(revision), 1.0),
        "all entries": (lambda: sum(1 for _ in catalog.entries(revision)), 60.0),
    }
    figures = {name: seconds(work, 3) for name, (work, _) in limits.items()}
    with capsys.disabled():
        print()  # noqa: T201 - the figures are what this test is run for
        for name, (clock, processor) in [*spent.items(), *figures.items()]:
            print(f"  {name}: {clock * 1000:.1f} ms, {processor * 1000:.1f} ms")  # noqa: T201
    assert catalog.counts(revision)[PhotoState.ASSESSED] == PHOTOS
    assert {name for name, (_, limit) in limits.items() if figures[name][0] > limit} == set()
