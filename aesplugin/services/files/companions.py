"""Companion files: RAW and JPEG of one exposure are decided as one."""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.names import Name, read_name
from aesplugin.services.groups.pairs import pair_up
from aesplugin.services.groups.partition import looks_of

_AROUND: Final = timedelta(seconds=3)  # no rule of `pair_up` that needs a clock reaches further
_MOST: Final = 1000  # a time shared by more photos, as with scans, does not identify an exposure
_MOST_ASKED: Final = 20  # names; of more than that all files of the folder are read at once
_PLAIN: Final = re.compile(r"[ -~]+")  # what databases compare without regard to case


def with_companions(catalog: Catalog, content_hashes: Sequence[str]) -> list[str]:
    """These photos in their order, then the other files of their exposures.

    By the rule of cull and groups (`pair_up`), asked of what was taken at the same time and of what
    has the same name in the same folder or one beside it: where a clock is missing or stood still,
    name and picture tell. An unknown photo is kept as it is.
    """
    near = catalog.gallery.taken_near(content_hashes, _AROUND)
    if len(near) > _MOST * len(content_hashes):
        near = list(content_hashes)
    paths = catalog.gallery.first_paths([*content_hashes, *near])
    shown = [paths[key] for key in content_hashes if key in paths]
    paths |= {key: path for path, key in _namesakes(catalog, shown) if key not in paths}
    frames = [
        Frame(path=entry.path, photo=entry.photo, copies=entry.paths)
        for entry in catalog.entries("", paths=sorted(paths.values()), readable=True)
        if entry.photo is not None
    ]
    wanted = set(content_hashes)
    found = dict.fromkeys(content_hashes)
    for head, others in pair_up(frames, looks_of(frames, {})).items():
        if not wanted.isdisjoint((head, *others)):
            found |= dict.fromkeys((head, *others))
    return list(found)


def _namesakes(catalog: Catalog, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Path and content of files with the same base name as one of `paths`, in nearby folders."""
    by_scope: dict[str, list[Name]] = {}
    for path in paths:
        by_scope.setdefault(_scope(path), []).append(read_name(path))
    for scope, names in by_scope.items():
        places = {(parent, name.base) for name in names for parent in name.parents}
        words = {_longest(name.base) for name in names}
        asked = sorted(words) if len(words) <= _MOST_ASKED and all(words) else []
        for path, key in catalog.gallery.named_like(scope, asked).items():
            name = read_name(path)
            if not places.isdisjoint((parent, name.base) for parent in name.parents):
                yield path, key


def _scope(path: str) -> str:
    """The folder below which files of the same name are searched; never the root."""
    folder = os.path.dirname(path)
    above = os.path.dirname(folder)
    return folder if above == os.path.dirname(above) else above


def _longest(base: str) -> str:
    return max(_PLAIN.findall(base), key=len, default="")
