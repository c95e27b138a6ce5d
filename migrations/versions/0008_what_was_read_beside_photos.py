"""What a person's sidecars said when they were read last, and what unpublishing wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A rating that came from a sidecar is what was read there last; of others nothing is known."""
    op.create_table(
        "sidecar_readings",
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"], ["users.name"], name="fk_sidecar_readings_user_name"
        ),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["photos.content_hash"], name="fk_sidecar_readings_content_hash"
        ),
        sa.PrimaryKeyConstraint("user_name", "content_hash", name="pk_sidecar_readings"),
    )
    op.execute(
        "INSERT INTO sidecar_readings (user_name, content_hash, rating, written_at)"
        " SELECT user_name, content_hash, rating, stated_at FROM preference_examples"
        " WHERE source = 'marks' AND rating IS NOT NULL"
    )
    op.add_column("publish_items", sa.Column("put_back_hash", sa.Text(), nullable=True))
    op.create_index("ix_publish_items_content_hash", "publish_items", ["content_hash"])
