"""A catalog has an id of its own, and the steps of a run are found by the run."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The id is made here, for a new catalog as for an older one."""
    identity = op.create_table(
        "identity",
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
    )
    op.bulk_insert(identity, [{"id": uuid4().hex}])
    op.create_index("ix_steps_run_id", "steps", ["run_id"])
