"""Alembic's scripts: how each revision of the catalog's tables follows from the one before."""
