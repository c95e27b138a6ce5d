"""Steps made on the page, and taking them back there or at the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice, Decision, Proposal, Word
from aesplugin.errors import UsageError
from aesplugin.services.cull import read_decisions
from aesplugin.services.decide import decide, undo
from aesplugin.services.prefer import Preferences
from aesplugin.services.review import Review
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
    assert review.undo("ann") == []


def test_the_page_takes_its_own_steps_back_also_after_a_restart(catalog: Catalog) -> None:
    decide(catalog, "ann", [ONE], Word(stars=1))
    review = Review(catalog, REVISION)
    review.mark("ann", [ONE, TWO], Word(stars=5))
    review.mark("ben", [ONE], Word(stars=2))
    accepted = [
        Proposal(content_hash=key, choice=choice, reason="")
        for key, choice in ((ONE, Choice.PICK), (TWO, Choice.NONE))
    ]
    assert review.accept("ann", accepted) == 1
    decide(catalog, "ann", [TWO], Word(favorite=True))
    again = Review(catalog, REVISION)
    assert again.undo("ann") == [ONE]
    assert set(again.undo("ann")) == {ONE, TWO}
    assert again.undo("ann") == []  # what was said elsewhere is taken back there
    said = {word.content_hash: word for word in Preferences(catalog, "ann").all()}
    assert (said[ONE].rating, said[TWO].favorite) == (1, True)


def test_a_pick_on_the_page_confirms_a_culls(catalog: Catalog) -> None:
    review = Review(catalog, REVISION)
    review.accept("ann", [Proposal(content_hash=ONE, choice=Choice.PICK, reason="")])
    review.mark("ann", [ONE], Word(choice=Choice.PICK))
    assert [word.rating for word in Preferences(catalog, "ann").all()] == [4]
    assert review.undo("ann") == [ONE]
    assert catalog.people.decisions("ann")[ONE].choice is Choice.PICK


def test_a_mark_that_says_nothing_new_is_no_step(catalog: Catalog) -> None:
    review = Review(catalog, REVISION)
    assert review.mark("ann", [ONE], Word(stars=0)) == {ONE: Decision(content_hash=ONE, user="ann")}
    assert review.undo("ann") == []
    with pytest.raises(UsageError, match="no user's name"):
        review.mark(" ", [ONE], Word(stars=3))
    with pytest.raises(UsageError, match="stars"):
        review.mark("ann", [ONE], Word(stars=6))
    assert undoable_runs(catalog) == 0


def undoable_runs(catalog: Catalog) -> int:
    return len(catalog.runs.standing(limit=9))
