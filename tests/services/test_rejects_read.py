"""A reject that was read in a sidecar counts, and is published, while the person stands by it."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Preference
from aesplugin.decision import Choice, Proposal, Word
from aesplugin.services.decide import accept, decide, undo
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.publish import Publisher, PublishOptions
from aesplugin.sidecars.xmp import XmpSidecar
from tests.services.personal.test_prefer import STARS, host_writes, labelled
from tests.services.publishing.builders import REVISION, publish, put

REJECT, NOTHING = STARS.format(stars=-1, extra=""), STARS.format(stars=0, extra="")
REJECT_LABEL, PICK_LABEL = labelled(1), labelled(3)
OPTIONS = PublishOptions(user="anna", ratings=True, labels=True)


class Scene:
    """One photo, the words of anna, and another program."""

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        self.catalog, self.folder = catalog, folder
        self.photo, self.sidecar = folder / "1.jpg", folder / "1.jpg.xmp"
        self.key = put(catalog, self.photo, 1)
        self.anna = Preferences(catalog, "anna")
        self.publisher = Publisher(
            catalog=catalog, sidecars=XmpSidecar(), locks=folder.parent / "locks"
        )

    def host(self, sidecar: str, *, minutes: float = 0) -> None:
        """Another program writes, a moment after what was before."""
        time.sleep(0.05)
        host_writes(self.folder, sidecar, minutes=minutes)
        time.sleep(0.05)

    def read(self) -> None:
        entries = list(self.catalog.entries(REVISION))
        assert self.anna.from_sidecars(entries, XmpSidecar()).problems == ()

    def reads(self, sidecar: str) -> None:
        self.host(sidecar)
        self.read()

    def accepts(self, choice: Choice) -> None:
        assert accept(
            self.catalog, "anna", [Proposal(content_hash=self.key, choice=choice, reason="")]
        )

    def decides(self, choice: Choice) -> int | None:
        run = decide(self.catalog, "anna", [self.key], Word(choice=choice))
        return run.id if run else None

    def taste(self) -> list[int | None]:
        return [word.rating for word in self.anna.all()]

    def published(self) -> dict[str, str | None]:
        """What publishing would write for other programs, by the field."""
        results = publish(self.publisher, OPTIONS, dry_run=True)
        return {one.field: one.after for result in results for one in result.changes}

    def publishes_reject(self) -> bool:
        return any(value == "-1" for value in self.published().values())


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as catalog:
        yield Scene(catalog, tmp_path / "photos")


def zeroed(scene: Scene) -> None:
    scene.host(NOTHING)


def deleted(scene: Scene) -> None:
    scene.sidecar.unlink()


GONE = pytest.mark.parametrize("go", [zeroed, deleted])


def test_a_reject_that_stands_is_published(scene: Scene) -> None:
    scene.reads(REJECT_LABEL)
    assert scene.anna.stars() == {scene.key: -1}
    assert scene.publishes_reject()
    publish(scene.publisher, OPTIONS)
    assert scene.published() == {}


@GONE
def test_a_reject_read_as_removed_is_neither_published_nor_learnt(
    scene: Scene, go: Callable[[Scene], None]
) -> None:
    scene.reads(REJECT)
    assert scene.taste() == [1]
    go(scene)
    scene.read()
    assert scene.anna.stars() == {}
    assert scene.taste() == []
    assert not scene.publishes_reject()
    assert scene.decides(Choice.NONE) is None  # there is nothing left to clear
    scene.reads(REJECT)
    assert scene.anna.stars() == {scene.key: -1}


@GONE
def test_a_reject_removed_since_it_was_read_is_not_published(
    scene: Scene, go: Callable[[Scene], None]
) -> None:
    scene.reads(REJECT)
    go(scene)
    assert not scene.publishes_reject()


@GONE
@pytest.mark.parametrize("is_read", [True, False])
def test_a_pick_of_an_accepted_cull_is_published_without_a_reject(
    scene: Scene, go: Callable[[Scene], None], *, is_read: bool
) -> None:
    scene.reads(REJECT)
    go(scene)
    if is_read:
        scene.read()
    scene.accepts(Choice.PICK)
    assert scene.anna.stars() == {}
    assert "Green" in scene.published().values()
    assert not scene.publishes_reject()


@pytest.mark.parametrize("choice", [Choice.PICK, Choice.NONE])
def test_a_choice_by_hand_ends_a_reject_until_it_is_undone(scene: Scene, choice: Choice) -> None:
    scene.reads(REJECT_LABEL)
    run = scene.decides(choice)
    assert run is not None
    for _ in range(2):
        assert scene.anna.stars() == {}
        assert not scene.publishes_reject()
        assert scene.taste() == ([4] if choice is Choice.PICK else [])
        scene.read()
    assert scene.decides(choice) is None
    undo(scene.catalog, run)
    assert scene.anna.stars() == {scene.key: -1}
    assert scene.taste() == [1]


@pytest.mark.parametrize("sidecar", [REJECT, PICK_LABEL])
def test_clearing_all_ends_what_was_read_and_stars_and_favourites_stay(
    scene: Scene, sidecar: str
) -> None:
    scene.reads(sidecar)
    scene.anna.state([scene.key], {"favorite": True})
    scene.accepts(Choice.PICK)
    scene.decides(Choice.NONE)
    assert scene.taste() == [None]
    assert [word.favorite for word in scene.anna.all()] == [True]
    decide(scene.catalog, "anna", [scene.key], Word(stars=3))
    assert scene.taste() == [3]
    assert scene.anna.stars() == {scene.key: 3}


def test_a_reject_written_after_it_was_cleared_counts_again(scene: Scene) -> None:
    scene.reads(REJECT)
    scene.decides(Choice.NONE)
    scene.reads(PICK_LABEL)
    assert scene.taste() == [4]
    scene.reads(REJECT)
    assert scene.taste() == [1]
    assert scene.anna.stars() == {scene.key: -1}


def test_a_reject_written_before_all_was_cleared_does_not_count(scene: Scene) -> None:
    scene.decides(Choice.PICK)
    scene.decides(Choice.NONE)
    scene.host(REJECT, minutes=-5)
    scene.read()
    assert scene.taste() == []
    assert scene.anna.stars() == {}


def test_a_favourite_given_later_makes_no_reject_a_rating(scene: Scene) -> None:
    scene.reads(REJECT)
    scene.anna.state([scene.key], {"favorite": True})
    scene.reads(PICK_LABEL)
    assert scene.taste() == [4]
    scene.reads(NOTHING)
    assert scene.taste() == [None]


def test_a_reject_is_removed_when_no_copy_has_it(scene: Scene) -> None:
    copy = scene.folder / "copy" / "1.jpg"
    copy.parent.mkdir()
    shutil.copy2(scene.photo, copy)
    put(scene.catalog, copy, 1)
    other = copy.with_name("1.jpg.xmp")
    other.write_text(REJECT)
    scene.reads(REJECT)
    scene.reads(NOTHING)
    assert scene.anna.stars() == {scene.key: -1}
    other.write_text(NOTHING)
    assert not scene.publishes_reject()
    scene.read()
    assert scene.anna.stars() == {}
    assert scene.taste() == []


class TestOfAnEarlierRelease:
    """It kept the rating, without the pick or reject that it was read from."""

    def reads(self, scene: Scene, sidecar: str) -> None:
        scene.reads(sidecar)
        (word,) = scene.catalog.people.preferences("anna")
        readings = list(scene.catalog.people.readings("anna").values())
        scene.anna.forget()
        old = Preference(
            content_hash=scene.key, rating=word.rating, source="marks", stated_at=word.stated_at
        )
        scene.catalog.people.prefer("anna", [old])
        scene.catalog.people.note_readings("anna", readings)

    @pytest.mark.parametrize(
        ("sidecar", "choice", "worth", "read_first"),
        [
            (REJECT, Choice.PICK, [4], True),
            (REJECT, Choice.PICK, [4], False),
            (PICK_LABEL, Choice.REJECT, [1], True),
            (PICK_LABEL, Choice.REJECT, [1], False),
            (REJECT, Choice.NONE, [], True),  # before it is read there is nothing to clear
            (PICK_LABEL, Choice.NONE, [], True),
        ],
    )
    def test_a_choice_by_hand_counts_once_the_sidecars_are_read(
        self, scene: Scene, sidecar: str, choice: Choice, worth: list[int], *, read_first: bool
    ) -> None:
        self.reads(scene, sidecar)
        if read_first:
            scene.read()
        scene.decides(choice)
        if not read_first:
            scene.read()
        assert scene.taste() == worth
        assert scene.publishes_reject() is (choice is Choice.REJECT)
        scene.read()
        assert scene.taste() == worth

    def test_a_rating_of_one_star_is_no_reject(self, scene: Scene) -> None:
        self.reads(scene, REJECT)
        assert scene.anna.stars() == {scene.key: 1}
        zeroed(scene)
        assert not scene.publishes_reject()
        scene.read()
        assert not scene.publishes_reject()

    def test_stars_stay_the_rating_beside_a_pick(self, scene: Scene) -> None:
        self.reads(scene, STARS.format(stars=1, extra=""))
        scene.decides(Choice.PICK)
        scene.read()
        assert scene.taste() == [1]
