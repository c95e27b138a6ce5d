"""Decisions from before 0006, which did not tell their words: taken back and made again alike.

The rows are as the releases before wrote them.
"""

from collections.abc import Iterator
from itertools import permutations

import pytest
from sqlalchemy import Connection, text

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import connect
from aesplugin.catalog.upgrade import prepare
from tests.catalog.revisions import fill

PHOTO = "ab" * 32  # as in `fill`
Row = tuple[str, int | None, bool]  # choice, stars, favorite
Step = tuple[str, list[Row], Row | None]  # kind, its rows, and a cull's row carried above them
NOTHING: Row = ("none", None, False)

PICKED, CLEARED = ("pick", None, False), NOTHING
STEPS: dict[str, tuple[list[Step], list[Row]]] = {
    "pick and clear": (
        [("decide", [PICKED], None), ("decide", [CLEARED], None)],
        [PICKED, NOTHING],
    ),
    "stars and none": (
        [("decide", [("none", 5, False)], None), ("decide", [NOTHING], None)],
        [("none", 5, False), NOTHING],
    ),
    "favorite and not": (
        [("decide", [("none", None, True)], None), ("decide", [NOTHING], None)],
        [("none", None, True), NOTHING],
    ),
    "one and another": (
        [
            ("decide", [PICKED], None),
            ("decide", [("pick", 5, False)], None),
            ("decide", [("none", 5, True)], None),
        ],
        [PICKED, ("pick", 5, False), ("none", 5, True)],
    ),
    "a cull, stars over it, and cleared": (
        [
            ("cull", [PICKED], None),
            ("decide", [("none", 4, False)], ("pick", 4, False)),
            ("decide", [("none", 4, False)], None),
            ("decide", [("none", 4, True)], None),
        ],
        [PICKED, ("pick", 4, False), ("none", 4, False), ("none", 4, True)],
    ),
    "a cull, cleared, another, cleared and stars": (
        [
            ("cull", [PICKED], None),
            ("decide", [CLEARED], None),
            ("cull", [("reject", None, False)], None),
            ("decide", [("none", 3, False)], None),
        ],
        [PICKED, CLEARED, ("reject", None, False), ("none", 3, False)],
    ),
    "stars said again over a cull": (
        [
            ("decide", [("none", 5, False)], None),
            ("cull", [("pick", 5, False)], None),
            ("decide", [("none", 2, False), ("none", 5, False)], ("pick", 5, False)),
        ],
        [("none", 5, False), ("pick", 5, False), ("pick", 5, False)],
    ),
}


@pytest.fixture(params=STEPS)
def steps(request: pytest.FixtureRequest, target: str) -> Iterator[tuple[Catalog, list[Row]]]:
    """A catalog of 0005 with these steps, opened by today's code, and what stood after each."""
    made, after = STEPS[request.param]
    database = connect(target)
    prepare(database, "0005")
    fill(database, "0005")
    with database.writing() as connection:
        connection.execute(text("DELETE FROM taken_back"))
        connection.execute(text("DELETE FROM decisions"))
        store(connection, made)
    database.close()
    with Catalog.open(target) as catalog:
        yield catalog, after


def store(connection: Connection, steps: list[Step]) -> None:
    """As runs from 10 on."""
    number, cull = 100, 0
    for run, (kind, rows, carried) in enumerate(steps, 10):
        connection.execute(
            text("INSERT INTO runs (id, kind, note, started_at) VALUES (:id, :kind, '', :now)"),
            {"id": run, "kind": kind, "now": "2026-01-02 03:04:05.000006"},
        )
        cull = run if kind == "cull" else cull
        for row in rows:
            number += 1
            insert(connection, "decisions", number, row, run)
        if carried:
            number += 1
            insert(connection, "decisions", number, carried, cull)


def insert(
    connection: Connection, table: str, number: int, row: Row, run: int, photo: str = PHOTO
) -> None:
    connection.execute(
        text(
            f"INSERT INTO {table} (id, user_name, content_hash, choice, stars, favorite,"
            " decided_at, run_id) VALUES (:id, 'ann', :photo, :choice, :stars, :favorite, :now,"
            " :run)"
        ),
        dict(zip(("choice", "stars", "favorite"), row, strict=True))
        | {"id": number, "photo": photo, "run": run, "now": "2026-01-02 03:04:05.000006"},
    )


def stands(catalog: Catalog) -> Row:
    found = catalog.people.decisions("ann").get(PHOTO)
    return (found.choice.value, found.stars, found.favorite) if found else NOTHING


def test_they_go_one_by_one_and_return(steps: tuple[Catalog, list[Row]]) -> None:
    catalog, after = steps
    for _ in range(2):
        for row in [NOTHING, *after[:-1]][::-1]:
            assert catalog.runs.undo_last("ann", note_end="") is not None
            assert stands(catalog) == row
        for row in after:
            assert catalog.runs.redo_last("ann", note_end="") is not None
            assert stands(catalog) == row


def test_they_return_whole_in_whatever_order_they_went(steps: tuple[Catalog, list[Row]]) -> None:
    catalog, after = steps
    runs = [10 + number for number in range(len(after))]
    for order in permutations(runs):
        for run in order:
            assert catalog.runs.undo_decisions(run) == 1
        assert stands(catalog) == NOTHING
        for run in order[::-1]:
            assert catalog.runs.redo_last("ann", note_end="", of=[run]) is not None
        assert stands(catalog) == after[-1]


def test_those_taken_back_before_the_upgrade_return_in_their_places(target: str) -> None:
    database = connect(target)
    prepare(database, "0005")
    fill(database, "0005")
    with database.writing() as connection:
        for table in ("decisions", "taken_back"):
            connection.execute(text(f"DELETE FROM {table}"))
        store(connection, [("decide", [("none", None, True)], None)])
        for run, number in ((20, 200), (21, 201)):
            connection.execute(
                text("INSERT INTO runs (id, kind, note, started_at) VALUES (:r, 'decide', '', :n)"),
                {"r": run, "n": "2026-01-02 03:04:05.000006"},
            )
            row: Row = ("pick", None, True) if run == 20 else ("none", None, True)
            insert(connection, "taken_back", number, row, run)
    database.close()
    with Catalog.open(target) as catalog:
        assert stands(catalog) == ("none", None, True)
        catalog.runs.undo_decisions(10)
        for run, row in ((20, ("pick", None, False)), (21, NOTHING), (10, ("none", None, True))):
            assert catalog.runs.redo_last("ann", note_end="", of=[run]) is not None
            assert stands(catalog) == row


def test_of_many_each_is_told_its_words(target: str) -> None:
    database = connect(target)
    prepare(database, "0005")
    fill(database, "0005")
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    with database.writing() as connection:
        connection.execute(text("DELETE FROM decisions"))
        connection.execute(text("DELETE FROM taken_back"))
        connection.execute(
            text(
                f"{numbers} INSERT INTO decisions (user_name, content_hash, choice, favorite,"
                f" decided_at) SELECT 'ann', '{PHOTO}', 'pick', i % 2 = 1,"
                " '2026-01-02 03:04:05.000006' FROM n"
            )
        )
    prepare(database, "0006")
    counted = text("SELECT words, count(*) FROM decisions GROUP BY words ORDER BY words")
    with database.reading() as connection:
        found = [tuple(row) for row in connection.execute(counted)]
    assert found == [("choice,favorite", 1), ("favorite", 2999)]
    database.close()
