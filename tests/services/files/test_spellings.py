"""A disk that takes `Trip` and `trip` for one, as on Windows and macOS: no photo is there twice."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.compose import Workshop
from aesplugin.photo import PhotoState
from aesplugin.services.files.same_files import FormerSpellings, known_place
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.pipeline.score import ScoredFile
from aesplugin.settings import Settings
from aesplugin.spellings import as_listed, is_one_file
from aesplugin.workers.folders import Folder
from tests.caseless_disk import caseless_disk
from tests.cli.conftest import make_photo

_NFC, _NFD = "\u00e9t\u00e9", "e\u0301te\u0301"


class _Place:
    """Such a disk with a catalog beside it."""

    def __init__(self, home: Path, root: Path) -> None:
        self.root = root
        settings = Settings(
            catalog=str(home / "c.sqlite3"), cache=home / "cache", model="fake", decoders=1
        )
        self.workshop = Workshop(settings)

    def photos(self, *names: str) -> None:
        for seed, name in enumerate(names):
            make_photo(self.root / name, seed=seed)

    def score(self, name: str = "") -> list[ScoredFile]:
        run = self.workshop.score_run()
        return list(run.run(run.plan([str(self.root / name) if name else str(self.root)])))

    def rename(self, old: str, new: str) -> None:
        """In two steps: for the kernel both spellings are one file, and it would do nothing."""
        aside = self.root / "aside"
        (self.root / old).rename(aside)
        aside.rename(self.root / new)

    @property
    def files(self) -> dict[str, PhotoState]:
        """Every file of the catalog, missing ones too."""
        entries = self.workshop.catalog.entries(self.workshop.card.revision)
        return {os.path.relpath(entry.path, self.root): entry.state for entry in entries}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[_Place]:
    with caseless_disk(tmp_path) as disk:
        place = _Place(tmp_path, disk)
        yield place
        place.workshop.close()


@pytest.mark.parametrize(
    ("names", "rename", "after"),
    [
        (["Trip/a.jpg", "Trip/b.jpg"], ("Trip", "trip"), ["trip/a.jpg", "trip/b.jpg"]),
        (["Trip/In/a.jpg", "b.jpg"], ("Trip/In", "Trip/in"), ["Trip/in/a.jpg", "b.jpg"]),
        (["IMG_1.JPG"], ("IMG_1.JPG", "img_1.jpg"), ["img_1.jpg"]),
        ([f"{_NFC}/a.jpg"], (_NFC, _NFD), [f"{_NFD}/a.jpg"]),
        ([f"{_NFD}.jpg"], (f"{_NFD}.jpg", f"{_NFC.upper()}.jpg"), [f"{_NFC.upper()}.jpg"]),
    ],
)
def test_what_was_renamed_in_case_or_accents_only_is_no_new_photo(
    place: _Place, names: list[str], rename: tuple[str, str], after: list[str]
) -> None:
    place.photos(*names)
    place.score()
    place.rename(*rename)
    again = place.score()
    assert not any(file.fresh for file in again)  # nothing is decoded or scored again
    assert place.files == dict.fromkeys(after, PhotoState.ASSESSED)


def test_new_photos_in_a_folder_that_was_renamed_lie_beside_the_others(place: _Place) -> None:
    place.photos("Trip/a.jpg")
    place.score()
    place.rename("Trip", "trip")
    make_photo(place.root / "trip" / "b.jpg", seed=9)
    assert [file.fresh for file in place.score()] == [False, True]
    assert set(place.files) == {"trip/a.jpg", "trip/b.jpg"}


def test_a_folder_renamed_there_and_back_has_its_first_name(place: _Place) -> None:
    place.photos("Trip/a.jpg")
    for name in ("Trip", "TRIP", "Trip", "trip"):
        if name not in os.listdir(place.root):
            place.rename(os.listdir(place.root)[0], name)
        place.score()
    assert set(place.files) == {"trip/a.jpg"}


@pytest.mark.parametrize("typed", ["trip", "TRIP", "tRiP/IN", "trip/in/A.JPG"])
def test_the_typed_spelling_makes_no_other_name(place: _Place, typed: str) -> None:
    place.photos("Trip/In/a.jpg")
    place.score(typed)
    assert set(place.files) == {"Trip/In/a.jpg"}
    place.score("Trip")
    assert set(place.files) == {"Trip/In/a.jpg"}


def test_a_photo_is_found_by_any_spelling(place: _Place) -> None:
    place.photos("Trip/a.jpg")
    place.score()
    catalog, photo = place.workshop.catalog, str(place.root / "Trip" / "a.jpg")
    typed = str(place.root / "tRIP" / "A.jpg")
    assert known_place(catalog, typed) == photo
    assert known_place(catalog, str(place.root / "trip")) == str(place.root / "Trip")
    assert Preferences(catalog, "me").keys_of([typed])[typed] is not None
    place.rename("Trip", "trip")  # and not scored since
    assert known_place(catalog, str(place.root / "trip" / "a.jpg")) == photo
    assert known_place(catalog, str(place.root / "trip")) == str(place.root / "Trip")


def test_a_catalog_that_can_only_be_read_keeps_the_former_name(place: _Place) -> None:
    place.photos("Trip/a.jpg")
    place.score()
    place.rename("Trip", "trip")
    known = place.workshop.catalog.known_files(place.workshop.card.revision)
    names = FormerSpellings(known, read_only=True)
    photo = str(place.root / "Trip" / "a.jpg")
    assert names.name_of(str(place.root / "trip" / "a.jpg")) == photo
    assert set(known) == {photo} and not names.respelt


def test_the_watcher_takes_a_respelt_folder_for_the_same(place: _Place) -> None:
    place.photos("Trip/a.jpg", "Trip/b.jpg")
    place.score()
    place.rename("Trip", "trip")
    make_photo(place.root / "trip" / "c.jpg", seed=9)
    catalog, revision = place.workshop.catalog, place.workshop.card.revision
    folder = Folder(str(place.root), ())
    folder.check()
    assert folder.take_hint(str(place.root / "Trip" / "a.jpg")) == ([], True)
    assert list(folder.reconcile(catalog, revision)) == [str(place.root / "trip" / "c.jpg")]
    assert place.files == dict.fromkeys(("trip/a.jpg", "trip/b.jpg"), PhotoState.ASSESSED)


def test_the_watcher_takes_a_folder_in_a_respelt_one_for_the_same(place: _Place) -> None:
    place.photos("Trip/In/a.jpg")
    place.score()
    place.rename("Trip", "trip")
    catalog, revision = place.workshop.catalog, place.workshop.card.revision
    folder = Folder(str(place.root / "trip" / "In"), ())
    folder.check()
    assert list(folder.reconcile(catalog, revision)) == []
    assert place.files == {"trip/In/a.jpg": PhotoState.ASSESSED}


def test_where_case_counts_they_are_two(tmp_path: Path) -> None:
    place = _Place(tmp_path, tmp_path / "w")
    place.photos("Trip/a.jpg", "trip/a.jpg", "TRIP/A.jpg")
    place.score()
    assert set(place.files) == {"Trip/a.jpg", "trip/a.jpg", "TRIP/A.jpg"}
    assert not any(file.fresh for file in place.score())
    assert as_listed(str(place.root / "tRIP")) == str(place.root / "tRIP")
    assert not is_one_file(str(place.root / "Trip"), str(place.root / "trip"))
