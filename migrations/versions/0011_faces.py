"""The faces of each photo, and which revision of the reader found them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Photos of before have no row: nobody looked for their faces."""
    op.create_table(
        "faces",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("reader_revision", sa.Text(), nullable=False),
        sa.Column("faces", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["photos.content_hash"], name="fk_faces_content_hash"
        ),
        sa.PrimaryKeyConstraint("content_hash", name="pk_faces"),
    )


def downgrade() -> None:
    """What was read of faces is forgotten; it can be read again."""
    op.drop_table("faces")
