"""Read one file's bytes once, and say clearly why that is impossible."""

import errno
import hashlib
import os
import stat
from dataclasses import dataclass

from aesplugin import platform
from aesplugin.errors import EmptyPhoto, MissingPhoto, PhotoError, UnreadablePhoto

_MISSING = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}
_KINDS = (
    (stat.S_ISDIR, "a folder, not a file"),
    (stat.S_ISFIFO, "a pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes and their SHA-256 (hex)."""

    data: bytes
    content_hash: str


def read_content(path: str) -> Content:
    """Reads the file once and hashes what was read.

    Raises:
        MissingPhoto, UnreadablePhoto, EmptyPhoto: named by what is wrong.
        MemoryError: the file does not fit into memory.
    """
    try:
        # opening a pipe nobody writes to would wait for ever
        handle = platform.open_without_waiting(path, os.O_RDONLY)
        try:
            return _read(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise explain(error) from None
    except ValueError:  # a NUL in the name
        raise MissingPhoto("not a valid file name; check the path") from None


def holds_content(path: str, content_hash: str | None) -> bool | None:
    """Whether the file's bytes have this SHA-256; None where they cannot be read."""
    try:
        with open(platform.as_opened(path), "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == content_hash
    except OSError:
        return None


def can_be_read(path: str) -> bool:
    """Whether the file's first byte can be had now: a cheap look before a costly one."""
    try:
        handle = platform.open_without_waiting(path, os.O_RDONLY)
        try:
            return stat.S_ISREG(os.fstat(handle).st_mode) and bool(os.read(handle, 1))
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return False


def explain(error: OSError) -> PhotoError:
    """The photo error that stands for what the operating system said."""
    if error.errno in _MISSING:
        return MissingPhoto("does not exist, or was deleted while it was read; check the path")
    if error.errno == errno.ELOOP:
        return MissingPhoto("a symbolic link that leads to itself; remove it")
    if error.errno in (errno.EACCES, errno.EPERM):
        return UnreadablePhoto("no permission to read it; change its permissions")
    if error.errno == errno.ENXIO:
        return UnreadablePhoto("a socket or device, not a file; leave it out")
    return UnreadablePhoto(f"cannot be read ({error.strerror}); check the disk or the share")


def _read(handle: int) -> Content:
    facts = os.fstat(handle)
    for is_kind, name in _KINDS:
        if is_kind(facts.st_mode):
            raise UnreadablePhoto(f"{name}; leave it out")
    if facts.st_size == 0:
        raise EmptyPhoto("zero bytes; copy it again from the camera")
    with open(handle, "rb", closefd=False) as stream:
        data = stream.read()
    if len(data) < facts.st_size:
        raise UnreadablePhoto(
            "it became shorter while it was read; try again when it is completely written"
        )
    return Content(data, hashlib.sha256(data).hexdigest())
