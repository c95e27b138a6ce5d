"""Steps made on the page, and taking them back there or at the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import UsageError
from aesplugin.services.culling.cull import read_decisions
from aesplugin.services.decide import decide, undo
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.review import Review, Unit
from tests.catalog.samples import REVISION, content_hash, ingested

ONE, TWO = content_hash(1), content_hash(2)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        opened.record_photos([ingested(1), ingested(2)])
        yield opened


def test_undo_at_the_command_line_takes_back_what_a_step_taught(catalog: Catalog) -> None:
    review = Review(catalog, REVISION)
    review.mark("ann", [ONE], Word(stars=5))
    review.mark("ann", [TWO], Word(favorite=True))
    said = {word.content_hash: word for word in Preferences(catalog, "ann").all()}
    assert (said[ONE].rating, said[TWO].favorite) == (5, True)
    undo(catalog)
    undo(catalog)
    assert Preferences(catalog, "ann").all() == []
    assert read_decisions(catalog, "ann") == {}
    assert undone(review) == set()


def test_the_page_takes_its_own_steps_back_also_after_a_restart(catalog: Catalog) -> None:
    decide(catalog, "ann", [ONE], Word(stars=1))
    review = Review(catalog, REVISION)
    review.mark("ann", [ONE, TWO], Word(stars=5))
    review.mark("ben", [ONE], Word(stars=2))
    accepted = review.accept("ann", [Unit(photos=(ONE,), choice=Choice.PICK)])
    assert accepted[ONE].choice is Choice.PICK
    decide(catalog, "ann", [TWO], Word(favorite=True))
    again = Review(catalog, REVISION)
    assert undone(again) == {ONE}
    assert undone(again) == {ONE, TWO}
    assert undone(again) == set()  # what was said elsewhere is taken back there
    said = {word.content_hash: word for word in Preferences(catalog, "ann").all()}
    assert (said[ONE].rating, said[TWO].favorite) == (1, True)


@pytest.mark.parametrize(
    "word",
    [Word(choice=Choice.PICK), Word(choice=Choice.REJECT), Word(stars=3), Word(favorite=True)],
)
def test_what_a_later_run_said_too_outlives_the_undo_of_an_earlier(
    catalog: Catalog, word: Word
) -> None:
    first = decide(catalog, "ann", [ONE], word)
    second = decide(catalog, "ann", [ONE, TWO], word)
    assert first is not None
    assert second is not None
    stands = catalog.people.decisions("ann")
    undo(catalog, first.id)
    assert said_alike(catalog.people.decisions("ann"), stands)
    undo(catalog, second.id)
    assert set(read_decisions(catalog, "ann")) == set()


def test_taking_the_later_run_back_leaves_what_the_earlier_said(catalog: Catalog) -> None:
    decide(catalog, "ann", [ONE], Word(choice=Choice.PICK))
    review = Review(catalog, REVISION)
    review.mark("ann", [ONE, TWO], Word(choice=Choice.PICK))
    assert review.undo("ann").line == "Pick of 000002.jpg undone"
    assert catalog.people.decisions("ann")[ONE].choice is Choice.PICK
    assert read_decisions(catalog, "ann").keys() == {ONE}


def test_a_pick_on_the_page_confirms_a_culls(catalog: Catalog) -> None:
    review = Review(catalog, REVISION)
    review.accept("ann", [Unit(photos=(ONE,), choice=Choice.PICK)])
    review.mark("ann", [ONE], Word(choice=Choice.PICK))
    assert [word.rating for word in Preferences(catalog, "ann").all()] == [4]
    assert undone(review) == {ONE}
    assert catalog.people.decisions("ann")[ONE].choice is Choice.PICK


def test_a_mark_that_says_nothing_new_is_no_step(catalog: Catalog) -> None:
    review = Review(catalog, REVISION)
    assert review.mark("ann", [ONE], Word(stars=0)) == {ONE: Decision(content_hash=ONE, user="ann")}
    assert undone(review) == set()
    with pytest.raises(UsageError, match="not a valid user name"):
        review.mark(" ", [ONE], Word(stars=3))
    with pytest.raises(UsageError, match="stars"):
        review.mark("ann", [ONE], Word(stars=6))
    assert undoable_runs(catalog) == 0


def test_an_accepted_unit_of_which_a_file_was_decided_keeps_that_word(catalog: Catalog) -> None:
    """A RAW is not picked where its JPEG was rejected since the proposal was shown."""
    review = Review(catalog, REVISION)
    review.mark("ann", [ONE], Word(choice=Choice.REJECT))
    review.accept("ann", [Unit(photos=(ONE, TWO), choice=Choice.PICK)])
    assert {k: d.choice for k, d in catalog.people.decisions("ann").items()} == {ONE: Choice.REJECT}


@pytest.mark.parametrize(
    ("photos", "word", "line"),
    [
        ([ONE], Word(choice=Choice.PICK), "Pick of 000001.jpg"),
        ([ONE], Word(stars=4, favorite=True), "Star rating, favourite of 000001.jpg"),
        ([ONE, TWO], Word(choice=Choice.REJECT), "2 rejects"),
        ([ONE, TWO], Word(stars=4), "2 star ratings"),
    ],
)
def test_undo_and_redo_say_what(catalog: Catalog, photos: list[str], word: Word, line: str) -> None:
    review = Review(catalog, REVISION)
    review.mark("ann", photos, word)
    assert review.undo("ann").line == f"{line} undone"
    assert review.redo("ann").line == f"{line} redone"
    assert review.redo("ann").line == "Nothing to redo"


def test_undo_says_where_a_cull_was_accepted(catalog: Catalog) -> None:
    review = Review(catalog, REVISION)
    units = [
        Unit(photos=(ONE,), choice=Choice.PICK), Unit(photos=(TWO,), choice=Choice.REJECT)
    ]  # fmt: skip
    for user in ("ann", "by photos, on", "proposed to "):
        review.accept(user, units, where=" in the burst of 8")
        assert review.undo(user).line == "1 pick, 1 reject in the burst of 8 undone"
        assert review.redo(user).line == "1 pick, 1 reject in the burst of 8 redone"
        assert review.undo(user).line == "1 pick, 1 reject in the burst of 8 undone"
    assert review.undo("ann").line == "Nothing to undo"


def undone(review: Review) -> set[str]:
    return set(review.undo("ann").decisions)


def undoable_runs(catalog: Catalog) -> int:
    return len(catalog.runs.standing(limit=9))


def said_alike(one: dict[str, Decision], other: dict[str, Decision]) -> bool:
    words = [
        {key: (d.choice, d.stars, d.favorite) for key, d in said.items()} for said in (one, other)
    ]
    return words[0] == words[1]


@pytest.mark.parametrize("do", ["accept", "keep"])
@pytest.mark.parametrize("word", [{"rating": 5}, {"favorite": True}])
def test_what_is_loved_outside_the_page_is_not_rejected(
    catalog: Catalog, do: str, word: dict[str, int | bool | None]
) -> None:
    """By A as by K, and for all files of the exposure."""
    Preferences(catalog, "ann").state([TWO], word)
    review = Review(catalog, REVISION)
    stands = getattr(review, do)("ann", [Unit(photos=(ONE, TWO), choice=Choice.REJECT)])
    assert {one.choice for one in stands.values()} == {Choice.NONE}


@pytest.mark.parametrize("do", ["accept", "keep"])
def test_a_photo_among_the_picks_and_the_rejects_is_picked(catalog: Catalog, do: str) -> None:
    units = [
        Unit(photos=(ONE,), choice=Choice.PICK), Unit(photos=(ONE, TWO), choice=Choice.REJECT)
    ]  # fmt: skip
    stands = getattr(Review(catalog, REVISION), do)("ann", units)
    assert [stands[key].choice for key in (ONE, TWO)] == [Choice.PICK, Choice.NONE]


def test_the_log_of_decisions_rejects_no_pick(catalog: Catalog) -> None:
    catalog.people.keep("ann", [ONE], [ONE, TWO], note="by ann")
    found = {key: one.choice for key, one in catalog.people.decisions("ann").items()}
    assert found == {ONE: Choice.PICK, TWO: Choice.REJECT}


@pytest.mark.parametrize("do", ["accept", "keep"])
def test_a_step_reads_only_what_was_said_of_its_photos(catalog: Catalog, do: str) -> None:
    """However much the person decided elsewhere: a step costs what its burst costs."""
    review = Review(catalog, REVISION)
    review.mark("ann", [TWO], Word(stars=5))
    Preferences(catalog, "ann").state([TWO], {"rating": 5})
    assert Preferences(catalog, "ann").loved([ONE]) == []
    read: list[str] = []
    whole = "WHERE judgements.user_name = ?"

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "FROM judgements" in statement and whole in statement:
            read.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        getattr(review, do)("ann", [Unit(photos=(ONE,), choice=Choice.REJECT)])
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert read
    assert all("content_hash IN" in statement for statement in read)
