"""Groups made by hand: the last word on a photo counts, and every word can be taken back."""

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import connect
from aesplugin.catalog.records import RunKind
from aesplugin.catalog.upgrade import prepare
from aesplugin.decision import Choice, Word
from aesplugin.errors import UnknownPhoto, UsageError
from tests.catalog.revisions import DATA, fill
from tests.catalog.samples import content_hash, ingested

NOTE = "Split, by ann on the page"
A, B, C, D = (content_hash(number) for number in range(4))


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    catalog.record_photos([ingested(number) for number in range(4)])
    return catalog


def store(catalog: Catalog, *parts: tuple[str, ...], user: str = "ann", step: str = "") -> int:
    made = catalog.hand_groups.store(user, parts, note=NOTE, step=step or None)
    assert made is not None
    return made


def test_the_last_word_counts_whoever_said_it(filled: Catalog) -> None:
    first = store(filled, (A, B), (C, D))
    assert filled.hand_groups.all() == {A: (first, 0), B: (first, 0), C: (first, 1), D: (first, 1)}
    second = store(filled, (B, C), user="bob")
    assert filled.hand_groups.all() == {
        A: (first, 0),
        B: (second, 0),
        C: (second, 0),
        D: (first, 1),
    }
    filled.runs.undo_decisions(second)
    assert filled.hand_groups.all() == {A: (first, 0), B: (first, 0), C: (first, 1), D: (first, 1)}


def test_they_are_steps_like_any_other(filled: Catalog) -> None:
    """Undone and redone one by one, with decisions between, each person's own."""
    run = store(filled, (A, B), step="group-0001")
    filled.people.say("ann", [A], Word(choice=Choice.PICK), note="by ann on the page")
    store(filled, (C, D), user="bob")
    kinds = []
    for _ in range(2):
        turn = filled.runs.undo_last("ann", note_end=" on the page")
        assert turn is not None
        kinds.append(turn.run.kind)
    assert kinds == [RunKind.DECIDE, RunKind.GROUP]
    assert set(filled.hand_groups.all()) == {C, D}
    history = filled.runs.history("ann", note_end=" on the page")
    assert (history.standing, history.taken_back[0]) == ((), "group-0001")
    turn = filled.runs.redo_last("ann", note_end=" on the page")
    assert turn is not None and turn.run.id == run
    assert set(filled.hand_groups.all()) == {A, B, C, D}


def test_nothing_is_redone_after_another_group(filled: Catalog) -> None:
    store(filled, (A, B))
    filled.runs.undo_last("ann", note_end=" on the page")
    store(filled, (C, D))
    assert filled.runs.redo_last("ann", note_end=" on the page") is None


def test_a_step_sent_twice_is_one(filled: Catalog) -> None:
    run = store(filled, (A, B), step="group-0001")
    store(filled, (B, C))
    assert store(filled, (A, B), step="group-0001") == run
    assert filled.hand_groups.all()[B] != (run, 0)


def test_the_mark_changes_with_each(filled: Catalog) -> None:
    marks = [filled.hand_groups.mark()]
    for _ in range(2):
        store(filled, (A, B))
        marks.append(filled.hand_groups.mark())
    filled.runs.undo_last("ann", note_end=" on the page")
    assert filled.hand_groups.mark() == marks[1]
    assert len(set(marks)) == 3


def test_what_cannot_be_stored_leaves_nothing(filled: Catalog) -> None:
    for user, key, error in (("", A, UsageError), ("ann", "f" * 64, UnknownPhoto)):
        with pytest.raises(error):
            filled.hand_groups.store(user, [(A, key)], note=NOTE, step="group-0001")
    assert filled.runs.latest(RunKind.GROUP) == []
    assert store(filled, (A, B), step="group-0001")


def test_nobody_changed_a_group_before_0013(target: str) -> None:
    for revision, count in (("0012", 0), ("0013", 1)):
        database = connect(target)
        prepare(database, revision)
        if not count:
            fill(database, revision)
        else:
            with database.writing() as connection:
                connection.exec_driver_sql(
                    "INSERT INTO hand_groups (run_id, user_name, part, content_hash)"
                    f" VALUES (1, 'ann', 1, '{DATA['0012']['photos']['content_hash']}')"
                )
        database.close()
        with Catalog.open(target) as catalog:
            assert len(catalog.hand_groups.all()) == count
