"""A file's change time and inode: they tell two files of one size and time apart."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of files read before nothing is known; `aesplugin score` fills it in where it can."""
    op.add_column("files", sa.Column("changed_ns", sa.BigInteger(), nullable=True))
    op.add_column("files", sa.Column("inode", sa.BigInteger(), nullable=True))
