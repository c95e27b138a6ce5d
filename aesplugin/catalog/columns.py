"""Column types that keep a value the same on SQLite and on PostgreSQL."""

import os
import sys
from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, LargeBinary, Text
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from aesplugin.errors import UsageError

_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
_TWO_63, _TWO_64 = 1 << 63, 1 << 64


def is_storable(value: int) -> bool:
    """True where `value` fits a signed 64-bit column."""
    return -_TWO_63 <= value < _TWO_63


class _NoPath(UsageError, DontWrapMixin):
    """Comes out of SQLAlchemy as it is, not inside an error of its own."""


class FilePath(TypeDecorator[str]):
    """A path as the file system's own bytes, so that any name comes back as it was."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        try:
            return None if value is None else os.fsencode(value)
        except UnicodeEncodeError:
            raise _NoPath(f"{value!r} cannot be the path of a file on this system") from None

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else value.decode(_ENCODING, _ERRORS)  # os.fsdecode, faster


class CleanText(TypeDecorator[str]):
    """Text without what databases refuse: NUL goes, lone surrogates become "?"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, stored as naive UTC to the microsecond."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Unsigned64(TypeDecorator[int]):
    """0..2**64-1 in a signed column: databases know no unsigned integers."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return value - _TWO_64 if value is not None and value >= _TWO_63 else value

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else value % _TWO_64
