"""A catalog has an id of its own, steps are found by their run, and a decision tells its words."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The id is made here, for a new catalog as for an older one.

    Of decisions from before only what differs from the one before is known to have been said.
    """
    identity = op.create_table(
        "identity",
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
    )
    op.bulk_insert(identity, [{"id": uuid4().hex}])
    op.create_index("ix_steps_run_id", "steps", ["run_id"])
    for table in ("decisions", "taken_back"):
        op.add_column(table, sa.Column("words", sa.Text(), nullable=True))
