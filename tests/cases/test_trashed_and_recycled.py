"""What other systems keep deleted, hidden or unfinished is no photo of a folder's."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aesplugin.imaging.scan import walk
from aesplugin.photo import PhotoState
from aesplugin.services.pipeline.score import InProcess, ScoreRun
from aesplugin.workers.folders import Folder
from tests.workers.fakes import REVISION, write_photo
from tests.workers.test_watcher import Scene

NOT_TAKEN = (
    *(".trashed-1714492983-IMG_1.jpg", ".pending-1714492983-IMG_2.jpg", ".hidden.JPG"),
    *("._IMG_3.jpg", ".IMG_4.jpeg", "~$IMG_5.jpg", "~syncthing~IMG_5.jpg"),
    *("@Recycle/a.jpg", "#recycle/a.jpg", "#Snapshot/daily/a.jpg", "@Recently-Snapshot/a.jpg"),
    *("@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "@TMP/a.jpg", "~snapshot/a.jpg", "@sharebin/a.jpg"),
    *(".stversions/a~20240101-101010.jpg", ".Trash-1000/files/a.jpg", ".trashes/501/a.jpg"),
    *("$RECYCLE.BIN/S-1-5/$RAB12CD.jpg", "$Recycle.Bin/a.jpg", "RECYCLED/a.jpg"),
    *("FOUND.000/FILE0001.jpg", "lost+found/#12.jpg", "System Volume Information/a.jpg"),
    *("A.photolibrary/Thumbnails/a.jpg", "A.photoslibrary/originals/a.jpg"),
    *("A.APLIBRARY/Previews/a.jpg", "A.migratedphotolibrary/a.jpg", "A.lrdata/a.jpg"),
    *("A.cocatalogdb/a.jpg", "A.cocatalog/a.jpg", "A.lrlibrary/x/a.jpg"),
)
TAKEN = ("a.jpg", "eaDir/a.jpg", "recycle/a.jpg", "FOUND/a.jpg", "aplibrary/a.jpg", "#1/a.jpg")


def names(root: Path) -> list[str]:
    return sorted(os.path.relpath(stamp.path, root) for stamp in walk([str(root)]))


def test_of_the_cases_files_only_photos_of_the_user_are_taken(made: Callable[[str], Path]) -> None:
    assert names(made("06") / "hid") == [
        "CaptureOne/Cache/Thumbnails/IMG_18.jpg",
        "IMG_25.sync-conflict-20240101-101010-ABCDEFG.jpg",  # what somebody worked on
        "Trash/IMG_20.jpg",  # a name a person may well give
        "_vti/x.jpg",
        "normal.jpg",
    ]


def test_a_walk_takes_neither_hidden_nor_deleted_photos(tmp_path: Path) -> None:
    for number, name in enumerate((*NOT_TAKEN, *TAKEN)):
        write_photo(tmp_path / name, number)
    assert names(tmp_path) == sorted(TAKEN)


@pytest.mark.parametrize("root", [".hidden/2026", "A.photolibrary/Masters", "@Recycle"])
def test_a_root_inside_such_a_folder_is_walked_all_the_same(tmp_path: Path, root: str) -> None:
    write_photo(tmp_path / root / "deep" / "a.jpg", 1)
    write_photo(tmp_path / root / ".trashed-1-b.jpg", 2)
    assert names(tmp_path / root) == ["deep/a.jpg"]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    watching = Scene(tmp_path)
    yield watching
    watching.hints.close()  # type: ignore[attr-defined]


def test_no_event_brings_one(scene: Scene, tmp_path: Path) -> None:
    for number, name in enumerate((*NOT_TAKEN, "a.jpg")):
        write_photo(scene.folder / name, number)
    scene.until(lambda: "a.jpg" in scene.names())
    scene.pass_time()
    assert scene.names() == {"a.jpg": PhotoState.ASSESSED}


@pytest.mark.parametrize("way", ["file", "into a folder", "its folder"])
def test_a_photo_renamed_to_such_a_name_leaves(scene: Scene, way: str) -> None:
    """At once and however few photos there are: nobody could take it for an absent drive."""
    for number in range(2):
        write_photo(scene.folder / "in" / f"{number}.jpg", number)
    scene.until(lambda: list(scene.names().values()) == [PhotoState.ASSESSED] * 2)
    folder = scene.folder
    if way == "file":
        (folder / "in/0.jpg").rename(folder / "in/.trashed-1714492983-0.jpg")
    elif way == "into a folder":
        (folder / "@Recycle").mkdir()
        (folder / "in/0.jpg").rename(folder / "@Recycle/0.jpg")
    else:
        (folder / "in").rename(folder / "Old.photolibrary")
    scene.until(lambda: scene.names()["in/0.jpg"] is PhotoState.MISSING)
    left = PhotoState.MISSING if way == "its folder" else PhotoState.ASSESSED
    assert scene.names() == {"in/0.jpg": PhotoState.MISSING, "in/1.jpg": left}


def test_one_that_is_taken_out_of_the_bin_comes_back(scene: Scene) -> None:
    photo = Path(write_photo(scene.folder / "a.jpg", 1))
    scene.until(lambda: scene.names() == {"a.jpg": PhotoState.ASSESSED})
    photo.rename(scene.folder / ".trashed-1-a.jpg")
    scene.until(lambda: scene.names() == {"a.jpg": PhotoState.MISSING})
    shutil.move(scene.folder / ".trashed-1-a.jpg", photo)
    scene.until(lambda: scene.names() == {"a.jpg": PhotoState.ASSESSED})


@pytest.mark.parametrize("moved", ["in/0.jpg", "in/"])
@pytest.mark.parametrize("is_bin_first", [True, False])
def test_a_bin_that_was_filled_before_it_was_watched(
    tmp_path: Path, moved: str, is_bin_first: bool
) -> None:
    """The system tells of a new folder late: what was moved there meanwhile nobody saw arrive."""
    folder = Folder(str(tmp_path), [])
    write_photo(tmp_path / "in/0.jpg", 1)
    (tmp_path / "@Recycle").mkdir()
    (tmp_path / moved).rename(tmp_path / "@Recycle" / Path(moved).name)
    order = ["@Recycle", moved] if is_bin_first else [moved, "@Recycle"]
    assert [folder.take_hint(f"{tmp_path}/{name}") for name in order] == [([], False), ([], True)]


@pytest.mark.parametrize("is_folder", [False, True])
def test_what_is_told_of_as_created_and_deleted(scene: Scene, is_folder: bool) -> None:
    """As the system does with a move into a folder that it did not watch yet."""
    for number in range(2):
        write_photo(scene.folder / "in" / f"{number}.jpg", number)
    scene.until(lambda: list(scene.names().values()) == [PhotoState.ASSESSED] * 2)
    away = scene.folder.parent / "@Recycle"
    away.mkdir()
    (scene.folder / ("in" if is_folder else "in/0.jpg")).rename(away / "moved")
    scene.pass_time(0)
    away.rename(scene.folder / "@Recycle")
    scene.until(lambda: scene.names()["in/0.jpg"] is PhotoState.MISSING)


def test_a_bin_that_is_heard_of_after_the_next_scan(scene: Scene) -> None:
    """That scan cannot tell whether a drive is absent, and leaves the photo as it is."""
    for number in range(2):
        write_photo(scene.folder / "in" / f"{number}.jpg", number)
    scene.until(lambda: list(scene.names().values()) == [PhotoState.ASSESSED] * 2)
    folder = Folder(str(scene.folder), [])
    assert folder.check()
    (scene.folder / "@Recycle").mkdir()
    (scene.folder / "in/0.jpg").rename(scene.folder / "@Recycle/0.jpg")
    assert folder.take_hint(str(scene.folder / "in/0.jpg")) == ([], False)
    assert list(folder.reconcile(scene.parts.catalog, REVISION)) == []
    assert scene.names()["in/0.jpg"] is PhotoState.ASSESSED
    assert folder.take_hint(str(scene.folder / "@Recycle")) == ([], True)
    assert list(folder.reconcile(scene.parts.catalog, REVISION)) == []
    assert scene.names()["in/0.jpg"] is PhotoState.MISSING


def _known_from_before(scene: Scene) -> None:
    """A catalog of a release that took such files: each was named alone."""
    for number, name in enumerate((*NOT_TAKEN, *TAKEN)):
        write_photo(scene.folder / name, number)
    run = ScoreRun(scene.parts, InProcess(scene.parts))
    for name in (*NOT_TAKEN, *TAKEN):
        for _ in run.run(run.plan([str(scene.folder / name)])):
            pass
    assert set(scene.names()) == {*NOT_TAKEN, *TAKEN}


def _taken(scene: Scene) -> set[str]:
    return {name for name, state in scene.names().items() if state is not PhotoState.MISSING}


def test_those_that_an_earlier_release_took_leave_with_the_next_score(scene: Scene) -> None:
    _known_from_before(scene)
    run = ScoreRun(scene.parts, InProcess(scene.parts))
    alone = scene.folder / NOT_TAKEN[0]
    list(run.run(run.plan([str(scene.folder / "a.jpg")])))
    assert _taken(scene) == {*NOT_TAKEN, *TAKEN}, "of that folder nothing was asked"
    list(run.run(run.plan([str(scene.folder), str(alone)])))
    assert _taken(scene) == {*TAKEN, NOT_TAKEN[0]}


def test_those_that_an_earlier_release_took_leave_with_the_next_scan(
    scene: Scene, tmp_path: Path
) -> None:
    _known_from_before(scene)
    again = Scene(tmp_path)
    try:
        assert _taken(again) == set(TAKEN)
    finally:
        again.hints.close()  # type: ignore[attr-defined]
