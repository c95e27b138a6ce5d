"""A catalog from Python: the same answers as the commands', and nothing lost."""

from datetime import datetime
from pathlib import Path

import pytest

from aesplugin.api import Choice, PhotoCatalog, PhotoState, open_catalog
from aesplugin.errors import UsageError
from tests.photos import burst, drawn, save


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        save(drawn(number, (600, 400)), folder / f"{number}.jpg", datetime(2026, 5, 1, number))
    burst(drawn(40, (900, 600)), folder, datetime(2026, 5, 2))
    (folder / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


@pytest.fixture
def catalog(tmp_path: Path, photos: Path) -> PhotoCatalog:
    found = open_catalog(
        tmp_path / "c.sqlite3", model="fake", decoders=1, cache=tmp_path / "cache", broker=""
    )
    list(found.score([photos]))
    return found


def test_scored_once_and_known_afterwards(catalog: PhotoCatalog, photos: Path) -> None:
    again = list(catalog.score([photos]))
    assert len(again) == 12
    (bad,) = [one for one in again if one.state is not PhotoState.ASSESSED]
    assert bad.path == str(photos / "cut.jpg") and bad.reason and bad.assessment is None
    assert len(list(catalog.entries(photos))) == 11
    one = catalog.entry(photos / "1.jpg")
    assert one is not None and one.assessment is not None
    assert catalog.entry(photos / "nosuch.jpg") is None
    assert one.photo is not None and catalog.entry(one.photo.content_hash) == one


def test_ranked_for_everyone_and_for_one(catalog: PhotoCatalog) -> None:
    everyone = catalog.rank(limit=100)
    scores = [one.entry.assessment.score for one in everyone if one.entry.assessment]
    assert scores == sorted(scores, reverse=True) and len(scores) == 11
    assert [one.place for one in catalog.rank(limit=2, offset=3)] == [4, 5]
    catalog.prefer("anna", [everyone[-1].entry.path], rating=5)
    assert {one.entry.path for one in catalog.rank(user="anna", limit=100)} == {
        one.entry.path for one in everyone
    }


def test_culled_accepted_and_taken_back(catalog: PhotoCatalog, photos: Path) -> None:
    proposal = catalog.cull(photos, keep=4)
    choices = [one.choice for one in proposal.proposals()]
    assert choices.count(Choice.PICK) == 4
    run = catalog.accept("anna", proposal)
    assert run is not None
    assert catalog.accept("anna", proposal) is None
    assert catalog.undo().id == run.id
    with pytest.raises(UsageError, match="not both"):
        catalog.cull(keep=3, keep_percent=10)


def test_decided_and_taken_back(catalog: PhotoCatalog, photos: Path) -> None:
    run = catalog.decide("anna", [photos / "2.jpg"], choice=Choice.PICK, stars=4)
    assert run is not None
    assert catalog.decide("anna", [photos / "2.jpg"], stars=4) is None
    catalog.undo(run.id, user="anna")
    with pytest.raises(UsageError, match="nothing was decided"):
        catalog.decide("anna", [photos / "2.jpg", photos / "nosuch.jpg"], stars=1)


def test_published_and_taken_back(catalog: PhotoCatalog, photos: Path) -> None:
    before = {file: file.read_bytes() for file in photos.iterdir()}
    assert {one.outcome for one in catalog.publish([photos], dry_run=True)} == {"written"}
    assert not list(photos.glob("*.xmp"))
    written = list(catalog.publish([photos], tags=True))
    assert len(list(photos.glob("*.xmp"))) == len(written) == 11
    list(catalog.unpublish(1))
    assert {file: file.read_bytes() for file in photos.iterdir()} == before
    with pytest.raises(UsageError, match="give user"):
        catalog.publish([photos], labels=True)


def test_settings_go_by_name(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="nosuch"):
        open_catalog(tmp_path / "c.sqlite3", nosuch=1)


def test_faces_that_are_turned_off_are_not_read_again(tmp_path: Path, photos: Path) -> None:
    with (
        open_catalog(
            tmp_path / "c.sqlite3", model="fake", cache=tmp_path / "cache", broker="", faces=False
        ) as catalog,
        pytest.raises(UsageError, match="faces = true"),
    ):
        list(catalog.score([photos], read_faces=True))
