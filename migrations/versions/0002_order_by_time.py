"""Every photo has its row in `exif`, and an index that is the order by time."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Photos whose EXIF could not be read had no row, and were missing from the order by time."""
    op.execute(
        "INSERT INTO exif (content_hash) SELECT content_hash FROM photos WHERE NOT EXISTS"
        " (SELECT 1 FROM exif WHERE exif.content_hash = photos.content_hash)"
    )
    op.drop_index("ix_exif_taken_at", "exif")
    op.create_index("ix_exif_time", "exif", ["taken_at", "content_hash"])
