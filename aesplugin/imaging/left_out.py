"""Names under which other programs and systems keep what is no photo of the user's.

Deleted, unfinished and preview pictures, and the insides of other programs' libraries. The one list
for every way in: `score`, `watch` and its events, and the jobs of the page.
"""

import os
import re

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
