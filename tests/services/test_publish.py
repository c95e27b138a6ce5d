import os
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aesplugin.assessment import Assessment, Flaw, Suggestion
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile, Preference, RunKind
from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import UsageError
from aesplugin.photo import Exif, Photo
from aesplugin.services.decide import decide
from aesplugin.services.ingest import stamp_of
from aesplugin.services.publish import Outcome, Published, Publisher, PublishOptions, stars_of
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.naming import Naming
from aesplugin.sidecars.xmp import XmpSidecar
from tests.sidecars.samples import foreign, lost, style

REVISION = "fake-1"
ALL = PublishOptions(user="ada", ratings=True, labels=True, tags=True, description=True)


def put(catalog: Catalog, path: Path, number: int, *, score: float = 7.0) -> str:
    """A photo with an answer, without decoding anything; its file is made where there is none."""
    content_hash = f"{number:064x}"
    photo = Photo(
        content_hash=content_hash,
        pixel_hash=content_hash,
        perceptual_hash=number,
        width=30,
        height=20,
        format="JPEG",
        exif=Exif(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b"photo %d" % number)
    stamp = stamp_of(str(path))
    assert stamp is not None
    catalog.record_photos([IngestedFile(stamp=stamp, photo=photo)])
    tilt = Suggestion(
        flaw=Flaw.TILTED_HORIZON, direction="rotate left", strength=0.5, advice="Rotate left."
    )
    catalog.record_assessments(
        [
            Assessment(
                content_hash=content_hash,
                model="fake",
                model_revision=REVISION,
                score=score,
                comment="A calm picture.",
                suggestions=(tilt,),
            )
        ]
    )
    return content_hash


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        yield opened


@pytest.fixture
def publisher(catalog: Catalog, tmp_path: Path) -> Publisher:
    return Publisher(catalog=catalog, sidecars=XmpSidecar(), locks=tmp_path / "locks")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    made.mkdir()
    return made


def publish(publisher: Publisher, options: PublishOptions = ALL, **kw: bool) -> list[Published]:
    return list(publisher.publish(publisher.catalog.entries(REVISION), options, **kw))


def _state(path: Path) -> tuple[int, ...]:
    """All that a write would change; reading, as this test does itself, moves the access time."""
    now = path.stat()
    return now.st_ino, now.st_mode, now.st_size, now.st_mtime_ns, now.st_ctime_ns


def test_writes_beside_the_photo_and_leaves_the_photo(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    original = folder / "IMG.CR2"
    original.write_bytes(b"raw bytes")
    before = _state(original)
    put(catalog, original, 1)
    (result,) = publish(publisher)
    assert result.outcome is Outcome.WRITTEN
    assert result.sidecar == f"{original}.xmp"
    assert original.read_bytes() == b"raw bytes"
    assert _state(original) == before
    assert sorted(os.listdir(folder)) == ["IMG.CR2", "IMG.CR2.xmp"]


def test_a_second_run_writes_nothing_and_is_no_run(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.jpg", 1)
    publish(publisher)
    written = _state(folder / "a.jpg.xmp")
    (again,) = publish(publisher)
    assert again.outcome is Outcome.UNCHANGED
    assert _state(folder / "a.jpg.xmp") == written
    assert [run.id for run in catalog.runs.latest(_publish())] == [1]


def test_a_dry_run_names_the_differences_and_touches_nothing(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.jpg", 1)
    (result,) = publish(publisher, dry_run=True)
    assert result.outcome is Outcome.WRITTEN
    assert ("aes:Score", None, "7.00") in [(c.field, c.before, c.after) for c in result.changes]
    assert os.listdir(folder) == ["a.jpg"]
    assert catalog.runs.latest(_publish()) == []


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
    with pytest.raises(UsageError, match="undone already"):
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


def test_a_run_that_wrote_nothing_is_no_run(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    """A link into a folder that is not there cannot be written through."""
    for number, name in enumerate(("bad", "good")):
        put(catalog, folder / f"{name}.jpg", number)
    (folder / "bad.jpg.xmp").symlink_to(folder / "none" / "bad.xmp")
    assert [r.outcome for r in publish(publisher)] == [Outcome.REFUSED, Outcome.WRITTEN]
    (run,) = catalog.runs.latest(_publish())
    assert [Path(item.path).name for item in catalog.runs.published(run.id)] == ["good.jpg.xmp"]
    assert [r.outcome for r in publish(publisher)] == [Outcome.REFUSED, Outcome.UNCHANGED]
    assert catalog.runs.latest(_publish()) == [run]


def test_undo_of_a_deleted_sidecar_does_not_bring_it_back(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.CR2", 1)
    publish(publisher)
    (folder / "a.CR2.xmp").unlink()
    (result,) = publisher.unpublish(1)
    assert result.outcome is Outcome.GONE
    assert os.listdir(folder) == ["a.CR2"]


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
        assert str(result.reason) == f"{sidecar} is write-protected; left as it is"
    assert sidecar.read_bytes() == style("lightroom")
    assert catalog.runs.latest(_publish()) == []
    sidecar.chmod(0o644)
    publish(publisher)
    written = sidecar.read_bytes()
    sidecar.chmod(0o444)
    (undone,) = publisher.unpublish(1)
    assert undone.outcome is Outcome.REFUSED and sidecar.read_bytes() == written


def test_a_name_that_is_no_text(publisher: Publisher, catalog: Catalog, folder: Path) -> None:
    original = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.jpg"))
    put(catalog, original, 1)
    (result,) = publish(publisher)
    assert result.outcome is Outcome.WRITTEN
    assert sorted(os.listdir(os.fsencode(folder))) == [b"caf\xe9.jpg", b"caf\xe9.jpg.xmp"]


class TestNaming:
    def test_the_one_that_exists_is_written(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "IMG.CR2", 1)
        (folder / "IMG.xmp").write_bytes(style("lightroom"))
        (result,) = publish(publisher)
        assert result.sidecar == str(folder / "IMG.xmp")
        assert sorted(os.listdir(folder)) == ["IMG.CR2", "IMG.xmp"]

    def test_with_both_the_full_name_wins(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "IMG.CR2", 1)
        for name in ("IMG.xmp", "IMG.CR2.xmp"):
            (folder / name).write_bytes(style("lightroom"))
        (result,) = publish(publisher)
        assert result.sidecar == str(folder / "IMG.CR2.xmp")
        assert (folder / "IMG.xmp").read_bytes() == style("lightroom")

    def test_a_jpeg_never_takes_the_raw_files_sidecar(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "IMG.jpg", 1)
        (folder / "IMG.CR2").write_bytes(b"x")
        (folder / "IMG.xmp").write_bytes(style("lightroom"))
        (result,) = publish(publisher)
        assert result.sidecar == str(folder / "IMG.jpg.xmp")

    def test_adobe_naming_is_refused_where_two_originals_share_the_stem(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        for name in ("IMG.CR2", "IMG.jpg", "OTHER.CR2"):
            (folder / name).write_bytes(b"x")
        put(catalog, folder / "IMG.CR2", 1)
        put(catalog, folder / "OTHER.CR2", 2)
        shared, alone = publish(publisher, replace(ALL, naming=Naming.ADOBE))
        assert shared.outcome is Outcome.REFUSED and "share" in str(shared.reason)
        assert alone.sidecar == str(folder / "OTHER.xmp")

    def test_two_raws_of_one_stem_do_not_share_an_old_sidecar(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        for number, name in enumerate(("IMG.CR2", "IMG.NEF")):
            (folder / name).write_bytes(b"x")
            put(catalog, folder / name, number)
        (folder / "IMG.xmp").write_bytes(style("lightroom"))
        publish(publisher)
        assert (folder / "IMG.xmp").read_bytes() == style("lightroom")
        assert (folder / "IMG.NEF.xmp").exists()


class TestDecisions:
    def test_a_persons_stars_and_picks_go_before_the_machines(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        content = put(catalog, folder / "a.CR2", 1, score=9.9)
        catalog.people.decide(
            [Decision(content_hash=content, user="ada", choice=Choice.PICK, stars=2)]
        )
        publish(publisher)
        data = (folder / "a.CR2.xmp").read_text()
        assert ">2</xmp:Rating>" in data and ">3</digiKam:PickLabel>" in data

    def test_a_reject_is_minus_one(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        content = put(catalog, folder / "a.CR2", 1)
        catalog.people.decide(
            [Decision(content_hash=content, user="ada", choice=Choice.REJECT, stars=5)]
        )
        publish(publisher)
        assert ">-1</xmp:Rating>" in (folder / "a.CR2.xmp").read_text()

    @pytest.mark.parametrize("name", ["darktable", "digikam", "lightroom"])
    def test_the_flag_of_a_decision_that_was_undone_goes(
        self, publisher: Publisher, catalog: Catalog, folder: Path, name: str
    ) -> None:
        content = put(catalog, folder / "a.CR2", 1)
        sidecar = folder / "a.CR2.xmp"
        sidecar.write_bytes(style(name))
        labels = PublishOptions(user="ada", labels=True)
        run = decide(catalog, "ada", [content], Word(choice=Choice.REJECT))
        publish(publisher, labels)
        assert run is not None
        catalog.runs.undo_decisions(run.id)
        publish(publisher, PublishOptions(user="ada", tags=True))
        assert b"aes:WrotePick" in sidecar.read_bytes() or name == "digikam"  # not opted in
        publish(publisher, labels)
        data = sidecar.read_bytes()
        assert b"aes:WrotePick" not in data and b"aes:WroteLabel" not in data
        for mark in (b"Label", b"colorlabels"):
            assert data.count(mark) == style(name).count(mark)
        assert lost(style(name), data) == []

    def test_without_a_decision_no_flag_is_set(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "a.CR2", 1)
        publish(publisher)
        assert "PickLabel" not in (folder / "a.CR2.xmp").read_text()


def test_stars_cover_the_scale_in_equal_steps() -> None:
    assert [stars_of(score) for score in (1.0, 2.79, 2.81, 5.5, 8.19, 8.21, 10.0)] == [
        1, 1, 2, 3, 4, 5, 5,
    ]  # fmt: skip


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


def _publish():  # type: ignore[no-untyped-def]
    from aesplugin.catalog.records import RunKind

    return RunKind.PUBLISH


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
    for run in catalog.runs.latest(_publish(), 100):
        list(publisher.unpublish(run.id))
    assert {n: (folder / n).read_bytes() for n in originals} == originals


class TestOnlyMine:
    """The machine's stars never pass for a person's: they are told apart, and can be left out."""

    @pytest.fixture
    def scored(self, catalog: Catalog, folder: Path) -> dict[str, str]:
        """Six photos: ada gave stars, rejected, rated, took her stars away, picked; one is new."""
        names = ("starred", "rejected", "rated", "unstarred", "picked", "new")
        keys = {n: put(catalog, folder / f"{n}.CR2", i + 1, score=9.9) for i, n in enumerate(names)}
        for name, word in (
            ("starred", Word(stars=2)), ("rejected", Word(choice=Choice.REJECT, stars=3)),
            ("unstarred", Word(stars=4)), ("unstarred", Word(stars=0)),
            ("picked", Word(choice=Choice.PICK)),
        ):  # fmt: skip
            decide(catalog, "ada", [keys[name]], word)
        catalog.people.prefer("ada", [Preference(content_hash=keys["rated"], rating=1)])
        return keys

    def stars(self, folder: Path) -> dict[str, int | None]:
        found = {}
        for sidecar in sorted(folder.glob("*.xmp")):
            text = sidecar.read_text()
            rated = re.search(r">(-?\d)</xmp:Rating>|xmp:Rating=\"(-?\d)\"", text)
            found[sidecar.name.split(".")[0]] = int(rated[1] or rated[2]) if rated else None
        return found

    def test_only_the_persons_stars(
        self, publisher: Publisher, catalog: Catalog, folder: Path, scored: dict[str, str]
    ) -> None:
        options = PublishOptions(user="ada", ratings=True, only_mine=True)
        results = list(publisher.publish(catalog.entries(REVISION), options))
        assert not any(result.stars_of_score for result in results)
        expected = {"starred": 2, "rejected": -1, "rated": 1}
        assert self.stars(folder) == dict.fromkeys(scored, None) | expected
        again = list(publisher.publish(catalog.entries(REVISION), options))
        assert {result.outcome for result in again} == {Outcome.UNCHANGED}

    def test_the_machines_are_told_and_taken_out_again(
        self, publisher: Publisher, catalog: Catalog, folder: Path, scored: dict[str, str]
    ) -> None:
        (folder / "new.CR2.xmp").write_bytes(style("lightroom"))
        before = (folder / "new.CR2.xmp").read_bytes()
        options = PublishOptions(user="ada", ratings=True)
        for dry_run in (True, False):
            found = publisher.publish(catalog.entries(REVISION), options, dry_run=dry_run)
            told = {Path(one.photo).stem for one in found if one.stars_of_score}
            assert told >= {"unstarred", "picked"}
            assert told <= {"unstarred", "picked", "new"}
        stars = self.stars(folder)
        assert (stars["starred"], stars["rejected"], stars["rated"]) == (2, -1, 1)
        assert (stars["unstarred"], stars["picked"]) == (5, 5)
        only = replace(options, only_mine=True)
        (run, *_) = catalog.runs.latest(RunKind.PUBLISH)
        list(publisher.publish(catalog.entries(REVISION), only))
        after = self.stars(folder)
        assert (after["unstarred"], after["picked"], after["starred"]) == (None, None, 2)
        for number in (catalog.runs.latest(RunKind.PUBLISH)[0].id, run.id):
            list(publisher.unpublish(number))
        assert (folder / "new.CR2.xmp").read_bytes() == before

    def test_a_persons_stars_in_the_sidecar_stay(
        self, publisher: Publisher, catalog: Catalog, folder: Path, scored: dict[str, str]
    ) -> None:
        data = XmpSidecar().merge(None, Publication(stars=5)).data
        assert data is not None
        foreign_stars = data.replace(b"aes:WroteRating", b"aes:Other")
        (folder / "new.CR2.xmp").write_bytes(foreign_stars)
        options = PublishOptions(user="ada", ratings=True, only_mine=True)
        list(publisher.publish(catalog.entries(REVISION), options))
        assert self.stars(folder)["new"] == 5
