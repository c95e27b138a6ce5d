"""A catalog of the release before `judgements`: it reads the same after, and undo goes on.

The rows are as that release wrote them: whole decisions of which each repeats the one before it,
those taken back in a table of their own, ratings overwritten in place.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import Database, connect
from aesplugin.catalog.filters import Filters
from aesplugin.catalog.records import RunKind
from aesplugin.catalog.upgrade import SCRIPTS, prepare
from aesplugin.decision import Choice, Word
from aesplugin.errors import CatalogError
from aesplugin.services.personal.prefer import Preferences
from tests.catalog.samples import (
    REVISION,
    content_hash,
    store_as_before_0012,
)

PAGE = " on the page"
A, B, C, D, E, F = (content_hash(number) for number in range(1, 7))
NOTHING = ("none", None, False)


def at(minute: int) -> str:
    return f"2026-03-04 05:{minute:02}:06.000007"


# id, kind, note, undone
RUNS = [
    (1, "publish", "2 sidecars", True),
    (2, "decide", f"2 photos, by ann{PAGE}", False),
    (3, "cull", f"2 photos, proposed to ann{PAGE}", False),
    (4, "decide", f"1 photos, by ann{PAGE}", False),
    (5, "decide", f"1 photos, by ann{PAGE}", True),
    (6, "decide", f"1 photos, by ann{PAGE}", True),
    (7, "decide", "1 photos, by ann", True),  # its rows went when ann decided something else
    (8, "decide", f"1 photos, by bob{PAGE}", False),
    (9, "cull", f"1 photos, proposed to bob{PAGE}", True),
]
# id, user, photo, choice, stars, favorite, run, words
DECISIONS = [
    (1, "ann", F, "reject", 2, True, None, "choice,stars,favorite"),
    (2, "ann", A, "none", 5, False, 2, "stars"),
    (3, "ann", B, "none", 5, False, 2, "stars"),
    (4, "ann", A, "pick", 5, False, 3, None),
    (5, "ann", C, "reject", None, False, 3, None),
    (6, "ann", A, "none", 5, True, 4, "favorite"),
    (7, "ann", A, "pick", 5, True, 3, None),  # the cull's choice, carried over what was said
    (11, "bob", A, "reject", None, False, 8, "choice"),
]
TAKEN_BACK = [
    (8, "ann", A, "reject", 5, True, 5, "choice"),
    (9, "ann", B, "none", None, False, 6, "stars"),
    (10, "bob", B, "pick", None, False, 9, None),
]
# user, photo, rating, favorite, source, minute
RATINGS = [
    ("ann", A, 2, None, "user", 30),  # after the five stars of minute 2
    ("ann", B, 1, None, "file", 1),  # before them
    ("ann", D, 4, True, "api", 31),
    ("ann", E, 3, None, "marks", 32),
    ("bob", A, None, False, "user", 33),
]


def insert(database: Database, table: str, names: str, rows: list[tuple[Any, ...]]) -> None:
    columns = names.split()
    marks = ", ".join(f":{name}" for name in columns)
    with database.writing() as connection:
        for row in rows:
            connection.execute(
                text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"),
                dict(zip(columns, row, strict=True)),
            )


@pytest.fixture
def before(target: str) -> Database:
    """A catalog of revision 0009, filled."""
    database = connect(target)
    prepare(database, "0009")
    with database.writing() as connection:
        store_as_before_0012(connection, range(1, 7))
    insert(database, "users", "name created_at", [("ann", at(0)), ("bob", at(0))])
    runs = [
        (i, kind, note, at(i), at(i), at(i + 1) if gone else None) for i, kind, note, gone in RUNS
    ]
    insert(database, "runs", "id kind note started_at finished_at undone_at", runs)
    names = "id user_name content_hash choice stars favorite run_id words decided_at"
    for table, rows in (("decisions", DECISIONS), ("taken_back", TAKEN_BACK)):
        insert(database, table, names, [(*row, at(row[0])) for row in rows])
    names = "user_name content_hash rating favorite source stated_at"
    insert(database, "preference_examples", names, [(*row[:-1], at(row[-1])) for row in RATINGS])
    insert(
        database,
        "sidecar_readings",
        "user_name content_hash rating written_at",
        [("ann", E, 3, at(32))],
    )
    insert(database, "steps", "id taken_at run_id", [("s-4", at(4), 4), ("s-5", at(5), 5)])
    item = (1, b"/p.xmp", A, b"old", "ef" * 32, at(1))
    insert(
        database, "publish_items", "run_id path content_hash before after_hash written_at", [item]
    )
    if not Path(target).exists():
        with database.writing() as connection:  # as the server counted them
            connection.execute(text("SELECT setval('runs_id_seq', 9)"))
    database.close()
    return database


@pytest.fixture
def catalog(before: Database, target: str) -> Iterator[Catalog]:
    """The same, opened by today's code."""
    with Catalog.open(target) as opened:
        yield opened


