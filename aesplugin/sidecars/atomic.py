"""Files replaced whole or not at all, and only if nobody changed them meanwhile."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aesplugin import platform
from aesplugin.errors import SidecarError
from aesplugin.sidecars.base import MOST_BYTES

_PARTIAL = ".aes-part"  # no program takes this for a photo or a sidecar
_LOCK_FILES = 1024  # paths share them by hash, so the lock folder never grows


class ChangedUnderUs(SidecarError):
    """Another program wrote the file between our reading and our writing."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a file was when it was read: size in bytes, mtime in nanoseconds, SHA-256 (hex)."""

    size: int
    mtime_ns: int
    sha256: str


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def read(path: str) -> tuple[bytes | None, Version | None]:
    """A file's bytes and version; (None, None) where there is none.

    Raises:
        SidecarError: no regular file, too large, unreadable, or a link to nowhere: what it leads to
            may lie on a drive that is away.
    """
    try:
        with open(path, "rb", opener=platform.open_without_waiting) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise SidecarError(f"{path} is not a regular file; left unchanged")
            if facts.st_size > MOST_BYTES:
                raise SidecarError(
                    f"{path} is {facts.st_size >> 20} MiB, too large for a sidecar; left unchanged"
                )
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        _check_no_link(path)
        return None, None
    except OSError as error:
        _check_no_link(path)  # to itself
        raise SidecarError(f"{path} cannot be read: {error.strerror}; left unchanged") from None
    return data, Version(len(data), facts.st_mtime_ns, digest(data))


def _check_no_link(path: str) -> None:
    if os.path.islink(path) and not os.path.exists(path):
        raise SidecarError(
            f"{path} is a link to {os.readlink(path)}, which does not exist: mount its drive, or"
            " remove the link; left unchanged"
        )


@contextmanager
def locked(path: str, folder: Path) -> Iterator[None]:
    """Only one process of ours works on `path` inside; a killed holder frees it."""
    folder.mkdir(parents=True, exist_ok=True)
    number = int(digest(os.fsencode(os.path.realpath(path)))[:8], 16) % _LOCK_FILES
    with platform.locked(folder / f"{number:04}.lock"):
        yield


def replace(path: str, data: bytes | None, *, expected: Version | None) -> None:
    """Puts `data` in place of the version that was read; None removes the file.

    Call it inside `locked`. The bytes are on the disk before the name points to them, and the
    name is on the disk before this returns: a crash leaves the old file or the new one.

    Raises:
        ChangedUnderUs: the file is no longer `expected`.
        SidecarError: it cannot be written (rights, full disk); the old file stands.
    """
    check_unprotected(path)
    target = platform.as_opened(os.path.realpath(path))  # a link stays a link
    try:
        if data is None:
            _check(target, expected)
            os.unlink(target)
        else:
            _swap(target, data, expected)
        platform.sync_folder(os.path.dirname(target))
    except OSError as error:
        why = error.strerror
        if os.name == "nt" and isinstance(error, PermissionError):
            why = f"{why}; close the program that has it open"
        raise SidecarError(f"{path} cannot be written: {why}") from None


def check_unprotected(path: str) -> None:
    """Replacing a file asks the folder's rights alone: the file's own are asked here, of root too.

    Raises:
        SidecarError: it stands and is write-protected.
    """
    try:
        path = platform.as_opened(path)
        mode = os.stat(path).st_mode
    except OSError:
        return  # none yet, or what keeps us from it shows when it is written
    if not mode & 0o222 or not os.access(path, os.W_OK):
        raise SidecarError(f"{path} is write-protected; left unchanged")


def _swap(target: str, data: bytes, expected: Version | None) -> None:
    folder, name = os.path.split(target)
    # Its own name would be too long where the sidecar's is as long as names may be.
    partial = os.path.join(folder, f".{digest(os.fsencode(name))[:16]}{_PARTIAL}")
    with suppress(FileNotFoundError):
        os.unlink(partial)  # what a killed process of ours left: the lock is ours now
    try:
        with open(partial, "xb") as file:
            file.write(data)
            file.flush()
            os.chmod(partial, _mode(target))
            os.fsync(file.fileno())
        _check(target, expected)
        platform.replace(partial, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise


def _check(target: str, expected: Version | None) -> None:
    _, found = read(target)
    if found != expected:
        raise ChangedUnderUs(f"{target} was changed by another program meanwhile; run it again")


def _mode(target: str) -> int:
    """The rights of the file we replace, or those a new file gets."""
    try:
        return stat.S_IMODE(os.stat(target).st_mode)
    except OSError:
        return 0o666 & ~_UMASK


def _read_umask() -> int:
    umask = os.umask(0o022)
    os.umask(umask)
    return umask


_UMASK = _read_umask()  # once, at import: reading it means setting it
