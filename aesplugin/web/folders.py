"""The folders that the page may score, and what lies directly in them.

Whoever has the page sees only what is inside: the folders named with --root (the home folder where
`serve` chose it, see docs/review.md) and those of the catalog. Names of hidden and system folders
are left out by the rule of `imaging.scan`.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from aesplugin import platform
from aesplugin.catalog.sql_helpers import is_under
from aesplugin.errors import UsageError
from aesplugin.imaging.scan import is_hidden_below, is_left_out_folder, is_photo_name
from aesplugin.paths import native
from aesplugin.spellings import as_listed
from aesplugin.web.schemas import readable

MOST_PHOTOS: Final = 1000  # counted in one folder; the page says "1,000+"
MOST_FOLDERS: Final = 500  # listed; any other can be typed
_MOST_ENTRIES: Final = 20_000  # looked at in one subfolder
_SECONDS: Final = 2.0  # for counting all subfolders: a network drive may be slow
_LONGEST: Final = 4096  # characters of a path
_SHOWN: Final = 120  # of them in a message
_WAY_OUT: Final = "start `aesplugin serve --root DIR` with this folder to add it"
_LINK: Final = "a link that leads outside: add its target with --root"
_EXAMPLE: Final = "/photos/2026" if os.altsep is None else "D:\\Photos\\2026"  # of no machine
_NOT_TEXT: Final = "its name is not valid text: score it with `aesplugin score`"


_Known = Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One folder; counts are None where it was not looked into, `problem` says why if it cannot.

    `photos` are those directly in it, counted up to `MOST_PHOTOS`.
    """

    name: str
    path: str
    photos: int | None = None
    has_folders: bool | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A folder and the folders in it. `here` is None for the list of folders to start from.

    `trail` leads to it from the folder to start from, which may be itself.
    """

    here: Folder | None
    trail: Sequence[Folder]
    folders: Sequence[Folder]
    left_off: int = 0  # folders, beyond `MOST_FOLDERS`


class ScorableFolders:
    """What may be scored: below `roots`, and below the folders that the catalog knows."""

    def __init__(self, roots: Sequence[str], known: _Known) -> None:
        self._starts = list(dict.fromkeys(os.path.abspath(root) for root in roots))
        self._roots = [as_listed(os.path.realpath(root)) for root in roots]
        self._known = known

    def checked(self, path: str) -> str:
        """The path as it is scored: of a folder or a photo, there or not.

        Raises:
            UsageError: it is no absolute path, or lies outside, or in a hidden folder.
        """
        return self._checked(path, _OfCatalog(self._known))

    def _checked(self, typed: str, known: "_OfCatalog") -> str:
        path = _whole(typed)
        if not self._holds(path, known):  # as typed: where `~`, `..` and links lead is not told
            raise UsageError(
                f"{_shown(typed)} is outside the folders that may be scored; {_WAY_OUT}"
            )
        return path

    def open(self, path: str | None) -> Opened:
        """What is directly in a folder; where none is named, in the only one to start from.

        Raises:
            UsageError: as `checked`; it is a file, does not exist, or cannot be read.
        """
        known = _OfCatalog(self._known)
        if path is None:
            starts = self._all_starts(known)
            if len(starts) != 1:
                return _starts(starts)
            path = starts[0]
        path = self._checked(path, known)
        _require_folder(path)
        try:
            found = sorted(_subfolders(path), key=lambda entry: entry.name.casefold())
        except OSError as error:
            raise UsageError(_unreadable(path, error)) from None
        deadline = time.monotonic() + _SECONDS
        return Opened(
            here=_looked_into(path, readable(os.path.basename(path) or path)),
            trail=[Folder(name=_name(up), path=up) for up in self._trail(path, known)],
            folders=[self._listed(path, entry, deadline, known) for entry in found[:MOST_FOLDERS]],
            left_off=max(0, len(found) - MOST_FOLDERS),
        )

    def _listed(
        self, folder: str, entry: "os.DirEntry[str]", deadline: float, known: "_OfCatalog"
    ) -> Folder:
        path, name = os.path.join(folder, entry.name), readable(entry.name)
        if name != entry.name:
            return Folder(name=name, path=readable(path), problem=_NOT_TEXT)
        if time.monotonic() > deadline:
            return Folder(name=name, path=path)
        if entry.is_symlink() and not self._holds(path, known):
            return Folder(name=name, path=path, problem=_LINK)
        return _looked_into(path, name)

    def _all_starts(self, known: "_OfCatalog") -> list[str]:
        """The roots, and the highest folders of the catalog that lie outside."""
        outside = [path for path in known.highest if not _is_within(path, self._roots)]
        return [*self._starts, *outside]

    def _trail(self, path: str, known: "_OfCatalog") -> list[str]:
        trail = [path]
        while not self._is_start(trail[0], known):
            up = os.path.dirname(trail[0])
            if up == trail[0] or not self._holds(up, known):
                break
            trail.insert(0, up)
        return trail

    def _is_start(self, path: str, known: "_OfCatalog") -> bool:
        if path in self._starts or as_listed(os.path.realpath(path)) in self._roots:
            return True
        return not _is_within(path, self._roots) and path in known.highest

    def _holds(self, path: str, known: "_OfCatalog") -> bool:
        real = as_listed(os.path.realpath(path))
        if any(not _is_hidden(real, root) for root in _around(real, self._roots)):
            return True
        return known.holds(path, real)


class _OfCatalog:
    """The folders that the catalog knows, for one request: asked, and resolved, at most once."""

    def __init__(self, known: _Known) -> None:
        self._ask = known

    def holds(self, path: str, real: str) -> bool:
        """Whether a folder of the catalog shows it: `real` is `path` without links."""
        if any(not _is_hidden(real, place) for place in _up_from(real, self._all)):
            return True
        named = {os.path.realpath(place) for place in _up_from(path, self._all)}
        if any(not _is_hidden(real, place) for place in _up_from(real, named)):
            return True
        return any(not _is_hidden(real, place) for place in _up_from(real, self._resolved))

    @cached_property
    def highest(self) -> list[str]:
        """Those that lie in no other."""
        return sorted(
            place
            for place in self._all
            if next(_up_from(os.path.dirname(place), self._all), place) == place
        )

    @cached_property
    def _all(self) -> set[str]:
        return set(self._ask())

    @cached_property
    def _resolved(self) -> set[str]:
        """What the highest are without links, and the hidden ones, which none of those shows."""
        hidden = (place for place in self._all if _is_left_out(place))
        return {os.path.realpath(place) for place in {*self.highest, *hidden}}


def _starts(paths: Sequence[str]) -> Opened:
    listed = [_start(path) for path in paths[:MOST_FOLDERS]]
    return Opened(here=None, trail=(), folders=listed, left_off=max(0, len(paths) - MOST_FOLDERS))


def _start(path: str) -> Folder:
    if readable(path) != path:
        return Folder(name=readable(path), path=readable(path), problem=_NOT_TEXT)
    return _looked_into(path, path)


def _subfolders(folder: str) -> Iterator["os.DirEntry[str]"]:
    with os.scandir(platform.as_opened(folder)) as entries:
        for entry in entries:
            if _is_folder(entry) and not is_left_out_folder(entry.name):
                yield entry


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        if not entry.is_dir():
            return False
        return not (platform.HIDES_BY_ATTRIBUTE and platform.is_hidden(entry.stat()))
    except OSError:  # a link that leads to itself, a drive that went
        return False


def _looked_into(path: str, name: str) -> Folder:
    photos, has_folders = 0, False
    try:
        with os.scandir(platform.as_opened(path)) as entries:
            for number, entry in enumerate(entries):
                if photos >= MOST_PHOTOS or number >= _MOST_ENTRIES:
                    break
                if _is_folder(entry):
                    has_folders = has_folders or not is_left_out_folder(entry.name)
                else:
                    photos += is_photo_name(entry.name)
    except OSError as error:
        return Folder(name=name, path=path, problem=_reason(error))
    return Folder(name=name, path=path, photos=photos, has_folders=has_folders)


def _require_folder(path: str) -> None:
    if os.path.isdir(path):
        return
    if os.path.lexists(path):
        raise UsageError(f"{_shown(path)} is a file; choose the folder that it is in")
    raise UsageError(f"{_shown(path)} does not exist; check its name, or that its drive is mounted")


def _whole(path: str) -> str:
    """An absolute path, as people paste one: `~`, quotes around it, an address of a file."""
    if len(path) > _LONGEST:
        raise UsageError(
            f"this path has {len(path):,} characters, more than any system takes; paste one path"
        )
    if "\0" in path:
        raise UsageError("a path cannot contain a null character; type it, or choose a folder")
    text = path if os.path.isabs(path) and os.path.lexists(path) else _unwrapped(path)
    if not text:
        raise UsageError("choose a folder, or paste its path")
    text = native(text)
    if not os.path.isabs(text):
        raise UsageError(f"{_shown(text)} is not a whole path; write it as {_EXAMPLE}")
    if os.pardir in text.split(os.sep):  # where that leads depends on links: the disk is asked
        return os.path.realpath(text)
    plain = os.path.normpath(text)
    return plain[1:] if plain.startswith("//") else plain  # POSIX leaves two slashes as they are


def _unwrapped(path: str) -> str:
    text = path.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    if text.startswith("file://"):
        return url2pathname(urlsplit(text).path)
    if text == "~" or text.startswith(("~/", f"~{os.sep}")):
        return os.path.expanduser("~") + text[1:]
    return text


def _is_within(path: str, folders: Iterable[str]) -> bool:
    return next(_around(as_listed(os.path.realpath(path)), folders), None) is not None


def _up_from(path: str, folders: Set[str]) -> Iterator[str]:
    """Those of the folders that a path is, or lies in: its own names are looked up, not each."""
    while True:
        if path in folders:
            yield path
        up = os.path.dirname(path)
        if up == path:
            return
        path = up


def _around(real: str, folders: Iterable[str]) -> Iterator[str]:
    """Those of the folders in which a path without links lies, or that it is."""
    for place in folders if os.altsep is None else map(os.path.realpath, folders):  # mapped drives
        if real == place or is_under(real, place):
            yield place


def _is_hidden(real: str, root: str) -> bool:
    """Whether a walk of `root` leaves it out, or a folder between them."""
    return _is_left_out(real.removeprefix(root)) or is_hidden_below(real, root)


def _is_left_out(path: str) -> bool:
    return any(name and is_left_out_folder(name) for name in path.split(os.sep))


def _name(path: str) -> str:
    return os.path.basename(path) or path


def _shown(path: str) -> str:
    """One line of a message."""
    flat = " ".join(readable(path).split())
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}…"


def _unreadable(path: str, error: OSError) -> str:
    return f"{_shown(path)} cannot be read ({_reason(error)}); choose another folder"


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