def stands(catalog: Catalog, user: str = "ann", *, by_hand: bool = False) -> dict[str, Any]:
    found = catalog.people.decisions(user, by_hand=by_hand)
    return {key: (d.choice.value, d.stars, d.favorite) for key, d in found.items()}


ANNS = {
    A: ("pick", 5, True),
    B: ("none", 5, False),
    C: ("reject", None, False),
    F: ("reject", 2, True),
}


def test_what_stands_reads_the_same(catalog: Catalog) -> None:
    assert stands(catalog) == ANNS
    by_hand = {key: said for key, said in ANNS.items() if key != C} | {A: ("none", 5, True)}
    assert stands(catalog, by_hand=True) == by_hand
    assert stands(catalog, "bob") == {A: ("reject", None, False)}
    decided = catalog.people.decisions("ann")[A].decided_at
    assert decided is not None and f"{decided:%Y-%m-%d %H:%M:%S.%f}" == at(7)
    marks = catalog.people.marks("ann")[A]
    assert marks.starred_at is not None and marks.favored_at is not None
    assert (marks.starred_at.minute, marks.favored_at.minute) == (2, 6)


def test_ratings_and_what_they_say_with_decisions_read_the_same(catalog: Catalog) -> None:
    rated = [
        (word.content_hash, word.rating, word.favorite, word.source, word.stated_at.minute)
        for word in catalog.people.preferences("ann")
        if word.stated_at is not None
    ]
    assert rated == [row[1:] for row in RATINGS[3::-1] if row[1] != B] + [(B, 1, None, "file", 1)]
    ann = Preferences(catalog, "ann")
    assert ann.stars() == {A: 2, B: 5, C: -1, D: 4, E: 3, F: -1}
    assert {word.content_hash: word.source for word in ann.all()} == {
        **{A: "user", B: "marks", D: "api", E: "marks", F: "marks"}
    }
    assert set(ann.loved()) == {A, B, D, F}
    assert {key: reading.rating for key, reading in catalog.people.readings("ann").items()} == {
        E: 3
    }
    assert catalog.people.forget("ann") == 4
    assert catalog.people.preferences("ann") == []
    assert stands(catalog) == ANNS
    assert len(catalog.people.preferences("bob")) == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"choice": "pick"}, {A}),
        ({"choice": "reject"}, {C, F}),
        ({"choice": "none"}, {B, D, E}),
        ({"stars": 5}, {A, B}),
        ({"stars": 0}, {C, D, E}),
        ({"favorite": True}, {A, F}),
        ({"choice": "none", "as_of": 3}, {A, B, C, D, E}),
    ],
)
def test_the_gallery_shows_the_same(
    catalog: Catalog, asked: dict[str, Any], found: set[str]
) -> None:
    assert set(catalog.gallery.hashes(REVISION, Filters(user="ann", **asked))) == found


def test_steps_and_runs_read_the_same(catalog: Catalog) -> None:
    history = catalog.runs.history("ann", note_end=PAGE)
    assert (history.standing, history.taken_back) == ((2, 3, "s-4"), ("s-5", 6))
    assert [run.id for run in catalog.runs.standing("ann", limit=9)] == [4, 3, 2]
    assert catalog.runs.find(3).users == ("ann",)
    assert catalog.runs.find(5).users == ()
    assert set(catalog.gallery.decided_in(3)) == {A, C}
    assert catalog.gallery.decided_in(5) == []
    assert [item.before for item in catalog.runs.published(1)] == [b"old"]
    assert catalog.runs.find(1).undone_at is not None
    assert [run.id for run in catalog.runs.latest(RunKind.PUBLISH)] == [1]


