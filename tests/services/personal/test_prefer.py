"""Words from sidecars and decisions: only a person's count."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice, Decision, Proposal, Word
from aesplugin.photo import Exif, FileStamp
from aesplugin.services.decide import accept, decide, undo
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.publish import Outcome, Publisher, PublishOptions
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.xmp import XmpSidecar
from tests.catalog.samples import REVISION, content_hash, ingested
from tests.services.publishing.builders import REVISION as REVISION_OF_PUT
from tests.services.publishing.builders import publish, put, runs_of

STARS = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"{extra} xmp:Rating="{stars}"/></rdf:RDF></x:xmpmeta>'
)
DARKTABLE = ' xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="4"'


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        yield opened


def add(
    catalog: Catalog, folder: Path, number: int, sidecar: str | bytes = "", **exif: int
) -> None:
    path = folder / f"{number}.jpg"
    catalog.record_photos([ingested(number, str(path), exif=Exif(**exif))])
    if sidecar:
        data = sidecar.encode() if isinstance(sidecar, str) else sidecar
        (folder / f"{number}.jpg.xmp").write_bytes(data)


def learn(catalog: Catalog) -> tuple[dict[str, int | None], tuple[str, ...]]:
    anna = Preferences(catalog, "anna")
    learnt = anna.from_sidecars(list(catalog.entries(REVISION)), XmpSidecar())
    return {word.content_hash: word.rating for word in anna.all()}, learnt.problems


def test_stars_are_read_and_the_default_star_is_not(catalog: Catalog, tmp_path: Path) -> None:
    add(catalog, tmp_path, 1, STARS.format(stars=4, extra=""))
    add(catalog, tmp_path, 2, STARS.format(stars=1, extra=DARKTABLE))
    add(catalog, tmp_path, 3, STARS.format(stars=0, extra=""))
    add(catalog, tmp_path, 4, STARS.format(stars=-1, extra=""))
    add(catalog, tmp_path, 5, rating=3)
    add(catalog, tmp_path, 6)
    said, problems = learn(catalog)
    assert said == {content_hash(1): 4, content_hash(4): 1, content_hash(5): 3}
    assert problems == ()


def test_a_damaged_sidecar_is_named_and_the_others_are_read(
    catalog: Catalog, tmp_path: Path
) -> None:
    add(catalog, tmp_path, 1, "<x:xmpmeta broken")
    add(catalog, tmp_path, 2, STARS.format(stars=5, extra=""))
    said, problems = learn(catalog)
    assert said == {content_hash(2): 5}
    assert len(problems) == 1
    assert "1.jpg.xmp" in problems[0]


def test_what_we_published_teaches_nothing(catalog: Catalog, tmp_path: Path) -> None:
    ours = XmpSidecar().merge(None, Publication(score=9.0, stars=5, choice=Choice.PICK))
    add(catalog, tmp_path, 1, ours.data or b"")
    assert learn(catalog)[0] == {}


def test_decisions_by_hand_count_and_accepted_proposals_do_not(
    catalog: Catalog, tmp_path: Path
) -> None:
    for number in range(4):
        add(catalog, tmp_path, number)
    decide(catalog, "anna", [content_hash(0)], Word(choice=Choice.PICK))
    proposals = [
        Proposal(content_hash=content_hash(n), choice=choice, reason="")
        for n, choice in (
            (0, Choice.REJECT),
            (1, Choice.PICK),
            (2, Choice.REJECT),
            (3, Choice.NONE),
        )
    ]
    run = accept(catalog, "anna", proposals)
    assert run is not None
    standing = catalog.people.decisions("anna")
    assert standing[content_hash(0)].choice is Choice.PICK  # a person's word wins
    assert set(standing) == {content_hash(n) for n in (0, 1, 2)}
    anna = Preferences(catalog, "anna")
    assert {word.content_hash: word.rating for word in anna.all()} == {content_hash(0): 4}
    assert undo(catalog, run.id)[1] == 2
    assert set(catalog.people.decisions("anna")) == {content_hash(0)}


def test_a_rating_wins_over_a_decision(catalog: Catalog, tmp_path: Path) -> None:
    add(catalog, tmp_path, 0)
    catalog.people.decide([Decision(content_hash=content_hash(0), user="anna", stars=2)])
    anna = Preferences(catalog, "anna")
    anna.state([content_hash(0)], {"rating": 5, "favorite": None})
    assert [word.rating for word in anna.all()] == [5]


def labelled(label: int) -> str:
    digikam = ' xmlns:digiKam="http://www.digikam.org/ns/1.0/" digiKam:PickLabel'
    return STARS.format(stars=0, extra=f'{digikam}="{label}"')


@pytest.mark.parametrize("label", [1, 3])
def test_a_pick_in_a_sidecar_counts_unless_rated(
    catalog: Catalog, tmp_path: Path, label: int
) -> None:
    for number in (1, 2, 3, 4):
        add(catalog, tmp_path, number, labelled(label))
    anna = Preferences(catalog, "anna")
    anna.state([content_hash(1)], {"rating": 5})
    decide(catalog, "anna", [content_hash(2)], Word(stars=5))
    anna.state([content_hash(3)], {"favorite": True})
    worth = 4 if label == 3 else 1
    said, problems = learn(catalog)
    assert problems == ()
    assert [said[content_hash(number)] for number in (1, 2, 3, 4)] == [5, 5, worth, worth]
    assert [word.favorite for word in anna.all() if word.content_hash == content_hash(3)] == [True]


def test_a_sidecar_is_read_anew(catalog: Catalog, tmp_path: Path) -> None:
    for label, stars in ((3, 4), (1, 1)):
        add(catalog, tmp_path, 1, labelled(label))
        assert learn(catalog)[0] == {content_hash(1): stars}
    Preferences(catalog, "anna").state([content_hash(1)], {"rating": 5})
    add(catalog, tmp_path, 1, STARS.format(stars=3, extra=""))
    assert learn(catalog)[0] == {content_hash(1): 3}  # stars are a rating, and the later word


def host_writes(folder: Path, sidecar: str, *, minutes: float) -> None:
    """Another program writes the first photo's sidecar, so long from now (ago where negative)."""
    path = folder / "1.jpg.xmp"
    path.write_text(sidecar)
    at = time.time() + 60 * minutes
    os.utime(path, (at, at))


