"""The window: never too much in flight, nothing lost, an end in any case."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aesplugin.catalog.records import KnownFile
from aesplugin.photo import FileStamp, PhotoState
from aesplugin.services.pipeline.feed import NO_ANSWER, Feeder, Limits
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.services.pipeline.messages import IngestJob
from tests.workers.fakes import HoldingQueue

UNAVAILABLE = (PhotoState.MISSING, PhotoState.UNREADABLE)


class Notebook:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.known: dict[str, KnownFile] = {}

    def known_files(
        self, model_revision: str, *, paths: Collection[str]
    ) -> Mapping[str, KnownFile]:
        return {path: self.known[path] for path in paths if path in self.known}

    def expect(self, paths: Collection[str]) -> None:
        for path in paths:
            if path in self.known and self.known[path].state in UNAVAILABLE:
                del self.known[path]

    def settle(self, stamp: FileStamp, state: PhotoState = PhotoState.ASSESSED) -> None:
        self.known[stamp.path] = KnownFile(
            size=stamp.size,
            mtime_ns=stamp.mtime_ns,
            state=state,
            reason=None,
            content_hash=None,
        )


class Bench:
    """A feeder with a clock, a queue and a ledger in hand."""

    def __init__(self, *, window: int = 8, chunk: int = 4, watched: bool = False) -> None:
        self.now = 0.0
        self.queue = HoldingQueue()
        self.ledger = Notebook()
        self.feeder = Feeder(
            ledger=self.ledger,
            queue=self.queue,
            revision="r",
            limits=Limits(window=window, chunk=chunk, lease=100.0, watched=watched),
            clock=lambda: self.now,
        )

    def sent(self) -> list[tuple[str, ...]]:
        return [IngestJob.of(payload).paths for _, payload in self.queue.jobs]


def _stamps(count: int) -> list[FileStamp]:
    return [FileStamp(path=f"/p/{n}.jpg", size=1, mtime_ns=n) for n in range(count)]


def test_the_window_is_filled_in_whole_chunks_and_refilled_as_files_finish() -> None:
    bench, stamps = Bench(), _stamps(20)
    for stamp in stamps:
        bench.feeder.offer(stamp)
    bench.feeder.step()
    assert [len(paths) for paths in bench.sent()] == [4, 4]
    for stamp in stamps[:3]:
        bench.ledger.settle(stamp)
    assert len(bench.feeder.step()) == 3
    assert len(bench.sent()) == 2  # no room for a whole chunk yet
    bench.ledger.settle(stamps[3])
    bench.feeder.step()
    assert len(bench.sent()) == 3
    assert bench.feeder.unfinished == 16


def test_photos_that_trickle_in_are_gathered_while_the_workers_are_busy() -> None:
    bench, stamps = Bench(window=100), _stamps(9)
    for number, stamp in enumerate(stamps):
        bench.now = 0.2 * number
        bench.feeder.offer(stamp)
        bench.feeder.step()
    # The first at once, since nobody is busy; then whole chunks.
    assert [len(paths) for paths in bench.sent()] == [1, 4, 4]
    bench.feeder.offer(_stamps(10)[9])
    bench.feeder.step()
    assert len(bench.sent()) == 3
    bench.now += 1.1
    bench.feeder.step()
    assert [len(paths) for paths in bench.sent()] == [1, 4, 4, 1]  # but not for long


def test_a_pending_file_is_not_finished_and_a_failed_one_is() -> None:
    bench, (one, two) = Bench(), _stamps(2)
    bench.feeder.offer(one)
    bench.feeder.offer(two)
    bench.feeder.step()
    bench.ledger.settle(one, PhotoState.PENDING)
    bench.ledger.settle(two, PhotoState.DAMAGED)
    assert [file.state for file in bench.feeder.step()] == [PhotoState.DAMAGED]
    assert bench.feeder.unfinished == 1


def test_an_emptied_broker_is_noticed_and_its_files_are_sent_again(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"x")
    bench = Bench()
    stamp = stamp_of(str(file))
    assert stamp is not None
    bench.feeder.offer(stamp)
    bench.feeder.step()
    bench.queue.jobs.clear()
    for bench.now in (1.0, 2.0, 2.9):
        bench.feeder.step()
        assert bench.sent() == []  # it may just be between two jobs
    bench.now = 3.1
    bench.feeder.step()
    assert bench.sent() == [(str(file),)]


def test_a_file_nobody_answers_for_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"x")
    bench = Bench()
    stamp = stamp_of(str(file))
    assert stamp is not None
    bench.feeder.offer(stamp)
    finished = []
    for bench.now in range(100):  # type: ignore[assignment]
        finished += bench.feeder.step()
        bench.queue.jobs.clear()
    assert [(f.state, f.reason) for f in finished] == [(PhotoState.PENDING, NO_ANSWER)]
    assert bench.feeder.unfinished == 0


@pytest.mark.parametrize("watched", [True, False])
def test_a_deleted_file_is_dropped_by_a_watcher_only(watched: bool) -> None:
    bench = Bench(watched=watched)
    bench.feeder.offer(_stamps(1)[0])
    bench.feeder.step()
    bench.queue.jobs.clear()
    for bench.now in (1.0, 4.0):
        bench.feeder.step()
    assert bench.feeder.unfinished == (0 if watched else 1)


def test_a_single_lost_file_is_noticed_while_others_flow(tmp_path: Path) -> None:
    bench = Bench(window=2, chunk=1)
    stamps = []
    for number in range(4):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
        stamp = stamp_of(str(tmp_path / f"{number}.jpg"))
        assert stamp is not None
        stamps.append(stamp)
    bench.feeder.offer(stamps[0])  # its message is lost; the queue is never empty
    bench.feeder.step()
    for number, bench.now in ((1, 60.0), (2, 120.0), (3, 180.0)):
        bench.feeder.offer(stamps[number])
        bench.feeder.step()
        bench.ledger.settle(stamps[number])
        bench.feeder.step()
    assert [paths[0] for paths in bench.sent()].count(stamps[0].path) == 2


@settings(max_examples=60, deadline=None)
@given(
    window=st.integers(1, 12),
    chunk=st.integers(1, 5),
    plan=st.lists(st.sampled_from(["offer", "finish", "lose", "wait"]), max_size=60),
)
def test_whatever_happens_the_window_holds_and_everything_ends(
    window: int, chunk: int, plan: list[str]
) -> None:
    bench = Bench(window=window, chunk=min(chunk, window), watched=True)
    stamps = _stamps(60)
    offered = 0
    finished: list[str] = []
    for action in [*plan, *["wait"] * 40]:
        if action == "offer":
            bench.feeder.offer(stamps[offered])
            offered += 1
        elif action == "finish" and bench.queue.jobs:
            _, payload = bench.queue.jobs.pop(0)
            for path in IngestJob.of(payload).paths:
                bench.ledger.settle(next(one for one in stamps if one.path == path))
        elif action == "lose":
            bench.queue.jobs.clear()
        bench.now += 1.0
        finished += [file.path for file in bench.feeder.step()]
        assert len({path for paths in bench.sent() for path in paths}) <= window
    assert len(set(finished)) == len(finished)
