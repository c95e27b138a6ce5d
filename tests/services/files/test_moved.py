"""`score` finds a file under another name: the old one goes, but never a drive that is away."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aesplugin.catalog.records import KnownFile
from aesplugin.compose import Workshop
from aesplugin.photo import PhotoState
from aesplugin.services.files.moved import former
from aesplugin.settings import Settings
from aesplugin.workers.folders import ScanResult
from tests.cli.conftest import make_photo

_KNOWN = KnownFile(size=1, mtime_ns=1, state=PhotoState.ASSESSED, reason=None, content_hash="1")


class _Place:
    """A folder for photos with a catalog beside it."""

    def __init__(self, home: Path) -> None:
        self.root = home / "w"
        settings = Settings(
            catalog=str(home / "c.sqlite3"), cache=home / "cache", model="fake", decoders=1
        )
        self.workshop = Workshop(settings)

    def photos(self, *names: str) -> None:
        for seed, name in enumerate(names):
            make_photo(self.root / name, seed=seed)

    def score(self, *names: str) -> None:
        run = self.workshop.score_run()
        for _ in run.run(run.plan([str(self.root / name) for name in names or ("",)])):
            pass

    @property
    def names(self) -> set[str]:
        """What is shown of the whole catalog."""
        entries = self.workshop.catalog.entries(self.workshop.card.revision, readable=True)
        return {str(Path(entry.path).relative_to(self.root)) for entry in entries}


@pytest.fixture
def place(tmp_path: Path) -> _Place:
    return _Place(tmp_path)


def _move(place: _Place, old: str, new: str) -> None:
    (place.root / new).parent.mkdir(parents=True, exist_ok=True)
    (place.root / old).rename(place.root / new)


@pytest.mark.parametrize(
    ("before", "moves", "scored", "after"),
    [
        (["a.jpg", "b.jpg"], [("a.jpg", "z.jpg")], "", {"z.jpg", "b.jpg"}),
        (["a.jpg"], [("a.jpg", "z.jpg")], "", {"z.jpg"}),
        (["a.jpg"], [("a.jpg", "z.jpg")], "z.jpg", {"z.jpg"}),
        (["a.jpg", "b.jpg"], [("a.jpg", "sub/a.jpg")], "", {"sub/a.jpg", "b.jpg"}),
        (["in/a.jpg", "b.jpg"], [("in/a.jpg", "2026/a.jpg")], "2026", {"2026/a.jpg", "b.jpg"}),
        (["x/a.jpg", "x/b.jpg"], [("x/a.jpg", "y/a.jpg")], "y", {"x/b.jpg", "y/a.jpg"}),
        (["x/a.jpg", "x/y/b.jpg"], [("x", "z")], "z", {"z/a.jpg", "z/y/b.jpg"}),
        (["x/y/a.jpg", "x/b.jpg"], [("x/y", "x/z")], "", {"x/z/a.jpg", "x/b.jpg"}),
    ],
)
def test_what_was_renamed_or_moved_has_its_new_name_alone(
    place: _Place, before: list[str], moves: list[tuple[str, str]], scored: str, after: set[str]
) -> None:
    place.photos(*before)
    place.score()
    for old, new in moves:
        _move(place, old, new)
    place.score(scored)
    assert place.names == after


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IMG_1.JPG", "IMG_1.jpg"),
        ("\u00e9t\u00e9.jpg", "e\u0301te\u0301.jpg"),
        ("Trip/a.jpg", "trip/a.jpg"),
        ("Trip/A.jpg", "trip/a.jpg"),
    ],
)
def test_a_name_spelt_otherwise_goes_where_the_disk_takes_both_for_one(
    tmp_path: Path, old: str, new: str
) -> None:
    """As such a disk does: both names lead there, and the folder lists the new one alone."""
    for name in (old, new):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    def names_in(folder: str) -> list[str]:
        top, _, _ = new.partition("/")
        return [top] if folder == str(tmp_path) else [Path(new).name]

    before, now = {str(tmp_path / old): "1"}, {str(tmp_path / new): "1"}
    assert former(before, now, new=now, names_in=names_in) == set(before)
    assert former(before, now, new=now) == set()  # here they are two
    seen = ScanResult(names_in)
    seen.paths.update(now)
    known = dict.fromkeys([*before, *now], _KNOWN)
    assert set(seen.gone(known, str(tmp_path))) == set(before)
    here = ScanResult()
    here.paths.update(now)
    assert here.gone(known, str(tmp_path)) == {}


def test_a_folder_that_was_renamed_goes_with_the_last_of_its_photos(place: _Place) -> None:
    """Each photo is named alone: of the others the catalog tells whether they are elsewhere."""
    place.photos("x/a.jpg", "x/y/b.jpg", "c.jpg")
    place.score()
    _move(place, "x", "z")
    place.score("z/a.jpg")
    assert place.names == {"x/a.jpg", "x/y/b.jpg", "z/a.jpg", "c.jpg"}
    place.score("z/y/b.jpg")
    assert place.names == {"z/a.jpg", "z/y/b.jpg", "c.jpg"}


def test_a_name_that_an_earlier_run_left_goes_with_the_next(place: _Place) -> None:
    place.photos("a.jpg", "b.jpg")
    shutil.copy(place.root / "a.jpg", place.root / "z.jpg")
    place.score()
    (place.root / "a.jpg").unlink()
    place.score()
    assert place.names == {"b.jpg", "z.jpg"}


def _taken_away(drive: Path) -> None:
    drive.rename(drive.parent.parent / "away")


def _unmounted(drive: Path) -> None:
    _taken_away(drive)
    drive.mkdir()


def _unmounted_over_a_file(drive: Path) -> None:
    _unmounted(drive)
    (drive / ".nobackup").touch()


@pytest.mark.parametrize("away", [_taken_away, _unmounted, _unmounted_over_a_file])
def test_a_drive_that_is_away_keeps_its_photos(place: _Place, away: Callable[[Path], None]) -> None:
    place.photos("drive/a.jpg", "drive/b.jpg", "disk/c.jpg")
    place.score()
    (place.root / "disk").mkdir(exist_ok=True)
    shutil.copy2(place.root / "drive" / "a.jpg", place.root / "disk" / "a.jpg")
    away(place.root / "drive")
    for scored in ("disk", ""):
        place.score(scored)
        assert place.names == {"drive/a.jpg", "drive/b.jpg", "disk/a.jpg", "disk/c.jpg"}


def test_a_backup_that_was_known_is_no_move(place: _Place) -> None:
    place.photos("drive/a.jpg", "drive/b.jpg")
    shutil.copytree(place.root / "drive", place.root / "backup")
    place.score()
    _taken_away(place.root / "drive")
    place.score("backup")
    assert len(place.names) == 4


def test_a_copy_is_no_move(place: _Place) -> None:
    place.photos("a.jpg")
    place.score()
    shutil.copy2(place.root / "a.jpg", place.root / "b.jpg")
    place.score()
    assert place.names == {"a.jpg", "b.jpg"}


def test_what_comes_back_is_taken_again(place: _Place) -> None:
    place.photos("a.jpg", "b.jpg")
    place.score()
    _move(place, "a.jpg", "z.jpg")
    place.score()
    shutil.copy2(place.root / "z.jpg", place.root / "a.jpg")
    place.score()
    assert place.names == {"a.jpg", "b.jpg", "z.jpg"}
    found = place.workshop.catalog.entry(str(place.root / "a.jpg"), place.workshop.card.revision)
    assert found is not None and found.state is PhotoState.ASSESSED