def by_prefer(catalog: Catalog, stars: int) -> None:
    Preferences(catalog, "anna").state([content_hash(1)], {"rating": stars})


def by_decide(catalog: Catalog, stars: int) -> None:
    decide(catalog, "anna", [content_hash(1)], Word(stars=stars))


def stars_of(catalog: Catalog) -> list[int]:
    """What would be published, and what teaches the taste: the same."""
    learn(catalog)
    anna = Preferences(catalog, "anna")
    found = list(anna.stars().values())
    assert [word.rating for word in anna.all()] == found
    return found


HERE = [by_prefer, by_decide]
TWO, FOUR = STARS.format(stars=2, extra=""), STARS.format(stars=4, extra="")
KEYWORDS = STARS.format(stars=2, extra=' xmp:CreatorTool="keywords added"')


@pytest.mark.parametrize("say", HERE)
def test_a_word_said_here_after_the_sidecar_was_written_stands(
    catalog: Catalog, tmp_path: Path, say: Callable[[Catalog, int], None]
) -> None:
    add(catalog, tmp_path, 1)
    host_writes(tmp_path, TWO, minutes=-5)
    say(catalog, 5)
    assert stars_of(catalog) == [5]
    assert stars_of(catalog) == [5]


@pytest.mark.parametrize("say", HERE)
def test_a_sidecar_written_after_the_word_said_here_counts(
    catalog: Catalog, tmp_path: Path, say: Callable[[Catalog, int], None]
) -> None:
    add(catalog, tmp_path, 1)
    host_writes(tmp_path, TWO, minutes=-5)
    assert stars_of(catalog) == [2]
    say(catalog, 5)
    assert stars_of(catalog) == [5]
    host_writes(tmp_path, FOUR, minutes=0)
    assert stars_of(catalog) == [4]
    assert stars_of(catalog) == [4]
    say(catalog, 3)
    assert stars_of(catalog) == [3]


def test_stars_read_before_are_no_news_when_something_else_is_written(
    catalog: Catalog, tmp_path: Path
) -> None:
    add(catalog, tmp_path, 1)
    host_writes(tmp_path, TWO, minutes=-5)
    assert stars_of(catalog) == [2]
    by_decide(catalog, 5)
    host_writes(tmp_path, KEYWORDS, minutes=1)
    assert stars_of(catalog) == [5]


def test_a_clock_that_was_wrong_does_not_make_a_sidecar_the_latest_word_for_ever(
    catalog: Catalog, tmp_path: Path
) -> None:
    add(catalog, tmp_path, 1)
    host_writes(tmp_path, TWO, minutes=60 * 24 * 365)
    assert stars_of(catalog) == [2]
    by_decide(catalog, 5)
    assert stars_of(catalog) == [5]


