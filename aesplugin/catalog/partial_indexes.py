"""Indexes of few rows, which belong to `tables.metadata` once this module is loaded.

They are named when the schema is made or compared. Apart from the tables, because a condition for
PostgreSQL loads its dialect: a tenth of what a command like `status` takes on a SQLite catalog.
"""

from sqlalchemy import Index

from aesplugin.catalog.tables import assessments, files, is_no_photo, runs

Index(
    "ix_files_failure",  # of the few that failed: of all, it would lure the planner
    files.c.failure,
    sqlite_where=files.c.failure.is_not(None),
    postgresql_where=files.c.failure.is_not(None),
)
Index(
    "ix_assessments_not_photos",
    assessments.c.model_revision,
    assessments.c.content_hash,
    assessments.c.kind,  # asked about again, although all of them have one of these
    sqlite_where=is_no_photo,
    postgresql_where=is_no_photo,
)
Index(
    "ix_runs_undone",  # of the few that were taken back: of all, it would lure the planner
    runs.c.id,
    runs.c.superseded_at,
    runs.c.undone_at,  # asked about again, although all of them have one
    sqlite_where=runs.c.undone_at.is_not(None),
    postgresql_where=runs.c.undone_at.is_not(None),
)
