"""Rules of paths, of whatever system they are: pure functions that ask no disk.

A catalog keeps the paths of the machine it is on; a library may run on another, in a container.
"""

import ntpath
import os
import re
from pathlib import PurePath
from typing import Final

_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\")  # a drive; a share
_SURELY_SHORT: Final = 200  # characters: there is room for a sidecar's name, or an unfinished one's
_PORTS: Final = "123456789\u00b9\u00b2\u00b3"
_DEVICES: Final = frozenset(
    {
        *("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"),
        *(f"{device}{port}" for device in ("COM", "LPT") for port in _PORTS),
    }
)
_SEPARATORS: Final = re.compile(r"[\\/]")


def is_windows(path: str) -> bool:
    r"""Whether an absolute path is one of Windows: `D:\Photos`, `D:/Photos`, `\\nas\photos`."""
    return _WINDOWS.match(path) is not None


def is_absolute(path: str) -> bool:
    """Whether it is absolute, on whatever system."""
    return path.startswith("/") or is_windows(path)


def name_of(path: str) -> str:
    """The last name of an absolute path, whatever system it is of."""
    return _split(path)[1]


def folder_of(path: str) -> str:
    """What stands before its last name: empty below the root."""
    return _split(path)[0]


def _split(path: str) -> tuple[str, str]:
    folder, name = ntpath.split(path) if is_windows(path) else path.rpartition("/")[::2]
    return folder, name


def native(path: str, *, separator: str = os.sep, other: str | None = os.altsep) -> str:
    """A path in which another program may have put the system's second separator (`C:/Photos`)."""
    return path.replace(other, separator) if other else path


def hostless_address(file: PurePath) -> str:
    """The `file:` address as SQLite reads it, which takes no host: a share is part of the path."""
    address = file.as_uri()
    return address if address.startswith("file:///") else address.replace("//", "////", 1)


def long_form(path: str) -> str:
    r"""A path of Windows as its system calls take it whatever its length: `\\?\D:\Photos\...`.

    Without the prefix they know 259 characters at most, unless a person has lifted that limit. In
    this form nothing is put right any more: only an absolute path without `..` may have it.
    """
    if len(path) < _SURELY_SHORT or path.startswith("\\\\?\\") or not is_windows(path):
        return path
    path = path.replace("/", "\\")
    return f"\\\\?\\UNC{path[1:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"


def refused_by_windows(name: str) -> str | None:
    """Why Windows gives no file this name, or opens a device by it; None where it does."""
    if not name.rstrip(". "):
        return "it has no name"
    if name[-1] in ". ":
        return "Windows drops a dot or blank at the end of a name"
    if found := next((one for one in name if one in '<>:"/\\|?*' or ord(one) < 32), None):
        return f"Windows allows no {found!r} in a name"
    stem = name.partition(".")[0].rstrip().upper()
    return f"Windows keeps the name {stem} for a device" if stem in _DEVICES else None


class Prefix:
    """A folder by whose name paths begin, on the system that its own form tells.

    Windows takes both separators and any letter case for the same; elsewhere every byte counts.
    """

    def __init__(self, folder: str) -> None:
        self._is_windows = is_windows(folder)
        self._names = self._split(folder.rstrip("\\/" if self._is_windows else "/"))
        self._known = self._key(self._names)

    def names_below(self, path: str) -> list[str] | None:
        """The names that lead from the folder to `path`; None where it does not lie in it."""
        names = self._split(path)
        depth = len(self._names)
        is_below = len(names) > depth and self._key(names[:depth]) == self._known
        return names[depth:] if is_below else None

    def join(self, names: list[str]) -> str:
        """The path to which these names lead from the folder."""
        return ("\\" if self._is_windows else "/").join([*self._names, *names])

    def _split(self, path: str) -> list[str]:
        return _SEPARATORS.split(path) if self._is_windows else path.split("/")

    def _key(self, names: list[str]) -> list[str]:
        return [name.casefold() for name in names] if self._is_windows else names