@pytest.mark.parametrize("say", HERE)
@pytest.mark.parametrize(("minutes", "stands"), [(-5, 5), (0, 2)])
def test_stars_in_the_photo_itself_are_as_old_as_the_file(
    catalog: Catalog,
    tmp_path: Path,
    say: Callable[[Catalog, int], None],
    minutes: float,
    stands: int,
) -> None:
    add(catalog, tmp_path, 1, rating=2)
    say(catalog, 5)
    photo = tmp_path / "1.jpg"
    photo.touch()
    at = time.time() + 60 * minutes
    os.utime(photo, (at, at))
    stamp = FileStamp.of(str(photo), photo.stat())
    catalog.record_photos([replace(ingested(1, exif=Exif(rating=2)), stamp=stamp)])
    assert stars_of(catalog) == [stands]


@pytest.mark.parametrize(("minutes", "worth"), [(-5, 4), (0, 1)])
def test_a_reject_in_a_sidecar_is_weighed_against_a_pick_said_here(
    catalog: Catalog, tmp_path: Path, minutes: float, worth: int
) -> None:
    add(catalog, tmp_path, 1)
    decide(catalog, "anna", [content_hash(1)], Word(choice=Choice.PICK))
    host_writes(tmp_path, labelled(1), minutes=minutes)
    assert learn(catalog)[0] == {content_hash(1): worth}


@pytest.mark.parametrize(("label", "choice", "worth"), [(1, Choice.PICK, 4), (3, Choice.REJECT, 1)])
def test_a_choice_made_here_after_another_was_read_in_a_sidecar_counts(
    catalog: Catalog, tmp_path: Path, label: int, choice: Choice, worth: int
) -> None:
    key = content_hash(1)
    add(catalog, tmp_path, 1, labelled(label))
    read = learn(catalog)[0]
    run = decide(catalog, "anna", [key], Word(choice=choice))
    assert learn(catalog)[0] == {key: worth}
    assert Preferences(catalog, "anna").stars().get(key) == (-1 if worth == 1 else None)
    assert run is not None
    undo(catalog, run.id)
    assert learn(catalog)[0] == read


def test_a_choice_that_is_repeated_here_counts_against_a_later_one_in_a_sidecar(
    catalog: Catalog, tmp_path: Path
) -> None:
    key = content_hash(1)
    add(catalog, tmp_path, 1)
    decide(catalog, "anna", [key], Word(choice=Choice.PICK))
    host_writes(tmp_path, labelled(1), minutes=0)
    time.sleep(0.05)
    decide(catalog, "anna", [key], Word(favorite=True))  # says nothing of the choice
    assert learn(catalog)[0] == {key: 1}
    decide(catalog, "anna", [key], Word(choice=Choice.PICK))
    assert learn(catalog)[0] == {key: 4}


def test_a_choice_says_nothing_against_stars_in_a_sidecar(catalog: Catalog, tmp_path: Path) -> None:
    add(catalog, tmp_path, 1, STARS.format(stars=2, extra=""))
    assert learn(catalog)[0] == {content_hash(1): 2}
    decide(catalog, "anna", [content_hash(1)], Word(choice=Choice.PICK))
    assert learn(catalog)[0] == {content_hash(1): 2}


@pytest.mark.parametrize("say", HERE)
@pytest.mark.parametrize(("first", "stands"), [("host", 5), ("here", 2)])
def test_what_a_run_of_ours_writes_makes_no_older_word_newer(
    catalog: Catalog,
    tmp_path: Path,
    say: Callable[[Catalog, int], None],
    first: str,
    stands: int,
) -> None:
    """The sidecar is written thrice: by a run, by another program, and by a run that adds tags."""
    path = tmp_path / "1.jpg"
    put(catalog, path, 1)
    key = f"{1:064x}"
    anna = Preferences(catalog, "anna")

    def speak() -> None:
        if say is by_prefer:
            anna.state([key], {"rating": 5})
        else:
            decide(catalog, "anna", [key], Word(stars=5))

    publisher = Publisher(catalog=catalog, sidecars=XmpSidecar(), locks=tmp_path / "locks")
    publish(publisher, PublishOptions())
    if first == "here":
        speak()
        time.sleep(0.05)
    (tmp_path / "1.jpg.xmp").write_text(TWO)
    if first == "host":
        time.sleep(0.05)
        speak()
    for tags in (False, True):
        options = PublishOptions(user="anna", ratings=True, tags=tags)
        (written,) = publish(publisher, options)
        assert written.outcome is Outcome.WRITTEN
    for _ in range(2):
        anna.from_sidecars(list(catalog.entries(REVISION_OF_PUT)), XmpSidecar())
        assert anna.stars() == {key: stands}
    list(publisher.unpublish(runs_of(catalog)[0].id))
    anna.from_sidecars(list(catalog.entries(REVISION_OF_PUT)), XmpSidecar())
    assert anna.stars() == {key: stands}
