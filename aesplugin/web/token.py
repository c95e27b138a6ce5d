"""The page's token: created at its first start, readable only by its owner.

Programs of the same person (the scripts for darktable and Lightroom) read it from there.
"""

import os
import secrets
from pathlib import Path

from aesplugin.errors import UsageError

LEAST = 16  # characters


def stored_token(file: Path) -> str:
    """The token in `file`, which is created if missing, with mode 0600.

    Raises:
        OSError: it cannot be made, or others may read it and that cannot be changed.
        UsageError: it cannot be read, or holds no token.
    """
    if not file.exists():
        _make(file)
    if os.name == "posix" and file.stat().st_mode & 0o077:
        file.chmod(0o600)
    return read_token(file)


def read_token(file: Path) -> str:
    """The token stored in a file.

    Raises:
        UsageError: it cannot be read, or holds none.
    """
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{file} cannot be read as a token: {error}") from None
    return checked(found, where=str(file))


def checked(token: str, *, where: str) -> str:
    """The same.

    Raises:
        UsageError: too short to be one, or not printable ASCII.
    """
    if len(token) < LEAST or not (token.isascii() and token.isprintable()):
        raise UsageError(f"{where}: a token needs {LEAST} ASCII characters or more")
    return token


def new_token() -> str:
    """A new one that cannot be guessed."""
    return secrets.token_urlsafe(24)


def _make(file: Path) -> None:
    """Written atomically: two pages that start at once read the same token."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_name(f"{file.name}.{secrets.token_hex(8)}.part")
    try:
        with open(partial, "x", opener=_for_its_owner) as made:
            made.write(new_token() + "\n")
        _place(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def _place(partial: Path, file: Path) -> None:
    try:
        os.link(partial, file)  # never overwrites another's
    except FileExistsError:
        return
    except OSError:
        partial.replace(file)  # a file system without hard links


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
