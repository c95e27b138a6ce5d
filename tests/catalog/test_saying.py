"""A person's words and a cull's choices, one above the other, and taken back in any order."""

from itertools import permutations

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Preference, RunKind
from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import CatalogError, UsageError
from tests.catalog.samples import content_hash, ingested

ONE, TWO = content_hash(1), content_hash(2)
Said = tuple[Choice, int | None, bool]
NOTHING: Said = (Choice.NONE, None, False)


@pytest.fixture(autouse=True)
def two_photos(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1), ingested(2)])


def say(catalog: Catalog, word: Word, *photos: str, user: str = "ann") -> int | None:
    return catalog.people.say(user, photos or (ONE,), word, note=f"by {user}")


def accept(catalog: Catalog, choice: Choice = Choice.PICK) -> int:
    run = catalog.people.accept("ann", {ONE: choice}, note="proposed")
    assert run is not None
    return run


def stands(catalog: Catalog, *, by_hand: bool = False) -> Said:
    found = catalog.people.decisions("ann", by_hand=by_hand).get(ONE)
    return (found.choice, found.stars, found.favorite) if found else NOTHING


def test_a_word_is_a_run_with_the_number_of_photos_it_names(catalog: Catalog) -> None:
    """Also those that it tells nothing new of: they stay decided where an earlier run is undone."""
    first = say(catalog, Word(stars=3))
    second = say(catalog, Word(stars=3), ONE, TWO, TWO)
    assert first is not None and second is not None
    assert catalog.runs.find(first).note == "1 photo, by ann"
    assert catalog.runs.find(second).note == "2 photos, by ann"
    assert catalog.gallery.decided_in(second) == [ONE, TWO]
    assert say(catalog, Word(stars=3), ONE, TWO) is None
    assert say(catalog, Word(stars=0), ONE, user="bob") is None


@pytest.mark.parametrize(
    ("user", "photo", "stars"), [(" ", ONE, 3), ("ann", content_hash(9), 3), ("ann", ONE, 6)]
)
def test_a_refused_word_leaves_no_run_and_nobody(
    catalog: Catalog, user: str, photo: str, stars: int
) -> None:
    with pytest.raises((UsageError, CatalogError)):
        say(catalog, Word(stars=stars), photo, user=user)
    with pytest.raises((UsageError, CatalogError)):
        catalog.people.accept(user, {photo: Choice.PICK, content_hash(8): Choice.PICK}, note="")
    assert catalog.runs.latest(RunKind.DECIDE) == catalog.runs.latest(RunKind.CULL) == []
    assert catalog.people.users() == []


def test_a_cull_chooses_beneath_nobodys_word_and_above_what_is_open(catalog: Catalog) -> None:
    say(catalog, Word(stars=4))
    accept(catalog)
    assert stands(catalog) == (Choice.PICK, 4, False)
    assert stands(catalog, by_hand=True) == (Choice.NONE, 4, False)
    assert catalog.people.accept("ann", {ONE: Choice.REJECT, TWO: Choice.NONE}, note="") is None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_cull_and_the_words_around_it_are_taken_back_in_any_order(
    catalog: Catalog, order: tuple[int, ...]
) -> None:
    runs = [say(catalog, Word(stars=4)), accept(catalog), say(catalog, Word(favorite=True))]
    assert stands(catalog) == (Choice.PICK, 4, True)
    for index in order:
        run = runs[index]
        assert run is not None
        assert catalog.runs.undo_decisions(run) == 1
        runs[index] = None
        assert (stands(catalog)[0] is Choice.PICK) == (runs[1] is not None)
        if runs[2] is None:
            assert stands(catalog)[1:] == (4 if runs[0] else None, False)
    assert stands(catalog) == NOTHING


def test_a_choice_by_hand_replaces_the_culls(catalog: Catalog) -> None:
    cull = accept(catalog)
    confirmed = say(catalog, Word(choice=Choice.PICK))
    assert confirmed is not None
    assert stands(catalog, by_hand=True) == (Choice.PICK, None, False)
    catalog.runs.undo_decisions(cull)
    assert stands(catalog) == (Choice.PICK, None, False)


def test_a_whole_decision_by_hand_confirms_the_culls(catalog: Catalog) -> None:
    accept(catalog)
    whole = Decision(content_hash=ONE, user="ann", choice=Choice.PICK)
    assert catalog.people.decide([whole]) == 1
    assert catalog.people.decide([whole]) == 0


