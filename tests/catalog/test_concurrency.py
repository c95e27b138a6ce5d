"""Several processes on one catalog, some of them killed."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

from aesplugin.catalog import files
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import connect
from aesplugin.photo import PhotoState
from tests.catalog.children import all_at_once, child
from tests.catalog.samples import REVISION, assessment, content_hash, ingested

WRITERS, BATCHES, BATCH = 8, 5, 20


def write_much(target: str, writer: int) -> int:
    """Every writer has files of its own, and the same photos and answers as all others."""
    new = 0
    with Catalog.open(target) as catalog:
        for batch in range(BATCHES):
            numbers = range(batch * BATCH, (batch + 1) * BATCH)
            catalog.record_photos([ingested(n, f"/{writer}/{n}.jpg") for n in numbers])
            new += catalog.record_assessments([assessment(n) for n in numbers])
    return new


def test_eight_processes_write_at_once_and_nothing_is_lost_or_doubled(ready: str) -> None:
    new = all_at_once(write_much, [(ready, writer) for writer in range(WRITERS)])
    assert sum(new) == BATCHES * BATCH
    with Catalog.open(ready) as catalog:
        assert catalog.counts(REVISION)[PhotoState.ASSESSED] == WRITERS * BATCHES * BATCH
        assert len(catalog.rank(REVISION, limit=1_000)) == BATCHES * BATCH


def write_in_order(target: str, writer: int) -> int:
    numbers = list(range(400))[:: 1 if writer % 2 else -1]
    with Catalog.open(target) as catalog:
        for _ in range(3):
            catalog.record_photos([ingested(n) for n in numbers])
    return writer


def test_writers_in_opposite_orders_do_not_wait_for_each_other_for_ever(ready: str) -> None:
    assert all_at_once(write_in_order, [(ready, writer) for writer in range(4)]) == [0, 1, 2, 3]


def fail_much(target: str) -> list[int]:
    with Catalog.open(target) as catalog:
        return [catalog.record_model_failure(content_hash(1), REVISION, "x") for _ in range(10)]


def test_failures_counted_by_several_processes_all_count(ready: str) -> None:
    with Catalog.open(ready) as catalog:
        catalog.record_photos([ingested(1)])
    counted = all_at_once(fail_much, [(ready,)] * 4)
    assert max(max(numbers) for numbers in counted) == 40


def open_and_count(target: str) -> int:
    with Catalog.open(target) as catalog:
        return sum(catalog.counts(REVISION).values())


def test_processes_that_create_the_same_catalog_all_succeed(target: str) -> None:
    assert all_at_once(open_and_count, [(target,)] * 6) == [0] * 6


def test_many_threads_share_one_catalog(catalog: Catalog) -> None:
    def work(number: int) -> int:
        catalog.record_photos([ingested(number)])
        return len(catalog.known_files(REVISION))

    with ThreadPoolExecutor(24) as threads:  # more than the pool has connections
        seen = list(threads.map(work, range(96)))
    assert max(seen) == 96


def die_in_a_transaction(pipe: Connection, target: str) -> None:
    database = connect(target)
    with database.writing() as connection:
        files.record_photos(connection, [ingested(number) for number in range(1_000)])
        pipe.send("written, not committed")
        pipe.recv()  # for ever


def test_a_writer_killed_in_a_transaction_leaves_nothing_half_done(ready: str) -> None:
    with Catalog.open(ready) as catalog:
        catalog.record_photos([ingested(5_000)])
        with child(die_in_a_transaction, ready) as (process, pipe):
            assert pipe.recv() == "written, not committed"
            assert len(catalog.known_files(REVISION)) == 1  # readers are not held up
            process.kill()
            process.join()
            catalog.record_photos([ingested(5_001)])
        assert set(catalog.known_files(REVISION)) == {"/photos/005000.jpg", "/photos/005001.jpg"}


def write_for_ever(pipe: Connection, target: str) -> None:
    with Catalog.open(target) as catalog:
        for batch in range(10_000):
            first = batch * BATCH
            catalog.record_photos([ingested(n) for n in range(first, first + BATCH)])
            pipe.send(batch + 1)


def test_what_was_committed_before_a_kill_is_kept_whole(ready: str) -> None:
    with child(write_for_ever, ready) as (process, pipe):
        committed = 0
        while committed < 10:
            committed = pipe.recv()
        process.kill()
        process.join()
        while pipe.poll():
            try:
                committed = pipe.recv()
            except EOFError:
                break
    with Catalog.open(ready) as catalog:
        known = len(catalog.known_files(REVISION))
        assert known % BATCH == 0
        assert known // BATCH in (committed, committed + 1)  # killed before it could tell
        catalog.record_photos([ingested(999_999)])


def test_a_killed_writer_leaves_a_sound_file(sqlite_file: Path) -> None:
    with child(write_for_ever, str(sqlite_file)) as (process, pipe):
        while pipe.recv() < 5:
            pass
        process.kill()
        process.join()
    with sqlite3.connect(sqlite_file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