def test_steps_are_taken_back_and_made_again(catalog: Catalog) -> None:
    after = [
        NOTHING,
        ("none", 5, False),
        ("pick", 5, False),
        ("pick", 5, True),
    ]
    for expected in after[-2::-1]:
        assert catalog.runs.undo_last("ann", note_end=PAGE) is not None
        assert stands(catalog).get(A, NOTHING) == expected
    assert stands(catalog) == {F: ("reject", 2, True)}
    for expected in [*after[1:], ("reject", 5, True)]:
        assert catalog.runs.redo_last("ann", note_end=PAGE) is not None
        assert stands(catalog)[A] == expected
    assert catalog.runs.redo_last("ann", note_end=PAGE) is not None
    assert stands(catalog) == ANNS | {A: ("reject", 5, True), B: NOTHING}
    assert catalog.runs.redo_last("ann", note_end=PAGE) is None
    assert catalog.runs.redo_last("bob", note_end=PAGE) is not None
    assert stands(catalog, "bob")[B] == ("pick", None, False)


def test_a_cull_below_later_words_is_taken_back(catalog: Catalog) -> None:
    assert catalog.runs.undo_decisions(3) == 2
    assert stands(catalog) == {A: ("none", 5, True), B: ("none", 5, False), F: ("reject", 2, True)}


def test_a_new_word_leaves_what_was_taken_back(catalog: Catalog) -> None:
    run = catalog.people.say("ann", [D], Word(choice=Choice.PICK), note=f"by ann{PAGE}")
    assert run == 10
    assert catalog.runs.redo_last("ann", note_end=PAGE) is None
    assert catalog.runs.redo_last("bob", note_end=PAGE) is not None


def test_every_row_is_there_with_its_number_time_and_run(catalog: Catalog) -> None:
    query = text(
        "SELECT id, user_name, content_hash, source, stated_at, run_id FROM judgements ORDER BY id"
    )
    with catalog._database.reading() as connection:
        rows = [(*row[:4], str(row[4])[:26], row[5]) for row in connection.execute(query)]
        tables = connection.dialect.get_table_names(connection)
    kinds = {number: kind for number, kind, _, _ in RUNS}
    old = sorted(DECISIONS + TAKEN_BACK)
    assert rows[: len(old)] == [
        (row[0], row[1], row[2], kinds.get(row[6] or 0, "decide"), at(row[0]), row[6])
        for row in old
    ]
    rated = [(*row[1:4], row[4]) for row in rows[len(old) :]]
    assert sorted(rated) == sorted((u, p, source, at(m)) for u, p, _, _, source, m in RATINGS)
    assert not {"decisions", "taken_back", "preference_examples"} & set(tables)


def test_of_a_run_whose_rows_lay_in_both_tables_each_stays_as_it_was(
    before: Database, target: str
) -> None:
    with before.writing() as connection:
        connection.execute(text("UPDATE taken_back SET run_id = 4 WHERE id = 9"))
    with Catalog.open(target) as catalog:
        assert stands(catalog) == ANNS
        history = catalog.runs.history("ann", note_end=PAGE)
        assert (history.standing, history.taken_back) == ((2, 3, "s-4"), ("s-5", 10))
        assert catalog.runs.redo_last("ann", note_end=PAGE, of=[10]) is not None
        assert stands(catalog)[B] == NOTHING
        assert catalog.runs.undo_decisions(4) == 1


def test_what_a_cull_read_over_words_that_are_gone_reads_the_same(
    before: Database, target: str
) -> None:
    """Releases before 0006 left a cull's row what it repeated of words taken back beneath it."""
    with before.writing() as connection:
        connection.execute(text("DELETE FROM decisions WHERE id IN (2, 6, 7)"))
    with Catalog.open(target) as catalog:
        assert stands(catalog)[A] == ("pick", 5, False)
        assert A not in stands(catalog, by_hand=True)


def test_the_copy_is_a_catalog_of_the_release_before(catalog: Catalog, target: str) -> None:
    if not Path(target).exists():
        pytest.skip("a server's database is not copied")
    copy = connect(f"{target}.0009.backup")
    with copy.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM decisions")).scalar() == len(DECISIONS)
    copy.close()
    with Catalog.open(f"{target}.0009.backup") as again:
        assert stands(again) == stands(catalog)


def test_the_way_back_is_refused_and_named(catalog: Catalog) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    refused = pytest.raises(CatalogError, match=r"0010 .*\.0009\.backup")
    with refused, catalog._database.changing_schema() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
    assert stands(catalog) == ANNS
