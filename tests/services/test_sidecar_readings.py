"""What was read in a sidecar before is no later word for being written once more, by anybody."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice, Word
from aesplugin.services.decide import decide
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.publish import Outcome, Publisher, PublishOptions
from aesplugin.sidecars.xmp import XmpSidecar
from tests.services.personal.test_prefer import FOUR, KEYWORDS, STARS, TWO, host_writes
from tests.services.publishing.builders import REVISION, publish, put, runs_of

NONE = STARS.format(stars=0, extra="")
DAY = 60 * 24


class Scene:
    """One photo, the words of anna, and another program."""

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        self.catalog, self.folder = catalog, folder
        self.key = put(catalog, folder / "1.jpg", 1)
        self.anna = Preferences(catalog, "anna")
        self.publisher = Publisher(
            catalog=catalog, sidecars=XmpSidecar(), locks=folder.parent / "locks"
        )

    def by_prefer(self, stars: int) -> None:
        self.anna.state([self.key], {"rating": stars})

    def by_file(self, stars: int) -> None:
        table = self.folder / "ratings.csv"
        table.write_text(f"{self.key},{stars}\n")
        assert self.anna.from_file(table).kept == 1

    def by_decide(self, stars: int) -> None:
        decide(self.catalog, "anna", [self.key], Word(stars=stars))

    def host(self, sidecar: str, *, minutes: float = 0) -> None:
        """Another program writes, a moment after what was before."""
        time.sleep(0.05)
        host_writes(self.folder, sidecar, minutes=minutes)
        time.sleep(0.05)

    def read(self) -> int | None:
        learnt = self.anna.from_sidecars(list(self.catalog.entries(REVISION)), XmpSidecar())
        assert learnt.problems == ()
        return self.anna.stars().get(self.key)

    def moved(self, folder: Path) -> None:
        """The photo's folder gets another name, and is scored again."""
        self.folder.rename(folder)
        self.catalog.mark_missing(
            [str(self.folder / "1.jpg")], root=str(self.folder), max_share=1.0
        )
        self.folder = folder
        put(self.catalog, folder / "1.jpg", 1)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as catalog:
        yield Scene(catalog, tmp_path / "photos")


Say = Callable[[Scene, int], None]
HERE = pytest.mark.parametrize("say", [Scene.by_prefer, Scene.by_file, Scene.by_decide])


@HERE
@pytest.mark.parametrize("read_first", [True, False])
def test_stars_that_lost_do_not_win_with_a_keyword(
    scene: Scene, say: Say, *, read_first: bool
) -> None:
    scene.host(TWO, minutes=-5)
    if read_first:
        assert scene.read() == 2
    say(scene, 5)
    assert scene.read() == 5
    scene.host(KEYWORDS)
    assert scene.read() == 5
    assert scene.read() == 5
    scene.host(FOUR)
    assert scene.read() == 4


@HERE
@pytest.mark.parametrize(("last", "stands"), [("host", 2), ("here", 5)])
def test_taking_ours_out_makes_no_older_word_newer(
    scene: Scene, say: Say, last: str, stands: int
) -> None:
    decide(scene.catalog, "anna", [scene.key], Word(choice=Choice.PICK))
    publish(scene.publisher, PublishOptions(user="anna", labels=True))
    ours = (scene.folder / "1.jpg.xmp").read_text()
    theirs = ours.replace(
        "<rdf:Description ",
        '<rdf:Description xmlns:theirs="http://ns.adobe.com/xap/1.0/" theirs:Rating="2" ',
        1,
    )
    if last == "here":
        scene.host(theirs)
        say(scene, 5)
    else:
        say(scene, 5)
        scene.host(theirs)
    time.sleep(0.05)
    (done,) = scene.publisher.unpublish(runs_of(scene.catalog)[0].id)
    assert done.outcome is Outcome.MERGED_BACK
    assert scene.read() == stands
    assert scene.read() == stands


@HERE
@pytest.mark.parametrize(("last", "stands"), [("host", 2), ("here", 5)])
def test_what_we_wrote_is_known_in_a_folder_of_another_name(
    scene: Scene, say: Say, last: str, stands: int, tmp_path: Path
) -> None:
    if last == "here":
        scene.host(TWO)
        say(scene, 5)
    else:
        say(scene, 5)
        scene.host(TWO)
    time.sleep(0.05)
    publish(scene.publisher, PublishOptions(tags=True))
    scene.moved(tmp_path / "renamed")
    assert scene.read() == stands


@HERE
def test_stars_taken_away_and_given_again_are_news(scene: Scene, say: Say) -> None:
    scene.host(TWO, minutes=-5)
    assert scene.read() == 2
    scene.host(NONE)
    scene.read()
    say(scene, 5)
    assert scene.read() == 5
    scene.host(KEYWORDS)
    assert scene.read() == 2


@HERE
def test_a_sidecar_of_the_future_is_as_late_as_its_first_reading(scene: Scene, say: Say) -> None:
    scene.host(TWO, minutes=DAY)
    assert scene.read() == 2
    say(scene, 5)
    assert scene.read() == 5
    scene.host(KEYWORDS, minutes=2 * DAY)
    assert scene.read() == 5


@HERE
def test_a_sidecar_of_the_future_was_written_before_what_was_said_since(
    scene: Scene, say: Say
) -> None:
    scene.host(TWO, minutes=DAY)
    say(scene, 5)
    assert scene.read() == 5
    scene.host(FOUR, minutes=DAY)
    assert scene.read() == 4


def test_what_was_forgotten_is_read_anew(scene: Scene) -> None:
    scene.host(TWO, minutes=-5)
    assert scene.read() == 2
    assert scene.anna.forget().kept == 1
    assert scene.catalog.people.readings("anna") == {}
    assert scene.read() == 2
    assert scene.anna.forget([scene.key]).kept == 1
    assert scene.catalog.people.readings("anna") == {}
