"""What is not written: damage, other programs' files, photos that changed."""

import os
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.publish import Outcome, Publisher
from aesplugin.sidecars.xmp import XmpSidecar
from tests.services.publishing.builders import publish, put, runs_of
from tests.sidecars.samples import lost, style


@pytest.mark.parametrize("cut", [0, 100, 1500])
def test_a_truncated_sidecar_is_reported_and_byte_identical(
    publisher: Publisher, catalog: Catalog, folder: Path, cut: int
) -> None:
    put(catalog, folder / "bad.CR2", 1)
    put(catalog, folder / "good.CR2", 2)
    sidecar = folder / "bad.CR2.xmp"
    sidecar.write_bytes(style("darktable")[:cut])
    before = sidecar.stat()
    bad, good = publish(publisher)
    assert bad.outcome is Outcome.REFUSED and str(sidecar) in str(bad.reason)
    assert "\n" not in str(bad.reason)
    assert good.outcome is Outcome.WRITTEN
    assert sidecar.read_bytes() == style("darktable")[:cut]
    assert sidecar.stat().st_mtime_ns == before.st_mtime_ns


def test_odd_things_in_the_sidecars_place_are_refused(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.jpg", 1)
    put(catalog, folder / "b.jpg", 2)
    (folder / "a.jpg.xmp").mkdir()
    os.mkfifo(folder / "b.jpg.xmp")
    assert [r.outcome for r in publish(publisher)] == [Outcome.REFUSED] * 2


@pytest.mark.parametrize("target", ["away/a.xmp", "beside.xmp", "a.jpg.xmp"])
def test_a_link_to_nowhere_is_left_and_nothing_written_where_it_leads(
    publisher: Publisher, catalog: Catalog, folder: Path, target: str
) -> None:
    """The drive with the sidecars is away: they must not be written to where it will be mounted."""
    put(catalog, folder / "a.jpg", 1)
    sidecar = folder / "a.jpg.xmp"
    sidecar.symlink_to(folder / target)
    for dry_run in (True, False):
        (result,) = publish(publisher, dry_run=dry_run)
        assert result.outcome is Outcome.REFUSED
        reason = str(result.reason)
        assert str(sidecar) in reason and str(folder / target) in reason and "\n" not in reason
        assert "mount" in reason and "remove the link" in reason
    assert sidecar.is_symlink() and not sidecar.exists() and runs_of(catalog) == []
    sidecar.unlink()
    (result,) = publish(publisher)
    assert result.outcome is Outcome.WRITTEN


def test_a_photo_changed_or_gone_since_is_refused_and_others_go_on(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    for number, name in enumerate(("changed", "gone", "moved away", "same")):
        put(catalog, folder / name / "a.jpg", number)
    (folder / "changed" / "a.jpg").write_bytes(b"another photo")
    (folder / "gone" / "a.jpg").unlink()
    (folder / "moved away").rename(folder / "elsewhere")
    for dry_run in (True, False):
        *refused, same = publish(publisher, dry_run=dry_run)
        assert [r.outcome for r in refused] == [Outcome.REFUSED] * 3
        assert all(r.photo in str(r.reason) and "aesplugin score" in str(r.reason) for r in refused)
        assert same.outcome is Outcome.WRITTEN
    assert [path.parent.name for path in folder.rglob("*.xmp")] == ["same"]


def test_a_write_protected_sidecar_is_left_as_it_is(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.CR2", 1)
    sidecar = folder / "a.CR2.xmp"
    sidecar.write_bytes(style("lightroom"))
    sidecar.chmod(0o444)
    for dry_run in (True, False):
        (result,) = publish(publisher, dry_run=dry_run)
        assert result.outcome is Outcome.REFUSED
        assert str(result.reason) == f"{sidecar} is write-protected; left unchanged"
    assert sidecar.read_bytes() == style("lightroom")
    assert runs_of(catalog) == []
    sidecar.chmod(0o644)
    publish(publisher)
    written = sidecar.read_bytes()
    sidecar.chmod(0o444)
    (undone,) = publisher.unpublish(1)
    assert undone.outcome is Outcome.REFUSED and sidecar.read_bytes() == written


def test_a_full_disk_leaves_the_old_file(
    publisher: Publisher, catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(catalog, folder / "a.CR2", 1)
    sidecar = folder / "a.CR2.xmp"
    sidecar.write_bytes(style("lightroom"))

    def no_space(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    (result,) = publish(publisher)
    assert result.outcome is Outcome.REFUSED and "No space left" in str(result.reason)
    assert sidecar.read_bytes() == style("lightroom")
    assert sorted(os.listdir(folder)) == ["a.CR2", "a.CR2.xmp"]


def test_a_program_that_writes_meanwhile_is_not_overwritten(
    catalog: Catalog, folder: Path, tmp_path: Path
) -> None:
    """Another program saves its edit between our reading and our writing, once."""
    put(catalog, folder / "a.CR2", 1)
    sidecar = folder / "a.CR2.xmp"
    sidecar.write_bytes(style("lightroom"))
    edited = style("lightroom").replace(b'"+0.45"', b'"+2.00"')

    class Interrupted(XmpSidecar):
        def merge(self, data, publication):  # type: ignore[no-untyped-def]
            merged = super().merge(data, publication)
            if b'"+0.45"' in (data or b""):
                sidecar.write_bytes(edited)
            return merged

    racing = Publisher(catalog=catalog, sidecars=Interrupted(), locks=tmp_path / "locks")
    (result,) = publish(racing)
    assert result.outcome is Outcome.WRITTEN
    assert lost(edited, sidecar.read_bytes()) == []
