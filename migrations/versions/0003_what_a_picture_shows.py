"""A score's uncertainty and reasons, and what a picture shows: its kind, subject and keywords."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NO_PHOTO = sa.text("kind IN ('document', 'graphic', 'scientific')")


def upgrade() -> None:
    """Earlier answers have none of them."""
    op.add_column("assessments", sa.Column("uncertainty", sa.Double(), nullable=True))
    op.add_column("assessments", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("assessments", sa.Column("content", sa.JSON(), nullable=True))
    op.add_column("assessments", sa.Column("reasons", sa.JSON(), nullable=True))
    op.create_index(
        "ix_assessments_not_photos", "assessments", ["model_revision", "content_hash", "kind"],
        sqlite_where=_NO_PHOTO, postgresql_where=_NO_PHOTO,
    )  # fmt: skip
