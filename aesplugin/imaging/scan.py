"""Names under which other programs and systems keep what is no photo of the user's.

Deleted, unfinished and preview pictures, and the insides of other programs' libraries. The one list
for every way in: `score`, `watch` and its events, and the jobs of the page.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final

from aesplugin import platform
from aesplugin.errors import PhotoError, UnreadablePhoto, UnsupportedPhoto
from aesplugin.extensions import PHOTO_EXTENSIONS
from aesplugin.imaging.content import explain
from aesplugin.photo import FileStamp

# Everything that begins with a dot is hidden: .trashed-* and .pending-* (Android), .Trash-1000,
# .stversions, .thumbnails, .picasaoriginals, .darktable, ._IMG.jpg (macOS on foreign drives), ...
_FOLDERS = frozenset(
    {
        # network storage: Synology, QNAP, NetApp
        *("@eadir", "@tmp", "@sharebin", "@sharesnap", "@recycle", "@recently-snapshot"),
        *("#recycle", "#snapshot", "~snapshot"),
        *("$recycle.bin", "recycler", "recycled", "system volume information"),  # Windows
        *("files_trashbin", "files_versions"),  # Nextcloud
        "lost+found",
    }
)
_FOLDER_SUFFIXES = (
    *(".photolibrary", ".photoslibrary", ".migratedphotolibrary"),  # Apple
    *(".aplibrary", ".migratedaplibrary", ".apvault"),
    *(".lrdata", ".lrcat-data", ".lrlibrary"),  # Lightroom
    *(".cocatalog", ".cocatalogdb"),  # Capture One
    ".dtcache",  # darktable
)
_FOLDER_PATTERN = re.compile(r"found\.\d{3}")  # what Windows' chkdsk gathered
_UNFINISHED = ("~syncthing~", "~$")  # what a file's name begins with while it is written


def is_left_out_folder(name: str) -> bool:
    """Whether a folder of this name, found in another, holds nothing to be scored."""
    return name.startswith(".") or is_foreign_folder(name)


def is_foreign_folder(name: str) -> bool:
    """The same of a name that the shell's `*` brings, too: not a hidden one."""
    lower = name.lower()
    return (
        lower in _FOLDERS
        or lower.endswith(_FOLDER_SUFFIXES)
        or _FOLDER_PATTERN.fullmatch(lower) is not None
    )


def is_left_out_file(name: str) -> bool:
    """Whether a file of this name, found in a folder, is hidden or not yet complete."""
    return name.startswith((".", *_UNFINISHED))


def is_left_out_below(path: str, folder: str) -> bool:
    """Whether a walk of `folder` leaves out the file at `path`, which lies in it."""
    *folders, name = path.removeprefix(folder).strip(os.sep).split(os.sep)
    return is_left_out_file(name) or any(map(is_left_out_folder, folders))


def is_hidden_below(
    path: str, folder: str, facts_of: Callable[[str], os.stat_result] | None = None
) -> bool:
    """Whether an attribute hides the file at `path`, or a folder between it and `folder`."""
    if facts_of is None and not platform.HIDES_BY_ATTRIBUTE:
        return False
    while len(path) > len(folder):
        try:
            if platform.is_hidden((facts_of or os.stat)(path)):
                return True
        except OSError:  # gone since
            return False
        path = os.path.dirname(path)
    return False


OnProblem = Callable[[str, PhotoError], None]
OnLink = Callable[[str], None]
Listing = Callable[[str], AbstractContextManager[Iterator[os.DirEntry[str]]]]
_Identity = tuple[int, int | str]  # device and inode, or the path where there is no inode
_FOREIGN: Final = (
    "left out: folders of this name hold deleted files or another program's own files; to score"
    " it, name it explicitly"
)


def _ignore(path: str, error: PhotoError) -> None:
    """Nobody asked for problems."""


def walk(
    paths: Iterable[str],
    *,
    on_problem: OnProblem = _ignore,
    on_link: OnLink | None = None,
    listing: Listing = os.scandir,
) -> Iterator[FileStamp]:
    """Every photo under `paths`, once each.

    A file named in `paths` is taken whatever its name, even if it is missing (size and mtime are
    then 0: `examine` says what is wrong). A folder is walked into whatever its name, but for those
    that `left_out` lists among several paths: the shell's `*` names them, too. Below it only known
    photo extensions count, and what `left_out` names or an attribute hides is not taken. Symbolic
    links come last, those to files after those to folders, so that what is there already by its own
    name is not brought a second time. A broken link with a photo's name is yielded like a missing
    file. What cannot be listed is given to `on_problem`, and the walk goes on. With `on_link` links
    are given to it and not followed. `listing` lists a folder.
    """
    found = _Walk(on_problem, listing)
    yield from found.named(list(paths))
    yield from found.linked(on_link)


