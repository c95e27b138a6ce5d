"""Two photos of one size and time that take each other's place: each keeps what is known of it."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from aesplugin.compose import Workshop
from aesplugin.decision import Choice, Word
from aesplugin.photo import FileStamp, PhotoState
from aesplugin.services.decide import decide
from aesplugin.services.files.unchanged import with_doubts
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.pipeline.feed import Feeder, Limits
from aesplugin.services.pipeline.score import InProcess, ScoredFile, ScoreRun
from aesplugin.services.publish import Outcome, Published, PublishOptions
from aesplugin.settings import Settings
from tests.ordinary_user import aesplugin
from tests.photos import drawn
from tests.workers.fakes import REVISION, FakeParts, HoldingQueue
from tests.workers.test_watcher import DeafHints, Scene

_TIME = 1_700_000_000
USER = "ada"


def _two(root: Path) -> tuple[Path, Path]:
    """`x/a.tif` and `y/b.tif`: as many bytes, one time."""
    paths = root / "x" / "a.tif", root / "y" / "b.tif"
    for number, path in enumerate(paths, 1):
        path.parent.mkdir(parents=True)
        drawn(number).save(path)
        os.utime(path, (_TIME, _TIME))
    assert len({path.stat().st_size for path in paths}) == 1
    return paths


class _Library:
    """Two photos that can be mistaken for each other, scored; the first is picked."""

    def __init__(self, home: Path) -> None:
        self.root = home / "w"
        self.a, self.b = _two(self.root)
        settings = Settings(
            catalog=str(home / "c.sqlite3"), cache=home / "cache", model="fake", decoders=1
        )
        self.workshop = Workshop(settings)
        self.score()
        self.first, self.second = self.contents()
        decide(self.workshop.catalog, USER, [str(self.first)], Word(choice=Choice.PICK, stars=5))

    def score(self) -> list[ScoredFile]:
        run = self.workshop.score_run()
        return list(run.run(run.plan([str(self.root)])))

    def touched(self) -> int:
        """Files whose content the next run will read."""
        return len(self.workshop.score_run().plan([str(self.root)]).touched)

    def contents(self) -> tuple[str | None, str | None]:
        """What the catalog takes `a` and `b` for."""
        known = self.workshop.catalog.known_files(self.workshop.card.revision)
        return known[str(self.a)].content_hash, known[str(self.b)].content_hash

    def publish(self, *, dry_run: bool = False) -> dict[Path, Published]:
        options = PublishOptions(user=USER, ratings=True, only_mine=True)
        entries = self.workshop.entries_under([str(self.root)])
        done = self.workshop.publisher().publish(entries, options, dry_run=dry_run)
        return {Path(one.photo): one for one in done}

    def rated(self) -> set[Path]:
        """The photos that were given stars."""
        return {
            path
            for path, one in self.publish().items()
            if "xmp:Rating" in {change.field for change in one.changes}
        }

    def forget_stamps(self) -> None:
        """As a catalog of an earlier release is."""
        with self.workshop.catalog._database.writing() as connection:
            connection.execute(text("UPDATE files SET changed_ns = NULL, inode = NULL"))


def _renamed(a: Path, b: Path) -> None:
    third = a.with_name("third")
    a.rename(third)
    b.rename(a)
    third.rename(b)


def _copied_over(a: Path, b: Path) -> None:
    """Into the files that are there, times and all: the inodes stay."""
    third = a.with_name("third")
    for one, other in ((a, third), (b, a), (third, b)):
        shutil.copy2(one, other)
    third.unlink()


def _written_in_place(a: Path, b: Path) -> None:
    one, other = a.read_bytes(), b.read_bytes()
    a.write_bytes(other)
    b.write_bytes(one)
    for path in (a, b):
        os.utime(path, (_TIME, _TIME))


def _one_over_the_other(a: Path, b: Path) -> None:
    shutil.copy2(a, a.with_name("copy.tif"))
    os.replace(b, a)
    a.with_name("copy.tif").rename(b)


SWAPS = [_renamed, _copied_over, _written_in_place, _one_over_the_other]
Swap = Callable[[Path, Path], None]


@pytest.fixture
def library(tmp_path: Path) -> _Library:
    return _Library(tmp_path)


@pytest.mark.parametrize("swap", SWAPS)
def test_score_sees_which_is_which(library: _Library, swap: Swap) -> None:
    swap(library.a, library.b)
    assert {one.state for one in library.score()} == {PhotoState.ASSESSED}
    assert library.contents() == (library.second, library.first)
    assert library.rated() == {library.b}


def test_score_sees_folders_that_changed_names(library: _Library) -> None:
    """Nothing is done to the files themselves."""
    shutil.copy2(library.a, library.a.with_name("b.tif"))
    shutil.copy2(library.b, library.b.with_name("a.tif"))
    library.score()
    _renamed(library.a.parent, library.b.parent)
    library.score()
    assert library.contents() == (library.second, library.first)
    assert library.rated() == {library.b, library.b.with_name("a.tif")}


@pytest.mark.parametrize("swap", SWAPS)
def test_what_is_known_of_one_is_not_published_to_the_other(library: _Library, swap: Swap) -> None:
    swap(library.a, library.b)
    for dry_run in (True, False):
        done = library.publish(dry_run=dry_run)
        assert {one.outcome for one in done.values()} == {Outcome.REFUSED}
        assert all(
            str(path) in str(one.reason) and "aesplugin score" in str(one.reason)
            for path, one in done.items()
        )
    assert not list(library.root.rglob("*.xmp"))


def test_nor_told_to_a_library(library: _Library) -> None:
    _renamed(library.a, library.b)
    entries = library.workshop.entries_under([str(library.root)])
    doubts = [doubt for _, doubt in with_doubts(library.workshop.catalog, entries, sure=True)]
    assert len(doubts) == 2 and all("has changed" in str(doubt) for doubt in doubts)


def _new_rights(path: Path) -> None:
    path.chmod(0o600)


def _new_inode(path: Path) -> None:
    """As from a backup."""
    shutil.copy2(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def _second_link(path: Path) -> None:
    os.link(path, path.with_name("link"))


@pytest.mark.parametrize("touch", [_new_rights, _new_inode, _second_link])
def test_what_only_looks_so_is_read_once_and_keeps_all(
    library: _Library, touch: Callable[[Path], None]
) -> None:
    touch(library.a)
    assert library.touched() == 1
    assert not any(one.fresh for one in library.score())
    assert library.contents() == (library.first, library.second)
    assert library.touched() == 0
    assert library.rated() == {library.a}


def test_a_touched_photo_that_cannot_be_read_keeps_its_state(tmp_path: Path) -> None:
    a, b = _two(tmp_path / "w")
    before = aesplugin(tmp_path, "score", a.parent, b.parent, "--json").stdout.splitlines()
    assert sum('"assessed"' in line for line in before) == 2
    a.chmod(0)
    try:
        after = aesplugin(tmp_path, "score", a.parent, b.parent, "--json").stdout.splitlines()
        assert sorted(after) == sorted(before)
        done = aesplugin(tmp_path, "publish", a.parent, b.parent)
    finally:
        a.chmod(0o644)
    assert f"{a} cannot be read to check" in done.stderr.replace("\n", " ")
    assert [path.name for path in (tmp_path / "w").rglob("*.xmp")] == ["b.tif.xmp"]


def test_a_catalog_of_an_earlier_release_reads_nothing_and_learns_it(library: _Library) -> None:
    library.forget_stamps()
    assert library.touched() == 0
    assert not any(one.fresh for one in library.score())
    _renamed(library.a, library.b)
    library.score()
    assert library.contents() == (library.second, library.first)


@pytest.mark.parametrize("swap", SWAPS)
def test_what_was_swapped_under_an_earlier_release_is_not_published(
    library: _Library, swap: Swap
) -> None:
    library.forget_stamps()
    swap(library.a, library.b)
    assert {one.outcome for one in library.publish().values()} == {Outcome.REFUSED}
    library.score()
    assert library.contents() == (library.second, library.first)
    assert library.rated() == {library.b}


@pytest.mark.parametrize("swap", SWAPS)
def test_what_was_done_under_an_earlier_release_is_compared_once(
    library: _Library, swap: Swap
) -> None:
    library.forget_stamps()
    _new_rights(library.a)
    swap(library.a, library.b)
    assert library.touched() == 2
    library.score()
    assert library.contents() == (library.second, library.first)
    library.forget_stamps()
    _new_rights(library.a)
    assert not any(one.fresh for one in library.score())
    assert library.touched() == 0
    swap(library.a, library.b)
    library.score()
    assert library.contents() == (library.first, library.second)


class _WithoutChangeTimes(_Library):
    """On a file system that keeps none and has whole seconds: nothing shows that two swapped."""

    def touched(self) -> int:
        self.hide()
        return super().touched()

    def score(self) -> list[ScoredFile]:
        self.hide()
        return super().score()

    def hide(self) -> None:
        """The catalog holds for each name what the file system will say of it."""
        found = [FileStamp.of(str(path), path.stat()) for path in (self.a, self.b)]
        self.workshop.catalog.stamp_again([replace(stamp, inode=0) for stamp in found])


def _publish_refuses(library: _Library) -> None:
    assert {one.outcome for one in library.publish().values()} == {Outcome.REFUSED}


def _sync_refuses(library: _Library) -> None:
    entries = library.workshop.entries_under([str(library.root)])
    catalog = library.workshop.catalog
    assert all(doubt for _, doubt in with_doubts(catalog, entries, sure=True, expect=True))


def _no_rating_is_kept(library: _Library) -> None:
    both = [str(library.a), str(library.b)]
    learnt = Preferences(library.workshop.catalog, USER).state(both, {"rating": 1})
    assert (learnt.kept, len(learnt.problems)) == (0, 2)


@pytest.mark.parametrize("find", [_publish_refuses, _sync_refuses, _no_rating_is_kept])
def test_what_was_found_is_mended_where_nothing_else_shows_it(
    tmp_path: Path, find: Callable[[_Library], None]
) -> None:
    library = _WithoutChangeTimes(tmp_path)
    _renamed(library.a, library.b)
    assert library.touched() == 0
    library.score()
    assert library.contents() == (library.first, library.second)
    library.publish(dry_run=True)
    find(library)
    library.score()
    assert library.contents() == (library.second, library.first)
    assert library.rated() == {library.b}


def test_workers_are_waited_for(tmp_path: Path) -> None:
    """What the catalog held of the two is not taken for the workers' answer."""
    a, b = _two(tmp_path / "w")
    folder = [str(tmp_path / "w")]
    parts = FakeParts(tmp_path)
    first = ScoreRun(parts, InProcess(parts))
    before = {one.path for one in first.run(first.plan(folder))}
    contents = {path: known.content_hash for path, known in parts.catalog.known_files("").items()}
    _renamed(a, b)
    queue = HoldingQueue()
    limits = Limits(window=8, chunk=4, lease=100.0)
    feeder = Feeder(ledger=parts.catalog, queue=queue, revision=REVISION, limits=limits)

    def by_workers(todo: Sequence[FileStamp]) -> Iterator[ScoredFile]:
        for stamp in todo:
            feeder.offer(stamp)
        assert feeder.step() == [] and feeder.step() == []
        queue.do(parts)
        yield from feeder.step()

    run = ScoreRun(parts, by_workers)
    after = {one.path: one.content_hash for one in run.run(run.plan(folder))}
    assert set(after) == before
    assert after == {str(a): contents[str(b)], str(b): contents[str(a)]}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path, hints=DeafHints(), reconcile_seconds=10)
    yield made
    made.hints.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("swap", SWAPS)
