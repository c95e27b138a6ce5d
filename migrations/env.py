"""Runs the scripts on the connection `aesplugin.catalog.upgrade` hands over, in its transaction."""

from alembic import context

import aesplugin.catalog.partial_indexes  # noqa: F401 - adds them to the metadata
from aesplugin.catalog.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by rebuilding it
)
with context.begin_transaction():
    context.run_migrations()
