"""A decision tells its words, and steps are found by their run."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of decisions from before, what differs from the one before is taken to have been said."""
    op.create_index("ix_steps_run_id", "steps", ["run_id"])
    for table in ("decisions", "taken_back"):
        op.add_column(table, sa.Column("words", sa.Text(), nullable=True))
    _write_words(op.get_bind())


_WORDS = ("choice", "stars", "favorite")
_NAMES = ("id", "user_name", "content_hash", *_WORDS, "run_id")
_PORTION = 500  # ids in one statement


def _write_words(connection: sa.Connection) -> None:
    """Once and for all: as soon as rows are moved, their neighbours tell it no more."""
    kinds = sa.table("runs", sa.column("id"), sa.column("kind"))
    culls = set(connection.execute(sa.select(kinds.c.id).where(kinds.c.kind == "cull")).scalars())
    tables = {
        name: sa.table(name, *(sa.column(column) for column in (*_NAMES, "words")))
        for name in ("decisions", "taken_back")
    }
    held = sa.union_all(
        *(
            sa.select(sa.literal_column(f"'{name}'").label("held_in"), *(t.c[n] for n in _NAMES))
            for name, t in tables.items()
        )
    )
    rows = connection.execute(held.order_by("user_name", "content_hash", "id"))
    found: dict[tuple[str, str], list[int]] = {}  # by table and words: few, however many rows
    for _, of_photo in groupby(rows, key=lambda row: (row.user_name, row.content_hash)):
        for row, words in _said(list(of_photo), culls):
            found.setdefault((row.held_in, words), []).append(row.id)
    for (name, words), ids in found.items():
        table = tables[name]
        for start in range(0, len(ids), _PORTION):
            these = table.c.id.in_(ids[start : start + _PORTION])
            connection.execute(sa.update(table).where(these).values(words=words))


def _said(rows: Sequence[Any], culls: Collection[int]) -> list[tuple[Any, str]]:
    """Each row by hand of one photo, in their order, with its words joined by commas."""
    found, before = [], ("none", None, False)
    parts = [list(of_run) for _, of_run in groupby(rows, key=lambda row: row.run_id or -row.id)]
    for under, part, over in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        if part[0].run_id in culls:
            continue
        cull = under[0].run_id if under and under[0].run_id in culls else None
        stays = bool(cull and over and over[0].run_id == cull)  # its choice, above the row
        for row in part:
            values = (row.choice, row.stars, bool(row.favorite))
            pairs = zip(_WORDS, values, before, strict=True)
            words = [name for name, own, old in pairs if own != old]
            if cull and not stays and row is part[-1] and "choice" not in words:
                words.insert(0, "choice")  # it answered the cull with what it had said before
            if not words:  # what it differed from is gone
                words = [name for name in _WORDS if name != "choice" or not stays]
            found.append((row, ",".join(words)))
            before = values
    return found
