"""A run asks the catalog about what it was given, whatever else the catalog holds."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from aesplugin.jobs import InlineQueue, Job, JobData
from aesplugin.services.pipeline.handlers import bound_to
from aesplugin.services.pipeline.messages import AssessJob, RecordJob
from aesplugin.services.pipeline.score import InProcess, ScoredFile, ScoreRun
from tests.catalog.counting import CountingCatalog, fill
from tests.workers.fakes import FakeParts, write_photo

_OTHERS = 3000


class _Large(FakeParts):
    """Photos beside a few thousand others, all in one folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.counting = CountingCatalog.open(home / "catalog.sqlite3")
        self.__dict__["catalog"] = self.counting
        self.others = home / "photos"
        fill(self.catalog, self.others, _OTHERS)

    def score(self, *paths: str) -> Sequence[ScoredFile]:
        """What is reported, with the count begun anew."""
        self.counting.reset()
        run = ScoreRun(self, InProcess(self))
        return list(run.run(run.plan(paths)))


@pytest.fixture
def large(tmp_path: Path) -> _Large:
    return _Large(tmp_path)


def test_one_photo_asks_about_that_photo(large: _Large) -> None:
    path = write_photo(large.others / "00" / "new.jpg", 1)
    assert [file.fresh for file in large.score(path)] == [True]
    assert large.counting.read < 10
    assert [file.fresh for file in large.score(path)] == [False]
    assert large.counting.read < 10


def test_a_folder_asks_about_that_folder(large: _Large, tmp_path: Path) -> None:
    folder = tmp_path / "trip"
    for number in range(3):
        write_photo(folder / f"{number}.jpg", number)
    assert len(large.score(str(folder))) == 3
    assert (
        large.counting.read < 3 + 3 + _OTHERS / 100 + 10
    )  # and the folders, for links to this one
    assert len(large.score(str(folder))) == 3
    assert large.counting.read < 10


def test_a_photo_moved_far_away_loses_its_old_name(large: _Large, tmp_path: Path) -> None:
    old = write_photo(large.others / "07" / "new.jpg", 1)
    write_photo(large.others / "07" / "stays.jpg", 2)
    large.score(old, str(large.others / "07" / "stays.jpg"))
    new = tmp_path / "elsewhere.jpg"
    os.rename(old, new)
    large.score(str(new))
    entry = large.catalog.entry(str(new), large.card.revision)
    assert entry is not None and entry.paths == (str(new),)
    assert large.counting.read < _OTHERS / 100 + 10


class _NotingQueue(InlineQueue):
    """Notes what it is given, and in which form."""

    def __init__(self, parts: FakeParts) -> None:
        super().__init__(bound_to(parts))
        self.sent: list[type] = []

    def send(self, job: Job, payload: JobData, *, delay: float = 0.0) -> None:
        self.sent.append(type(payload))
        super().send(job, payload, delay=delay)


def test_within_a_process_messages_are_not_encoded(tmp_path: Path) -> None:
    parts = FakeParts(tmp_path)
    parts.given_queue = queue = _NotingQueue(parts)
    paths = [write_photo(tmp_path / "w" / f"{number}.jpg", number) for number in range(3)]
    run = ScoreRun(parts, InProcess(parts))
    assert {file.state for file in run.run(run.plan(paths))} == {"assessed"}
    assert queue.sent == [AssessJob, RecordJob]