def test_clearing_leaves_the_cull_beneath(catalog: Catalog) -> None:
    accept(catalog)
    cleared = say(catalog, Word(choice=Choice.NONE))
    assert cleared is not None
    assert stands(catalog) == NOTHING
    catalog.runs.undo_decisions(cleared)
    assert stands(catalog) == (Choice.PICK, None, False)


@pytest.mark.parametrize("choice", [Choice.PICK, Choice.REJECT])
@pytest.mark.parametrize("answer", list(Choice))
@pytest.mark.parametrize(
    ("later", "left"),
    [
        ([Word(stars=5)], (5, False)),
        ([Word(favorite=True)], (None, True)),
        ([Word(stars=5), Word(favorite=True), Word(stars=2)], (2, True)),
    ],
)
def test_a_culls_choice_returns_over_what_was_said_since(
    catalog: Catalog, choice: Choice, answer: Choice, later: list[Word], left: tuple[int, bool]
) -> None:
    cull = accept(catalog, choice)
    answered = say(catalog, Word(choice=answer))
    assert answered is not None
    for word in later:
        say(catalog, word)
    for _ in range(2):
        catalog.runs.undo_decisions(answered)
        assert stands(catalog) == (choice, *left)
        assert stands(catalog, by_hand=True) == (Choice.NONE, *left)
        assert catalog.gallery.decided_in(cull) == [ONE]
        assert catalog.runs.redo_last("ann", note_end="") is not None
        assert stands(catalog) == (answer, *left)
    catalog.runs.undo_decisions(answered)
    catalog.runs.undo_decisions(cull)
    assert stands(catalog) == (Choice.NONE, *left)


def test_of_two_culls_the_later_that_still_stands_chooses(catalog: Catalog) -> None:
    first = accept(catalog, Choice.PICK)
    cleared = say(catalog, Word(choice=Choice.NONE))
    second = accept(catalog, Choice.REJECT)
    assert cleared is not None
    say(catalog, Word(stars=5))
    catalog.runs.undo_decisions(cleared)
    assert stands(catalog) == (Choice.REJECT, 5, False)
    catalog.runs.undo_decisions(second)
    assert stands(catalog) == (Choice.PICK, 5, False)
    for choice in (Choice.NONE, Choice.REJECT):
        assert catalog.runs.redo_last("ann", note_end="") is not None
        assert stands(catalog) == (choice, 5, False)
    catalog.runs.undo_decisions(first)
    assert stands(catalog) == (Choice.REJECT, 5, False)


def test_marks_say_since_when(catalog: Catalog) -> None:
    say(catalog, Word(stars=3))
    first = catalog.people.marks("ann")[ONE]
    say(catalog, Word(favorite=True))
    second = catalog.people.marks("ann")[ONE]
    assert first.favored_at is None
    assert second.starred_at == first.starred_at
    assert second.favored_at is not None and second.starred_at is not None
    assert second.favored_at >= second.starred_at


def test_what_was_said_before_is_said_again_after_another_word(catalog: Catalog) -> None:
    say(catalog, Word(stars=5, favorite=True))
    assert say(catalog, Word(stars=5)) is None
    catalog.people.prefer("ann", [Preference(content_hash=ONE, rating=2)])
    again = say(catalog, Word(stars=5))
    assert again is not None and say(catalog, Word(stars=5)) is None
    assert stands(catalog) == (Choice.NONE, 5, True)
    assert catalog.runs.undo_decisions(again) == 1
    assert stands(catalog) == (Choice.NONE, 5, True)


def test_runs_that_hold_decisions_are_found_by_person_and_note(catalog: Catalog) -> None:
    empty = catalog.runs.begin(RunKind.DECIDE, "0 photos, by nobody")
    ann = say(catalog, Word(stars=1))
    bob = say(catalog, Word(stars=2), user="bob")
    assert [run.id for run in catalog.runs.standing(limit=9)] == [bob, ann]
    (found,) = catalog.runs.standing("ann", limit=9)
    assert (found.id, found.users) == (ann, ("ann",))
    assert [run.id for run in catalog.runs.standing(note_end="by bob")] == [bob]
    assert catalog.runs.standing(note_end="by _ob") == []
    assert bob is not None and catalog.runs.find(empty).users == ()
    catalog.runs.undo_decisions(bob)
    assert [run.id for run in catalog.runs.standing()] == [ann]
