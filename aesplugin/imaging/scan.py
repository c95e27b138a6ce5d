"""Find photos under files and folders, in sorted order, 100,000 in a second or two."""

import os
from collections.abc import Callable, Iterable, Iterator

from aesplugin.errors import PhotoError, UnreadablePhoto
from aesplugin.imaging.content import explain
from aesplugin.imaging.formats import PHOTO_EXTENSIONS
from aesplugin.photo import FileStamp

OnProblem = Callable[[str, PhotoError], None]

# Folders of other programs that hold previews, rejects or deleted files. Hidden ones (.Trash-1000,
# .darktable, .picasaoriginals, ...) are skipped by their dot.
_FOREIGN_FOLDERS = frozenset(
    {"@eadir", "#recycle", "$recycle.bin", "recycler", "lost+found", "system volume information"}
)
_FOREIGN_SUFFIXES = (".lrdata", ".lrcat-data", ".photoslibrary", ".cocatalog", ".dtcache")


def _ignore(path: str, error: PhotoError) -> None:
    """Nobody asked for problems."""


def walk(paths: Iterable[str], *, on_problem: OnProblem = _ignore) -> Iterator[FileStamp]:
    """Every photo under `paths`, once each.

    A file named in `paths` is taken whatever its extension, even if it is missing (size and
    mtime are then 0: `examine` says what is wrong). A folder is walked into whatever its name;
    below it only known photo extensions count, hidden folders, sidecars and other programs'
    caches are left out, and a folder reached again through a symbolic link is not walked twice.
    A broken link with a photo's name is yielded like a missing file. What cannot be listed is
    given to `on_problem`, and the walk goes on.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        try:
            facts = os.stat(path)
        except (OSError, ValueError):
            yield FileStamp(path=path, size=0, mtime_ns=0)
            continue
        if os.path.isdir(path):
            yield from _walk_folder(path, (facts.st_dev, facts.st_ino), seen, on_problem)
        else:
            yield FileStamp(path=path, size=facts.st_size, mtime_ns=facts.st_mtime_ns)


def _walk_folder(
    folder: str, identity: tuple[int, int], seen: set[tuple[int, int]], on_problem: OnProblem
) -> Iterator[FileStamp]:
    """Depth first with its own stack: folders nested 2,000 deep are no problem."""
    stack = [iter([(folder, identity)])]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        path, identity = found
        if identity in seen:
            continue
        seen.add(identity)
        folders: list[tuple[str, tuple[int, int]]] = []
        yield from _list(path, folders, on_problem)
        stack.append(iter(folders))


def _list(
    folder: str, folders: list[tuple[str, tuple[int, int]]], on_problem: OnProblem
) -> Iterator[FileStamp]:
    """Photos directly in `folder`, sorted; the folders in it are appended to `folders`."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        on_problem(folder, explain(error))
        return
    is_empty = True
    for entry in found:
        if _is_folder(entry):
            if is_wanted_folder(entry.name):
                is_empty = False
                _add_folder(entry, folders, on_problem)
        elif is_photo_name(entry.name):
            is_empty = False
            yield _stamp(entry)
    if is_empty and is_photo_name(os.path.basename(folder)):
        on_problem(folder, UnreadablePhoto("a folder named like a photo, without photos in it"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _add_folder(
    entry: os.DirEntry[str], folders: list[tuple[str, tuple[int, int]]], on_problem: OnProblem
) -> None:
    try:
        facts = entry.stat()
    except OSError as error:
        on_problem(entry.path, explain(error))
    else:
        folders.append((entry.path, (facts.st_dev, facts.st_ino)))


def is_photo_name(name: str) -> bool:
    """Whether a file of this name counts as a photo when found in a folder."""
    # "._IMG.jpg" are macOS's resource forks on foreign drives, not photos.
    return os.path.splitext(name)[1].lower() in PHOTO_EXTENSIONS and not name.startswith("._")


def is_wanted_folder(name: str) -> bool:
    """Whether a folder of this name is walked into when found in another."""
    lower = name.lower()
    return not (
        name.startswith(".") or lower in _FOREIGN_FOLDERS or lower.endswith(_FOREIGN_SUFFIXES)
    )


def _stamp(entry: os.DirEntry[str]) -> FileStamp:
    try:
        facts = entry.stat()
    except OSError:  # a broken link, a vanished file: `examine` says what is wrong
        return FileStamp(path=entry.path, size=0, mtime_ns=0)
    return FileStamp(path=entry.path, size=facts.st_size, mtime_ns=facts.st_mtime_ns)
