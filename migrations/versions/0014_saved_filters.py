"""Filters of the gallery that people keep under a name."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has kept any."""
    op.create_table(
        "saved_filters",
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_saved_filters_user_name"),
        sa.PrimaryKeyConstraint("user_name", "name", name="pk_saved_filters"),
    )


def downgrade() -> None:
    """What was kept is forgotten."""
    op.drop_table("saved_filters")
