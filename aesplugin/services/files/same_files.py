"""One name for each file, though links, letter case or accents give it several."""

import os
from collections.abc import Collection, Iterable, Mapping
from functools import cache, cached_property

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import KnownFile
from aesplugin.catalog.sql_helpers import is_under
from aesplugin.photo import PhotoState
from aesplugin.spellings import NamesIn, as_listed, is_one_file, listing, plain


class SameFiles:
    """The files that the catalog knows, to be found by any name that is theirs.

    Asks the catalog as little as it can: of a file in a folder that is known, about that folder.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._is_known = cache(catalog.has_file_in)  # of a folder
        self._real = cache(os.path.realpath)  # of a folder
        self._compared: set[str] = set()  # folders whose spellings were looked for

    def name_of(self, path: str) -> str:
        """The file's known name; for a new one the name it has in the folder that is known."""
        folder, name = os.path.split(path)
        if self._is_known(folder):
            return path
        real = os.path.join(self._real(folder), name)
        folder = os.path.dirname(real)
        while (known := self._known_name(folder)) is None and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
        found = path if known is None else os.path.join(known, os.path.relpath(real, folder))
        return path if is_one_file(path, found) else found  # as the folders list it

    def second_names(self, known: Iterable[str]) -> dict[str, list[str]]:
        """By folder: those of `known` that a link gives to files which are known without it, too.

        `known` are names that the catalog holds.
        """
        by_folder: dict[str, list[str]] = {}
        for path in known:
            by_folder.setdefault(os.path.dirname(path), []).append(path)
        found: dict[str, list[str]] = {}
        for folder, paths in by_folder.items():
            real = self._real(folder)
            if real != folder and self._is_known(real):
                names = {os.path.join(real, os.path.basename(path)): path for path in paths}
                both = still_known(self._catalog, "", names)
                found |= {folder: [names[one] for one in both]} if both else {}
        return found

    def folders_spelt_like(self, paths: Iterable[str]) -> set[str]:
        """The known folders whose names are spellings of those that hold `paths`, each once."""
        wanted = {plain(os.path.dirname(path)) for path in paths} - self._compared
        self._compared |= wanted
        return {one for one in self._folders if plain(one) in wanted} if wanted else set()

    def _known_name(self, real: str) -> str | None:
        """What the catalog calls the folder that is there by this name, where it knows it."""
        names = [*self._linked.get(real, ()), *([real] if real in self._folders else ())]
        there = (name for name in sorted(names, reverse=True) if os.path.isdir(name))
        return next(filter(self._is_known, there), None)

    @cached_property
    def _folders(self) -> set[str]:
        return self._catalog.folders()

    @cached_property
    def _linked(self) -> dict[str, list[str]]:
        """The folders that links lead to, by what they are called without."""
        found: dict[str, list[str]] = {}
        for folder in self._folders:
            if (real := self._real(folder)) != folder:
                found.setdefault(real, []).append(folder)
        return found


def still_known(
    catalog: Catalog, model_revision: str, paths: Collection[str]
) -> dict[str, KnownFile]:
    """Those of `paths` that the catalog holds, and that were there when last looked for."""
    found = catalog.known_files(model_revision, paths=paths)
    return {path: one for path, one in found.items() if one.state is not PhotoState.MISSING}


class FormerSpellings:
    """The names that files had before their letter case or accents were changed, and nothing else.

    Such a file is no new one: the catalog calls it by the new spelling from then on.
    """

    def __init__(
        self,
        known: dict[str, KnownFile],
        *,
        read_only: bool = False,
        names_in: NamesIn = os.listdir,
    ) -> None:
        """`known` is kept up to date; `names_in` lists a folder."""
        self.respelt: dict[str, str] = {}  # new name by former
        self._known, self._read_only, self._names_in = known, read_only, listing(names_in)

    def name_of(self, path: str) -> str:
        """The path, which takes the place of its former spelling; where it may not, that one."""
        if path in self._known:
            return path
        for former in self._by_plain.get(plain(path), ()):
            if former in self._known and is_one_file(path, former, self._names_in):
                if self._read_only:
                    return former
                self._known[path] = self._known.pop(former)
                self.respelt[former] = path
                break
        return path

    def add(self, known: Mapping[str, KnownFile]) -> None:
        """More files that the catalog holds."""
        for path, one in known.items():
            if path not in self._known:
                self._known[path] = one
                self._by_plain.setdefault(plain(path), []).append(path)

    @cached_property
    def _by_plain(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._known:
            found.setdefault(plain(path), []).append(path)
        return found


def known_place(catalog: Catalog, path: str) -> str:
    """The name by which the catalog knows a file or folder; its full path where it knows none.

    All folders are read only where it is known by none of its own names.
    """
    path = os.path.abspath(os.path.expanduser(path))
    if _holds(catalog, path):
        return path
    path = as_listed(path)
    if _holds(catalog, path):
        return path
    real = os.path.realpath(path)
    if _holds(catalog, real):
        return real
    folders = catalog.gallery.folders()
    return _linked_place(folders, real) or _former_place(folders, path) or path


def _linked_place(folders: Iterable[str], real: str) -> str | None:
    """The name that `real` has by a link among the known folders."""
    for folder in folders:
        of_folder = os.path.realpath(folder)
        if of_folder == real or is_under(of_folder, real):
            rest = os.path.relpath(of_folder, real)
            return folder if rest == os.curdir else folder.removesuffix(os.sep + rest)
        if of_folder == os.path.dirname(real):
            return os.path.join(folder, os.path.basename(real))
    return None


def _former_place(folders: Iterable[str], path: str) -> str | None:
    """The known spelling of a folder, or of the folder of a file, that was changed since."""
    place, name = (path, "") if os.path.isdir(path) else os.path.split(path)
    for folder in folders:
        above = _lying_alike(folder, place)
        if above and is_one_file(place, above):
            return os.path.join(above, name) if name else above
    return None


def _lying_alike(folder: str, place: str) -> str | None:
    """What of `folder` is `place`, spelt otherwise."""
    depth = place.rstrip(os.sep).count(os.sep)
    above = os.sep.join(folder.split(os.sep)[: depth + 1])
    return above if plain(above) == plain(place) else None


def _holds(catalog: Catalog, path: str) -> bool:
    return bool(catalog.known_files("", paths=[path])) or catalog.gallery.has_folder(path)
