"""What was done or ignored when a photo was decoded, such as the tone mapping of HDR."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Photos decoded before have no note."""
    op.add_column("photos", sa.Column("note", sa.Text(), nullable=True))
