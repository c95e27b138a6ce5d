"""What publishing writes beside the photos, and where."""

import os
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.publish import Outcome, Publisher
from tests.services.publishing.builders import publish, put, runs_of, state
from tests.sidecars.samples import style


def test_writes_beside_the_photo_and_leaves_the_photo(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    original = folder / "IMG.CR2"
    original.write_bytes(b"raw bytes")
    before = state(original)
    put(catalog, original, 1)
    (result,) = publish(publisher)
    assert result.outcome is Outcome.WRITTEN
    assert result.sidecar == f"{original}.xmp"
    assert original.read_bytes() == b"raw bytes"
    assert state(original) == before
    assert sorted(os.listdir(folder)) == ["IMG.CR2", "IMG.CR2.xmp"]


def test_a_second_run_writes_nothing_and_is_no_run(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.jpg", 1)
    publish(publisher)
    written = state(folder / "a.jpg.xmp")
    (again,) = publish(publisher)
    assert again.outcome is Outcome.UNCHANGED
    assert state(folder / "a.jpg.xmp") == written
    assert [run.id for run in runs_of(catalog)] == [1]


def test_a_dry_run_names_the_differences_and_touches_nothing(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.jpg", 1)
    (result,) = publish(publisher, dry_run=True)
    assert result.outcome is Outcome.WRITTEN
    assert ("aes:Score", None, "7.00") in [(c.field, c.before, c.after) for c in result.changes]
    assert os.listdir(folder) == ["a.jpg"]
    assert runs_of(catalog) == []


def test_a_run_that_wrote_nothing_is_no_run(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    """A link into a folder that is not there cannot be written through."""
    for number, name in enumerate(("bad", "good")):
        put(catalog, folder / f"{name}.jpg", number)
    (folder / "bad.jpg.xmp").symlink_to(folder / "none" / "bad.xmp")
    assert [r.outcome for r in publish(publisher)] == [Outcome.REFUSED, Outcome.WRITTEN]
    (run,) = runs_of(catalog)
    assert [Path(item.path).name for item in catalog.runs.published(run.id)] == ["good.jpg.xmp"]
    assert [r.outcome for r in publish(publisher)] == [Outcome.REFUSED, Outcome.UNCHANGED]
    assert runs_of(catalog) == [run]


def test_a_linked_sidecar_stays_a_link(
    publisher: Publisher, catalog: Catalog, folder: Path, tmp_path: Path
) -> None:
    put(catalog, folder / "a.CR2", 1)
    target = tmp_path / "elsewhere.xmp"
    target.write_bytes(style("lightroom"))
    (folder / "a.CR2.xmp").symlink_to(target)
    publish(publisher)
    assert (folder / "a.CR2.xmp").is_symlink()
    assert b"aes:Score" in target.read_bytes()


@pytest.mark.parametrize("length", [245, 251, 252])
def test_a_sidecars_name_may_be_as_long_as_names_are(
    publisher: Publisher, catalog: Catalog, folder: Path, length: int
) -> None:
    original = folder / ("n" * (length - 4) + ".jpg")
    put(catalog, original, 1)
    (result,) = publish(publisher)
    assert result.outcome is (Outcome.WRITTEN if length + 4 <= 255 else Outcome.REFUSED)
    assert len(os.listdir(folder)) == (2 if length + 4 <= 255 else 1)


def test_a_name_that_is_no_text(publisher: Publisher, catalog: Catalog, folder: Path) -> None:
    original = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.jpg"))
    put(catalog, original, 1)
    (result,) = publish(publisher)
    assert result.outcome is Outcome.WRITTEN
    assert sorted(os.listdir(os.fsencode(folder))) == [b"caf\xe9.jpg", b"caf\xe9.jpg.xmp"]
