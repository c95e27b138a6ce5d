import hashlib

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import PublishItem, RunKind
from aesplugin.decision import Decision
from aesplugin.errors import CatalogError, UsageError
from tests.catalog.samples import content_hash, ingested


def written(path: str, before: bytes | None, after: bytes) -> PublishItem:
    return PublishItem(path=path, before=before, after_hash=hashlib.sha256(after).hexdigest())


def test_a_run_from_its_begin_to_its_end(catalog: Catalog) -> None:
    number = catalog.runs.begin(RunKind.PUBLISH, "to /photos")
    run = catalog.runs.find(number)
    assert (run.id, run.kind, run.note) == (number, RunKind.PUBLISH, "to /photos")
    assert (run.finished_at, run.undone_at) == (None, None)
    assert run.started_at.tzinfo is not None
    catalog.runs.finish(number)
    catalog.runs.mark_undone(number)
    run = catalog.runs.find(number)
    assert run.finished_at is not None
    assert run.undone_at is not None
    assert run.started_at <= run.finished_at <= run.undone_at


def test_the_latest_runs_of_a_kind(catalog: Catalog) -> None:
    numbers = [catalog.runs.begin(RunKind.PUBLISH) for _ in range(3)]
    catalog.runs.begin(RunKind.DECIDE)
    assert [r.id for r in catalog.runs.latest(RunKind.PUBLISH, limit=2)] == numbers[:0:-1]


def test_what_was_published_comes_back_with_the_bytes_before(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1)])
    run = catalog.runs.begin(RunKind.PUBLISH)
    items = [
        written("/photos/\udcff.jpg.xmp", None, b"new"),
        PublishItem(
            path="/photos/1.jpg.xmp",
            before=b"\0old\xff",
            after_hash="0" * 64,
            content_hash=content_hash(1),
        ),
    ]
    catalog.runs.record_published(run, items)
    assert catalog.runs.published(run) == [items[1], items[0]]
    other = catalog.runs.begin(RunKind.PUBLISH)
    assert catalog.runs.published(other) == []


def test_the_first_record_of_a_path_stays(catalog: Catalog) -> None:
    """A run repeated after a crash must not take its own output for the original."""
    run = catalog.runs.begin(RunKind.PUBLISH)
    catalog.runs.record_published(run, [written("/p.xmp", b"original", b"ours")])
    catalog.runs.record_published(run, [written("/p.xmp", b"ours", b"ours")])
    assert [item.before for item in catalog.runs.published(run)] == [b"original"]


def test_a_run_whose_last_file_is_withdrawn_is_none(catalog: Catalog) -> None:
    run = catalog.runs.begin(RunKind.PUBLISH)
    items = [written(f"/{name}.xmp", None, b"ours") for name in "ab"]
    catalog.runs.record_published(run, items)
    assert catalog.runs.withdraw_published(run, "/a.xmp")
    assert catalog.runs.published(run) == [items[1]]
    assert not catalog.runs.withdraw_published(run, "/b.xmp")
    assert catalog.runs.latest(RunKind.PUBLISH) == []


def test_the_last_standing_run_that_wrote_over_another(catalog: Catalog) -> None:
    first, second, third, other = (catalog.runs.begin(RunKind.PUBLISH) for _ in range(4))
    for run, names in ((first, "ab"), (second, "b"), (third, "bc"), (other, "c")):
        items = [written(f"/{name}.xmp", None, b"ours") for name in names]
        catalog.runs.record_published(run, items)
    assert catalog.runs.written_over(first) == (third, "/b.xmp")
    catalog.runs.mark_undone(third)
    assert catalog.runs.written_over(first) == (second, "/b.xmp")
    catalog.runs.mark_undone(second)
    assert catalog.runs.written_over(first) is None
    assert catalog.runs.written_over(other) is None


def test_an_unknown_run_is_named(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1)])
    for ask in (catalog.runs.find, catalog.runs.finish, catalog.runs.undo_decisions):
        with pytest.raises(UsageError, match="no run 77"):
            ask(77)
    with pytest.raises(CatalogError):
        catalog.runs.record_published(77, [written("/p.xmp", None, b"")])
    with pytest.raises(CatalogError):
        catalog.people.decide([Decision(content_hash=content_hash(1), user="ann")], run_id=77)
