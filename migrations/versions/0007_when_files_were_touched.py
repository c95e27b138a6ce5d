"""What tells two files of one size and time apart, and when others last wrote a sidecar of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of files read or written before nothing is known; `score` fills in of photos what it can."""
    op.add_column("files", sa.Column("changed_ns", sa.BigInteger(), nullable=True))
    op.add_column("files", sa.Column("inode", sa.BigInteger(), nullable=True))
    op.add_column("publish_items", sa.Column("found_at", sa.DateTime(), nullable=True))
    op.create_index("ix_publish_items_path", "publish_items", ["path"])
