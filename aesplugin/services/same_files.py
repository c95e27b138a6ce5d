"""One name for each file, though links to folders lead to it by several.

The name that the catalog knows stays, whichever it is. A link to a file is no matter here: a walk
takes it only where its target is not met by its own name.
"""

import os
from collections.abc import Collection, Iterable
from functools import cached_property

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.paths import is_under


class SameFiles:
    """The files that the catalog knows, to be found by any name that is theirs."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._folders: dict[str, str] = {}

    def name_of(self, path: str) -> str:
        """The file's known name; for a new one the name it has in the folder that is known."""
        if os.path.dirname(path) in self._known_folders:
            return path
        real = self._real(path)
        folder = os.path.dirname(real)
        while folder not in self._by_real and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
        known = self._by_real.get(folder)
        return path if known is None else os.path.join(known, os.path.relpath(real, folder))

    def second_names(self) -> dict[str, list[str]]:
        """By folder: known names that a link gives to files which are known without it, too."""
        linked = {one for one in self._known_folders if os.path.realpath(one) != one}
        known = set(self._known) if linked else set()
        found: dict[str, list[str]] = {}
        for path in known:
            folder = os.path.dirname(path)
            if folder in linked and self._real(path) in known:
                found.setdefault(folder, []).append(path)
        return found

    @cached_property
    def _known_folders(self) -> set[str]:
        return {os.path.dirname(path) for path in self._known}

    @cached_property
    def _by_real(self) -> dict[str, str]:
        """The known folders that are there, by what they are called without links."""
        there = filter(os.path.isdir, sorted(self._known_folders))
        return {os.path.realpath(folder): folder for folder in there}

    def _real(self, path: str) -> str:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return os.path.join(self._folders[folder], name)


def known_place(catalog: Catalog, path: str) -> str:
    """The name by which the catalog knows a file or folder; its full path where it knows none."""
    path = os.path.abspath(os.path.expanduser(path))
    folders = catalog.gallery.folders()
    if _holds(catalog, folders, path):
        return path
    real = os.path.realpath(path)
    if _holds(catalog, folders, real):
        return real
    for folder in folders:
        of_folder = os.path.realpath(folder)
        if of_folder == real or is_under(of_folder, real):
            rest = os.path.relpath(of_folder, real)
            return folder if rest == os.curdir else folder.removesuffix(os.sep + rest)
        if of_folder == os.path.dirname(real):
            return os.path.join(folder, os.path.basename(real))
    return path


def _holds(catalog: Catalog, folders: Iterable[str], path: str) -> bool:
    is_folder = any(folder == path or is_under(folder, path) for folder in folders)
    return is_folder or bool(catalog.known_files("", paths=[path]))
