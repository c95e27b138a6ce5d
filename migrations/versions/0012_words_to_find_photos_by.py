"""The words by which photos are found, and on SQLite an index of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OLD = "INSERT INTO search_index (search_index, rowid, shown, told)"
_OLD += " VALUES ('delete', old.id, old.shown, old.told);"
_NEW = "INSERT INTO search_index (rowid, shown, told) VALUES (new.id, new.shown, new.told);"
_TRIGGERS = {"INSERT": _NEW, "DELETE": _OLD, "UPDATE": f"{_OLD} {_NEW}"}


def upgrade() -> None:
    """The tables are empty; `catalog.upgrade` fills them, as it does after every upgrade."""
    op.create_table(
        "searchable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("model_revision", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["photos.content_hash"], name="fk_searchable_content_hash"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_searchable"),
    )
    op.create_index(
        "ix_searchable_photo", "searchable", ["content_hash", "model_revision"], unique=True
    )
    op.create_table(
        "known_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_known_words"),
    )
    if _has_fts5(op.get_bind()):
        _index_words()


def downgrade() -> None:
    """All of it can be made again."""
    if "search_index" in sa.inspect(op.get_bind()).get_table_names():
        op.execute("DROP TABLE search_index")
    op.drop_table("known_words")
    op.drop_table("searchable")


def _has_fts5(connection: sa.Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    modules = sa.text("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
    return connection.execute(modules).first() is not None


def _index_words() -> None:
    """The words are parted by us: to the tokenizer each is what stands between two spaces."""
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5"
        " (shown, told, content='searchable', content_rowid='id', tokenize='ascii', prefix='2 3')"
    )
    for what, statements in _TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER searchable_{what.lower()} AFTER {what} ON searchable"
            f" BEGIN {statements} END"
        )
