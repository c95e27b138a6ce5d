"""Taking a run back: what it wrote goes, what others wrote since stays."""

import os
import random
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import UsageError
from aesplugin.services.publish import Outcome, Publisher, PublishOptions
from tests.services.publishing.builders import ALL, publish, put, runs_of
from tests.sidecars.samples import foreign, style


def test_undo_brings_bytes_back_and_removes_what_was_new(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    for number, name in enumerate(("darktable", "digikam", "lightroom", "new")):
        put(catalog, folder / f"{name}.CR2", number)
        if name != "new":
            (folder / f"{name}.CR2.xmp").write_bytes(style(name))
    publish(publisher)
    results = list(publisher.unpublish(1))
    assert {r.outcome for r in results} == {Outcome.RESTORED}
    for name in ("darktable", "digikam", "lightroom"):
        assert (folder / f"{name}.CR2.xmp").read_bytes() == style(name)
    assert not (folder / "new.CR2.xmp").exists()
    with pytest.raises(UsageError, match="already undone"):
        list(publisher.unpublish(1))


def test_undo_keeps_what_another_program_wrote_since(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.CR2", 1)
    sidecar = folder / "a.CR2.xmp"
    sidecar.write_bytes(style("lightroom"))
    publish(publisher)
    sidecar.write_bytes(sidecar.read_bytes().replace(b'"+0.45"', b'"+1.00"'))
    (result,) = publisher.unpublish(1)
    assert result.outcome is Outcome.MERGED_BACK
    wanted = style("lightroom").replace(b'"+0.45"', b'"+1.00"')
    assert foreign(sidecar.read_bytes()) == foreign(wanted)
    assert b"aesplugin" not in sidecar.read_bytes()


def test_undoing_runs_one_after_the_other(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.CR2", 1)
    publish(publisher, PublishOptions())
    first = (folder / "a.CR2.xmp").read_bytes()
    publish(publisher, ALL)
    list(publisher.unpublish(2))
    assert (folder / "a.CR2.xmp").read_bytes() == first
    list(publisher.unpublish(1))
    assert os.listdir(folder) == ["a.CR2"]


def test_a_run_that_a_standing_one_wrote_over_is_not_taken_back(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.CR2", 1)
    publish(publisher, PublishOptions())
    publish(publisher, PublishOptions(tags=True))
    put(catalog, folder / "b.CR2", 2)
    publish(publisher, PublishOptions(tags=True))  # run 3 wrote another file only
    before = (folder / "a.CR2.xmp").read_bytes()
    for dry_run in (True, False):
        with pytest.raises(UsageError, match=r"run 2 wrote .*a\.CR2\.xmp after run 1.*unpublish 2"):
            list(publisher.unpublish(1, dry_run=dry_run))
    assert (folder / "a.CR2.xmp").read_bytes() == before
    list(publisher.unpublish(2))
    list(publisher.unpublish(1))
    assert not (folder / "a.CR2.xmp").exists() and (folder / "b.CR2.xmp").exists()


def test_undo_of_a_deleted_sidecar_does_not_bring_it_back(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.CR2", 1)
    publish(publisher)
    (folder / "a.CR2.xmp").unlink()
    (result,) = publisher.unpublish(1)
    assert result.outcome is Outcome.GONE
    assert os.listdir(folder) == ["a.CR2"]


def test_random_order_of_publish_and_undo_ends_where_it_began(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    chance = random.Random(7)
    originals = {}
    for number, name in enumerate(("darktable", "digikam", "lightroom")):
        put(catalog, folder / f"{name}.CR2", number)
        (folder / f"{name}.CR2.xmp").write_bytes(style(name))
        originals[f"{name}.CR2.xmp"] = style(name)
    for _ in range(6):
        options = PublishOptions(
            ratings=chance.random() < 0.5,
            tags=chance.random() < 0.5,
            description=chance.random() < 0.5,
        )
        publish(publisher, options)
    for run in runs_of(catalog):
        list(publisher.unpublish(run.id))
    assert {n: (folder / n).read_bytes() for n in originals} == originals
