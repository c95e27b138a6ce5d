"""Nothing ever read the hash of a photo's pixels, and computing it took time for every photo."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whether pixels are alike is told by the perceptual hash, which stays."""
    op.drop_index("ix_photos_pixel_hash", table_name="photos")
    op.drop_column("photos", "pixel_hash")
