"""What lies under a folder, asked of a path and of the database."""

import os

from sqlalchemy import ColumnElement, and_

from aesplugin.catalog.tables import files


def is_under(path: str, folder: str) -> bool:
    """True where `path` lies in `folder`, at any depth. Both as given: nothing is resolved."""
    return path.startswith(_prefix(folder))


def under(folder: str) -> ColumnElement[bool]:
    """The same of `files.path`, as a range its index can answer."""
    prefix = _prefix(folder)
    return and_(files.c.path >= prefix, files.c.path < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def _prefix(folder: str) -> str:
    return folder.rstrip(os.sep) + os.sep
