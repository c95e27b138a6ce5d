"""The drivers' errors explained: each names the catalog and the way out."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from aesplugin.errors import CatalogDamaged, CatalogError

_LOCKED = "another program has locked the catalog: close it or try again later"
_PERMISSIONS = "it cannot be written: check the permissions of the file and its folder"
_SQLITE = {  # by the beginning of SQLite's error name, such as SQLITE_IOERR_WRITE
    "SQLITE_FULL": "the disk is full: free some space and try again; stored data is kept",
    "SQLITE_IOERR": "the disk failed or a quota is used up; stored data is kept",
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": _PERMISSIONS,
    "SQLITE_CANTOPEN": _PERMISSIONS,
    "SQLITE_PERM": _PERMISSIONS,
}
_NO_FTS5 = "no such module: fts5"
_SQLITE_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def explain(error: DBAPIError | sqlite3.Error, name: str) -> CatalogError:
    """The `CatalogError` that says what `error` means for the catalog called `name`."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _explain_sqlite(cause, name)
    first_line = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
    if getattr(cause, "sqlstate", None) is None:  # nobody answered
        return CatalogError(
            f"catalog {name}: PostgreSQL cannot be reached ({first_line}): check that it runs,"
            " and the URL"
        )
    return CatalogError(f"catalog {name}: PostgreSQL reports an error: {first_line}")


def damaged(name: str, problem: str) -> CatalogDamaged:
    """For what cannot be used as a catalog, and was left as it is."""
    return CatalogDamaged(
        f"catalog {name} is damaged or not an aesplugin catalog ({problem}): restore a backup,"
        " or name another file; it was left unchanged"
    )


def unwritable(name: str, problem: str) -> CatalogError:
    """For what can be read and not changed."""
    return CatalogError(
        f"catalog {name} cannot be written ({problem}): make the file and its folder writable, or"
        " name another catalog"
    )


def read_only(name: str, problem: str) -> str:
    """What is said where such a catalog is read."""
    return f"catalog {name} cannot be written ({problem}): it is opened read-only"


def _explain_sqlite(cause: sqlite3.Error, name: str) -> CatalogError:
    code = getattr(cause, "sqlite_errorname", "")
    if code.startswith(_SQLITE_DAMAGED):
        return damaged(name, str(cause))
    for prefix, meaning in _SQLITE.items():
        if code.startswith(prefix):
            return CatalogError(f"catalog {name}: {meaning} ({cause})")
    if _NO_FTS5 in str(cause):
        return CatalogError(
            f"catalog {name} holds a word index, and this Python's SQLite has no FTS5 to write it:"
            " use the Python with which the catalog was made"
        )
    return CatalogError(f"catalog {name}: {cause} ({code or type(cause).__name__})")
