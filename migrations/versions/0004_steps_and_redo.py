"""Steps of a page are taken once however often they come, and what was undone can be made again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was undone before this cannot be made again: its decisions are gone."""
    _never_reuse_a_decisions_number()
    op.create_table(
        "steps",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_steps_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_steps"),
    )
    op.create_table("taken_back", *_columns_of_decisions("taken_back", run_needed=True))
    op.create_index("ix_taken_back_user_name_run_id", "taken_back", ["user_name", "run_id"])


def _columns_of_decisions(table: str, *, run_needed: bool) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("favorite", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=not run_needed),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name=f"fk_{table}_user_name"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["photos.content_hash"], name=f"fk_{table}_content_hash"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=f"fk_{table}_run_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]


def _never_reuse_a_decisions_number() -> None:
    """SQLite gives the number of a deleted last row to the next, unless the table says otherwise.

    PostgreSQL never does.
    """
    if op.get_bind().dialect.name != "sqlite":
        return
    stars = sa.CheckConstraint("stars BETWEEN 0 AND 5", name="ck_decisions_stars_range")
    columns = _columns_of_decisions("decisions", run_needed=False)
    op.create_table("decisions_new", *columns, stars, sqlite_autoincrement=True)
    op.execute(
        "INSERT INTO decisions_new SELECT id, user_name, content_hash, choice, stars, favorite,"
        " decided_at, run_id FROM decisions ORDER BY id"
    )
    op.drop_table("decisions")
    op.rename_table("decisions_new", "decisions")
    op.create_index("ix_decisions_newest", "decisions", ["user_name", "content_hash", "id"])
    op.create_index("ix_decisions_run_id", "decisions", ["run_id"])
