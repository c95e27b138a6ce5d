"""Steps of a page: once each however often they come, undone and made again in their order."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import RunKind, StepName, Turn
from aesplugin.decision import Choice, Decision, Word
from tests.catalog.samples import content_hash, ingested

PAGE = " on the page"
NOTE = f"by ann{PAGE}"
PICK, REJECT, CLEAR = (Word(choice=choice) for choice in Choice)
A, B, C = (content_hash(n) for n in (1, 2, 3))


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    catalog.record_photos([ingested(n) for n in range(1, 8)])
    return catalog


def say(catalog: Catalog, word: Word, *photos: str, step: str | None = None) -> int | None:
    return catalog.people.say("ann", photos or (A,), word, note=NOTE, step=step)


def accept(catalog: Catalog, step: str | None = None, **choices: Choice) -> int | None:
    names = {"a": A, "b": B, "c": C}
    proposed = {names[name]: choice for name, choice in choices.items()}
    return catalog.people.accept("ann", proposed, note=NOTE, step=step)


def undo(
    catalog: Catalog, step: str | None = None, of: Sequence[StepName] | None = None
) -> Turn | None:
    return catalog.runs.undo_last("ann", note_end=PAGE, step=step, of=of)


def redo(
    catalog: Catalog, step: str | None = None, of: Sequence[StepName] | None = None
) -> Turn | None:
    return catalog.runs.redo_last("ann", note_end=PAGE, step=step, of=of)


def standing(catalog: Catalog) -> dict[str, tuple[Choice, int | None, bool]]:
    found = catalog.people.decisions("ann")
    return {key: (d.choice, d.stars, d.favorite) for key, d in found.items()}


def runs(catalog: Catalog) -> int:
    return len(catalog.runs.latest(RunKind.DECIDE, 500)) + len(
        catalog.runs.latest(RunKind.CULL, 500)
    )


def test_a_step_that_comes_again_changes_nothing(filled: Catalog) -> None:
    first = say(filled, PICK, step="s-1")
    say(filled, REJECT, step="s-2")
    assert say(filled, PICK, step="s-1") == first
    assert standing(filled)[A][0] is Choice.REJECT
    accepted = accept(filled, "s-3", b=Choice.PICK, c=Choice.REJECT)
    undone = undo(filled, "s-4")
    assert undone is not None
    assert undone.run.id == accepted
    assert accept(filled, "s-3", b=Choice.PICK, c=Choice.REJECT) == accepted
    assert set(standing(filled)) == {A}
    again = undo(filled, "s-4")
    assert again is not None
    assert again.run.id == accepted
    assert again.before == again.after == {}
    assert standing(filled)[A][0] is Choice.REJECT
    assert runs(filled) == 3


def test_a_step_that_fails_is_not_remembered(filled: Catalog) -> None:
    with pytest.raises(Exception, match="not in the catalog"):
        say(filled, PICK, "f" * 64, step="s-1")
    assert say(filled, PICK, step="s-1") is not None


def test_a_step_that_says_nothing_new_is_remembered(filled: Catalog) -> None:
    say(filled, PICK)
    assert say(filled, PICK, step="s-1") is None
    say(filled, REJECT)
    assert say(filled, PICK, step="s-1") is None
    assert standing(filled)[A][0] is Choice.REJECT
    assert undo(filled, "s-2") is not None
    assert redo(filled, "s-2") is not None, "an id is taken once, whatever it was taken for"
    assert standing(filled)[A][0] is Choice.PICK


def test_the_same_step_sent_at_once_is_taken_once(filled: Catalog) -> None:
    with ThreadPoolExecutor(6) as threads:
        for number in range(10):
            word = PICK if number % 2 else REJECT
            step = f"s-{number}"
            many = [threads.submit(say, filled, word, step=step) for _ in range(6)]
            assert len({one.result() for one in many}) == 1
    assert runs(filled) == 10
    with ThreadPoolExecutor(6) as threads:
        assert all(one.result() for one in [threads.submit(undo, filled, "u") for _ in range(6)])
    assert standing(filled)[A][0] is Choice.REJECT


def test_what_was_taken_back_is_made_again_in_order(filled: Catalog) -> None:
    states = [standing(filled)]
    for word in (PICK, Word(stars=4), Word(favorite=True), REJECT):
        say(filled, word)
        states.append(standing(filled))
    for state in states[-2::-1]:
        assert undo(filled) is not None
        assert standing(filled) == state
    assert undo(filled) is None
    for state in states[1:]:
        turn = redo(filled)
        assert turn is not None
        assert standing(filled) == state
    assert redo(filled) is None
    assert filled.runs.standing("ann", note_end=PAGE)[0].undone_at is None


def test_the_turn_tells_of_photos_in_the_order_they_were_decided(filled: Catalog) -> None:
    for order in ((C, A, B), (B, C, A), (A, B, C)):
        accepted = dict.fromkeys(order, Choice.PICK)
        filled.people.accept("ann", accepted, note=NOTE)
        turn = undo(filled)
        assert turn is not None and tuple(turn.before) == order
        turn = redo(filled)
        assert turn is not None and tuple(turn.after) == order
        assert tuple(filled.gallery.decisions_of("ann", [A, B, C])) == order
        undo(filled)


def test_the_turn_tells_what_changed(filled: Catalog) -> None:
    say(filled, Word(stars=3))
    say(filled, PICK, A, B)
    turn = undo(filled)
    assert turn is not None
    assert {key: d.choice for key, d in turn.before.items()} == {A: Choice.PICK, B: Choice.PICK}
    assert {key: (d.choice, d.stars) for key, d in turn.after.items()} == {A: (Choice.NONE, 3)}
    turn = redo(filled)
    assert turn is not None
    assert {key: d.choice for key, d in turn.after.items()} == {A: Choice.PICK, B: Choice.PICK}


@pytest.mark.parametrize("how", ["said", "accepted", "elsewhere", "decided"])
def test_after_a_new_word_nothing_is_made_again(filled: Catalog, how: str) -> None:
    say(filled, PICK)
    undo(filled)
    if how == "said":
        say(filled, REJECT, B)
    elif how == "accepted":
        accept(filled, c=Choice.PICK)
    elif how == "elsewhere":
        filled.people.say("ann", [B], REJECT, note="by ann")
    else:
        filled.people.decide([Decision(content_hash=B, user="ann", choice=Choice.PICK)])
    before = standing(filled)
    assert redo(filled) is None
    assert standing(filled) == before
    if how in ("said", "accepted"):
        undo(filled)
        assert redo(filled) is not None
        assert standing(filled) == before


def test_a_repeated_word_leaves_what_can_be_made_again(filled: Catalog) -> None:
    say(filled, PICK)
    say(filled, Word(stars=2))
    undo(filled)
    assert say(filled, PICK) is None
    assert redo(filled) is not None


def test_others_words_are_left_alone(filled: Catalog) -> None:
    say(filled, PICK)
    undo(filled)
    filled.people.say("bob", [A], REJECT, note=f"by bob{PAGE}")  # takes the number ann's had
    assert redo(filled) is not None
    assert standing(filled)[A][0] is Choice.PICK
    assert filled.people.decisions("bob")[A].choice is Choice.REJECT


@pytest.mark.parametrize("word", [Word(stars=5), Word(favorite=True), CLEAR, REJECT, PICK], ids=str)
def test_a_word_above_a_cull_returns_to_its_place(filled: Catalog, word: Word) -> None:
    say(filled, Word(stars=1), A)
    accept(filled, a=Choice.PICK, b=Choice.REJECT)
    culled = standing(filled)
    say(filled, word, A, B)
    said = standing(filled)
    for _ in range(2):
        undo(filled)
        assert standing(filled) == culled
        redo(filled)
        assert standing(filled) == said
    undo(filled)
    undo(filled)
    assert standing(filled) == {A: (Choice.NONE, 1, False)}
    redo(filled)
    assert standing(filled) == culled
    redo(filled)
    assert standing(filled) == said
    assert filled.people.marks("ann")[A].decision.stars == said[A][1]


def test_a_run_taken_back_below_others_returns_below_them(filled: Catalog) -> None:
    first = say(filled, PICK)
    say(filled, REJECT)
    assert first is not None
    filled.runs.undo_decisions(first)
    redo(filled)
    assert standing(filled)[A][0] is Choice.REJECT
    undo(filled)
    assert standing(filled)[A][0] is Choice.PICK


def test_a_large_cull(filled: Catalog) -> None:
    filled.record_photos([ingested(n) for n in range(100, 2100)])
    choices = {content_hash(n): Choice.PICK for n in range(100, 2100)}
    filled.people.accept("ann", choices, note=NOTE)
    undo(filled)
    assert standing(filled) == {}
    redo(filled)
    assert len(standing(filled)) == 2000


def test_an_undo_takes_back_what_it_names_and_nothing_else(filled: Catalog) -> None:
    run = say(filled, PICK, step="s-1")
    say(filled, REJECT, B, step="s-2")
    say(filled, PICK, step="s-3")  # said before: it stores nothing
    assert run is not None
    turn = undo(filled, "u-1", of=["s-3", "s-1"])
    assert turn is not None and turn.run.id == run
    assert set(standing(filled)) == {B}
    for of in (["s-1"], [run], ["s-3"], ["never-sent"], [77], []):
        assert undo(filled, of=of) is None
    again = undo(filled, "u-1", of=["s-3", "s-1"])
    assert again is not None and again.run.id == run
    assert set(standing(filled)) == {B}


def test_a_redo_makes_again_what_it_names_and_nothing_else(filled: Catalog) -> None:
    runs_made = [say(filled, word, step=f"s-{n}") for n, word in enumerate((PICK, REJECT, CLEAR))]
    for of in (["s-2"], ["s-1"], ["s-0"]):
        assert undo(filled, of=of) is not None
    for of in (["never-sent"], [77], []):
        assert redo(filled, of=of) is None
    assert runs_made[1] is not None
    assert redo(filled, "r-1", of=[runs_made[1]]) is not None
    assert standing(filled)[A][0] is Choice.REJECT
    assert redo(filled, of=["s-1"]) is None
    assert redo(filled, "r-1", of=["s-1"]) is not None, "an id is taken once"
    assert standing(filled)[A][0] is Choice.REJECT


def test_others_steps_and_those_made_elsewhere_are_not_to_be_named(filled: Catalog) -> None:
    bobs = filled.people.say("bob", [A], PICK, note=f"by bob{PAGE}", step="bob-1")
    elsewhere = filled.people.say("ann", [A], PICK, note="by ann", step="ann-1")
    assert bobs is not None and elsewhere is not None
    for name in ("bob-1", bobs, "ann-1", elsewhere):
        assert undo(filled, of=[name]) is None
    assert filled.people.decisions("bob")[A].choice is Choice.PICK
    assert standing(filled)[A][0] is Choice.PICK


def test_the_history_names_steps_in_their_order(filled: Catalog) -> None:
    first, second = say(filled, PICK), say(filled, REJECT, step="s-2")
    say(filled, CLEAR, step="s-3")
    filled.people.say("ann", [B], PICK, note="by ann")
    filled.people.say("bob", [B], PICK, note=f"by bob{PAGE}", step="bob-1")
    assert first is not None and second is not None
    found = filled.runs.history("ann", note_end=PAGE)
    assert (found.standing, found.taken_back) == ((first, "s-2", "s-3"), ())
    undo(filled, "u-1")
    undo(filled, "u-2")
    found = filled.runs.history("ann", note_end=PAGE)
    assert (found.standing, found.taken_back) == ((first,), ("s-2", "s-3"))
    assert filled.runs.history("ann", note_end=PAGE, limit=1).taken_back == ("s-2",)
    assert filled.runs.of_step("s-2") == filled.runs.of_step("u-2") == second
    redo(filled, of=["u-2"])
    found = filled.runs.history("ann", note_end=PAGE)
    assert (found.standing, found.taken_back) == ((first, "s-2"), ("s-3",))


STARS, FAVORITE = Word(stars=5), Word(favorite=True)


@pytest.mark.parametrize(
    ("words", "at", "left"),
    [
        ((STARS, FAVORITE), 0, (Choice.NONE, None, True)),
        ((STARS, FAVORITE), 1, (Choice.NONE, 5, False)),
        ((STARS, PICK, FAVORITE), 0, (Choice.PICK, None, True)),
        ((STARS, PICK, FAVORITE), 1, (Choice.NONE, 5, True)),
        ((PICK, REJECT, PICK), 1, (Choice.PICK, None, False)),
        ((PICK, REJECT, STARS, PICK), 0, (Choice.PICK, 5, False)),
        ((PICK, STARS, CLEAR, FAVORITE), 2, (Choice.PICK, 5, True)),
        ((STARS, Word(stars=0), FAVORITE), 1, (Choice.NONE, 5, True)),
        ((PICK, Word(choice=Choice.PICK, stars=2), FAVORITE), 0, (Choice.PICK, 2, True)),
    ],
)
def test_a_step_below_others_goes_and_returns_without_what_was_said_after_it(
    filled: Catalog, words: Sequence[Word], at: int, left: tuple[Choice, int | None, bool]
) -> None:
    for number, word in enumerate(words):
        say(filled, word, step=f"s-{number}")
    whole = standing(filled)
    for _ in range(2):
        assert undo(filled, of=[f"s-{at}"]) is not None
        assert standing(filled) == {A: left}
        assert redo(filled, of=[f"s-{at}"]) is not None
        assert standing(filled) == whole


def test_steps_go_and_return_in_any_order(filled: Catalog) -> None:
    """What stands is always what the standing words say one after the other."""
    dice = random.Random(7)
    said = [
        Word(choice=dice.choice([None, *Choice]), stars=dice.choice([None, 0, 3, 5]))
        if dice.random() < 0.7
        else Word(favorite=dice.random() < 0.5)
        for _ in range(12)
    ]
    made = {}
    for number, word in enumerate(said):
        if say(filled, word, step=f"s-{number}") is not None:
            made[f"s-{number}"] = word
    assert len(made) > 6
    gone: set[str] = set()
    for _ in range(60):
        name = dice.choice(list(made))
        turn = redo if name in gone else undo
        assert turn(filled, of=[name]) is not None
        gone ^= {name}
        expected = Decision(content_hash=A, user="ann")
        for one, word in made.items():
            expected = expected if one in gone else word.on(expected)
        now = standing(filled).get(A, (Choice.NONE, None, False))
        assert now == (expected.choice, expected.stars, expected.favorite)


def test_a_cull_above_a_step_that_goes_keeps_its_choice(filled: Catalog) -> None:
    say(filled, STARS, step="s-1")
    say(filled, FAVORITE, step="s-2")
    accept(filled, a=Choice.PICK)
    undo(filled, of=["s-1"])
    assert standing(filled)[A] == (Choice.PICK, None, True)
    redo(filled, of=["s-1"])
    assert standing(filled)[A] == (Choice.PICK, 5, True)


def test_later_words_on_many_photos_are_mended_in_few_statements(filled: Catalog) -> None:
    many = [content_hash(n) for n in range(100, 400)]
    filled.record_photos([ingested(n) for n in range(100, 400)])
    for number, word in enumerate((PICK, STARS, CLEAR, FAVORITE)):
        say(filled, word, *many, step=f"s-{number}")
    sent: list[str] = []
    engine = filled._database._engine
    event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    for turn in (undo, redo):
        assert turn(filled, of=["s-0"]) is not None
    assert 0 < len(sent) < 60
    assert set(standing(filled).values()) == {(Choice.NONE, 5, True)}