class _Walk:
    """One walk: what it has seen, and the links it met and has not followed yet."""

    def __init__(self, on_problem: OnProblem, listing: Listing) -> None:
        self._on_problem = on_problem
        self._listing = listing
        self._folders: set[_Identity] = set()  # listed
        self._named: set[str] = set()
        self._files: set[_Identity] = set()  # that were named, or that a link brought
        self._links: list[str] = []

    def named(self, paths: Sequence[str]) -> Iterator[FileStamp]:
        for path in dict.fromkeys(paths):
            try:
                facts = os.stat(path)
            except (OSError, ValueError):
                self._named.add(path)
                yield FileStamp(path=path, size=0, mtime_ns=0)
                continue
            if not stat.S_ISDIR(facts.st_mode):
                yield from self._file(path, facts)
            elif len(paths) > 1 and is_foreign_folder(os.path.basename(path)):
                self._on_problem(path, UnsupportedPhoto(_FOREIGN))
            else:
                yield from self._tree(path, _identity(path, facts))

    def _file(self, path: str, facts: os.stat_result) -> Iterator[FileStamp]:
        if os.path.islink(path):
            self._links.append(path)
        elif not self._is_listed(path):
            self._named.add(path)
            self._files.add(_identity(path, facts))
            yield FileStamp.of(path, facts)

    def linked(self, on_link: OnLink | None) -> Iterator[FileStamp]:
        to_files: list[str] = []
        while self._links:  # what is behind a link may hold others
            links, self._links = self._links, []
            for link in links:
                if on_link is not None:
                    on_link(link)
                elif os.path.isdir(link):
                    yield from self._follow(link)
                else:
                    to_files.append(link)
        for link in to_files:
            yield from self._follow(link)

    def _tree(self, folder: str, identity: _Identity) -> Iterator[FileStamp]:
        """Depth first with its own stack: folders nested 2,000 deep are no problem."""
        stack = [iter([(folder, identity)])]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                continue
            path, identity = found
            if identity in self._folders:
                continue
            self._folders.add(identity)
            folders: list[tuple[str, _Identity]] = []
            yield from self._list(path, folders)
            stack.append(iter(folders))

    def _list(self, folder: str, folders: list[tuple[str, _Identity]]) -> Iterator[FileStamp]:
        """Photos directly in `folder`, sorted; the folders in it are appended to `folders`."""
        try:
            with self._listing(platform.as_opened(folder)) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._on_problem(folder, explain(error))
            return
        is_empty = True
        for entry in found:
            is_folder = _is_folder(entry)
            if not (is_wanted_folder(entry.name) if is_folder else is_photo_name(entry.name)):
                continue
            is_empty = False
            path = os.path.join(folder, entry.name)
            if entry.is_symlink() and os.path.exists(entry.path):
                self._links.append(path)
            elif is_folder:
                self._add_folder(path, entry, folders)
            elif path not in self._named and (stamp := _stamp(path, entry)):
                yield stamp
        if is_empty and is_photo_name(os.path.basename(folder)):
            problem = UnreadablePhoto("a folder named like a photo, without photos in it")
            self._on_problem(folder, problem)

    def _add_folder(
        self, path: str, entry: os.DirEntry[str], folders: list[tuple[str, _Identity]]
    ) -> None:
        try:
            facts = _facts(entry)
        except OSError as error:
            self._on_problem(path, explain(error))
        else:
            if not platform.is_hidden(facts):
                folders.append((path, _identity(path, facts)))

    def _follow(self, link: str) -> Iterator[FileStamp]:
        try:
            facts = os.stat(link)
        except OSError:  # gone since it was met
            return
        if stat.S_ISDIR(facts.st_mode):
            yield from self._tree(link, _identity(link, facts))
        elif (identity := _identity(link, facts)) not in self._files and not self._is_listed(
            os.path.realpath(link)
        ):
            self._files.add(identity)
            yield FileStamp.of(link, facts)

    def _is_listed(self, file: str) -> bool:
        """Whether the walk has come by this file under its own name."""
        folder, name = os.path.split(file)
        try:
            return is_photo_name(name) and _identity(folder, os.stat(folder)) in self._folders
        except OSError:
            return False


def _identity(path: str, facts: os.stat_result) -> _Identity:
    return (facts.st_dev, facts.st_ino or os.path.normcase(os.path.realpath(path)))


def _facts(entry: os.DirEntry[str]) -> os.stat_result:
    """As `entry.stat`, which on Windows tells what the listing did: no inode, an old size."""
    facts = entry.stat()
    return facts if facts.st_ino else os.stat(entry.path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def is_photo_name(name: str) -> bool:
    """Whether a file of this name counts as a photo when found in a folder."""
    return os.path.splitext(name)[1].lower() in PHOTO_EXTENSIONS and not is_left_out_file(name)


def is_wanted_folder(name: str) -> bool:
    """Whether a folder of this name is walked into when found in another."""
    return not is_left_out_folder(name)


def _stamp(path: str, entry: os.DirEntry[str]) -> FileStamp | None:
    """None where an attribute hides the file."""
    try:
        facts = _facts(entry)
    except OSError:  # a broken link, a vanished file: `examine` says what is wrong
        return FileStamp(path=path, size=0, mtime_ns=0)
    return None if platform.is_hidden(facts) else FileStamp.of(path, facts)
