"""Which photos are one group because a person said so."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody corrected a group before."""
    op.create_table(
        "hand_groups",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_hand_groups_run_id"),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_hand_groups_user_name"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["photos.content_hash"], name="fk_hand_groups_content_hash"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hand_groups"),
    )
    op.create_index("ix_hand_groups_run_id", "hand_groups", ["run_id"])


def downgrade() -> None:
    """What was corrected is forgotten, with its runs: the release before knows no such kind."""
    op.execute("UPDATE steps SET run_id = NULL WHERE run_id IN (SELECT run_id FROM hand_groups)")
    op.drop_table("hand_groups")
    op.execute("DELETE FROM runs WHERE kind = 'group'")
