"""Stars, picks, favourites and ratings lie in one table to which rows are only added."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from aesplugin.errors import CatalogError

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each old row becomes one of `judgements`; decisions keep their numbers.

    What only repeated the words before it tells nothing there: what stands is derived.
    """
    op.add_column("runs", sa.Column("superseded_at", sa.DateTime(), nullable=True))
    undone = sa.text("undone_at IS NOT NULL")
    op.create_index(
        "ix_runs_undone",
        "runs",
        ["id", "superseded_at", "undone_at"],
        sqlite_where=undone,
        postgresql_where=undone,
    )
    _create()
    connection = op.get_bind()
    runs = {name: _runs_of(connection, name) for name in ("decisions", "taken_back")}
    rows = _judgements(connection, runs)
    while portion := list(islice(rows, _PORTION)):
        connection.execute(sa.insert(_table("judgements", *_COLUMNS)), portion)
    if connection.dialect.name == "postgresql":  # SQLite follows the numbers it is given
        op.execute(
            "SELECT setval(pg_get_serial_sequence('judgements', 'id'), max(id))"
            " FROM judgements HAVING count(*) > 0"
        )
    op.execute(
        "INSERT INTO judgements (user_name, content_hash, stars, favorite, source, stated_at)"
        " SELECT user_name, content_hash, rating, favorite, source, stated_at"
        " FROM preference_examples ORDER BY stated_at, user_name, content_hash"
    )
    op.create_index("ix_judgements_of_photo", "judgements", [*_FOUND_BY])
    op.create_index("ix_judgements_run_id", "judgements", ["run_id"])
    for name in ("taken_back", "decisions", "preference_examples"):
        op.drop_table(name)


def downgrade() -> None:
    """Refused: the tables before could not hold what is said after it."""
    raise CatalogError(
        "revision 0010 (judgements) cannot be taken back: put the copy made before it, the file"
        " beside the catalog that ends in .0009.backup, in the catalog's place"
    )


_WORDS = ("choice", "stars", "favorite")
_KEPT = ("id", "user_name", "content_hash")
_COLUMNS = (*_KEPT, *_WORDS, "source", "stated_at", "run_id")
_FOUND_BY = ("user_name", "content_hash", "id", "source", "run_id", *_WORDS)
_PORTION = 2000  # rows in one statement


def _create() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("favorite", sa.Boolean(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("stars BETWEEN 0 AND 5", name="ck_judgements_stars_range"),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_judgements_user_name"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["photos.content_hash"], name="fk_judgements_content_hash"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_judgements_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
        sqlite_autoincrement=True,
    )


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))


def _runs_of(connection: sa.Connection, name: str) -> dict[int, tuple[int, bool]]:
    """The run of each row of a table by the one it had: its number, and whether it is a cull's.

    From now on the run tells whether rows stand, no more the table they lie in. Where it says
    otherwise it is set right; one that has rows in both tables, or files, is parted in two.
    """
    runs = _table("runs", "id", "kind", "note", "started_at", "undone_at")
    is_aside = name == "taken_back"
    here = sa.select(_table(name, "run_id").c.run_id)
    other = sa.select(_table("decisions" if is_aside else "taken_back", "run_id").c.run_id)
    parted = set(connection.execute(sa.intersect(here, other)).scalars())
    found = {}
    for run in connection.execute(sa.select(runs).where(runs.c.id.in_(here))).all():
        found[run.id] = (run.id, run.kind == "cull")
        if (run.undone_at is not None) == is_aside:
            continue
        values = {"undone_at": run.started_at if is_aside else None}
        if run.id not in parted and run.kind != "publish":
            connection.execute(sa.update(runs).where(runs.c.id == run.id).values(values))
            continue
        copied = {"kind": "decide"} if run.kind == "publish" else {"kind": run.kind}
        copied |= {column: getattr(run, column) for column in ("note", "started_at")}
        made = sa.insert(runs).values(copied | values).returning(runs.c.id)
        found[run.id] = (connection.execute(made).scalar_one(), run.kind == "cull")
    return found


def _judgements(
    connection: sa.Connection, runs: dict[str, dict[int, tuple[int, bool]]]
) -> Iterator[dict[str, Any]]:
    """The rows of both tables as judgements, photo by photo."""
    names = (*_KEPT, *_WORDS, "words", "decided_at", "run_id")
    for name, moved in runs.items():
        table = _table(name, *names)
        query = sa.select(table).order_by("user_name", "content_hash", "id")
        for _, of_photo in groupby(connection.execute(query), key=_photo_of):
            rows = list(of_photo)
            kinds = [moved.get(row.run_id, (None, False)) for row in rows]
            told = _told(rows, [is_culls for _, is_culls in kinds], stand=name == "decisions")
            for row, (run_id, is_culls), said in zip(rows, kinds, told, strict=True):
                yield {
                    **{column: getattr(row, column) for column in _KEPT},
                    **{word: _value(row, word) if word in said else None for word in _WORDS},
                    "source": "cull" if is_culls else "decide",
                    "stated_at": row.decided_at,
                    "run_id": run_id,
                }


def _photo_of(row: Any) -> tuple[str, str]:
    return row.user_name, row.content_hash


def _value(row: Any, word: str) -> Any:
    """As a judgement tells it: no stars are 0, for none would be nothing said."""
    value = getattr(row, word)
    return value or 0 if word == "stars" else value


def _told(rows: Sequence[Any], culls: Sequence[bool], *, stand: bool) -> Iterator[set[str]]:
    """What each row of one photo said itself.

    A cull chose in its first row; its others carried the choice over what was said since. Of rows
    that stand, a row by hand also told what differs from the one before it, for so it was read,
    and so did a cull's that is the last.
    """
    by_hand: dict[str, Any] = {"choice": "none", "stars": None, "favorite": False}
    seen: set[int] = set()
    for row, is_culls in zip(rows, culls, strict=True):
        said = set((row.words or "").split(",")) & set(_WORDS)
        if is_culls and row.run_id not in seen:
            seen.add(row.run_id)
            said.add("choice")
        elif not is_culls and row.words is None:
            said = set(_WORDS)
        values = dict(zip(_WORDS, (row.choice, row.stars, bool(row.favorite)), strict=True))
        if stand and (not is_culls or row is rows[-1]):
            own = _WORDS[1:] if is_culls else _WORDS
            said |= {word for word in own if values[word] != by_hand[word]}
        if not is_culls:
            by_hand = values
        yield said
