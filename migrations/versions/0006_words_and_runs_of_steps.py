"""A decision tells its words, and steps are found by their run."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of decisions from before only what differs from the one before is known to have been said."""
    op.create_index("ix_steps_run_id", "steps", ["run_id"])
    for table in ("decisions", "taken_back"):
        op.add_column(table, sa.Column("words", sa.Text(), nullable=True))