def test_a_watcher_without_events_sees_it(scene: Scene, swap: Swap) -> None:
    a, b = _two(scene.folder)

    def contents() -> list[str | None]:
        known = scene.parts.catalog.known_files("fake")
        return [found.content_hash for path in (a, b) if (found := known.get(str(path)))]

    scene.until(lambda: len(contents()) == 2)
    before = contents()
    a.chmod(0o600)
    scene.pass_time(20)
    assert contents() == before
    swap(a, b)
    scene.until(lambda: contents() == before[::-1])


def test_a_watcher_learns_what_an_earlier_release_did_not_keep(scene: Scene) -> None:
    a, b = _two(scene.folder)

    def contents() -> list[str | None]:
        known = scene.parts.catalog.known_files("fake")
        return [found.content_hash for path in (a, b) if (found := known.get(str(path)))]

    scene.until(lambda: len(contents()) == 2)
    before = contents()
    with scene.parts.catalog._database.writing() as connection:
        connection.execute(text("UPDATE files SET changed_ns = NULL, inode = NULL"))
    scene.pass_time(20)
    known = scene.parts.catalog.known_files("fake")
    assert all(known[str(path)].changed_ns and known[str(path)].inode for path in (a, b))
    _renamed(a, b)
    scene.until(lambda: contents() == before[::-1])
