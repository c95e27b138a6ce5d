"""The files that share a few photos' fate: RAW and JPEG of one exposure are decided as one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.pairs import pair_up
from aesplugin.services.groups.partition import looks_of

_AROUND: Final = timedelta(seconds=3)  # no rule of `pair_up` that needs a clock reaches further
_MOST: Final = 1000  # a moment that more photos share, as scans do, tells nothing of exposures


def with_companions(catalog: Catalog, content_hashes: Sequence[str]) -> list[str]:
    """These photos in their order, then the other files of their exposures.

    By the rule of cull and groups (`pair_up`), asked of what was taken at the same time: of files
    without a clock, or with one that stood still, nothing is known here, and they stay alone. An
    unknown photo is kept as it is.
    """
    near = catalog.gallery.taken_near(content_hashes, _AROUND)
    if len(near) > _MOST * len(content_hashes):
        return list(content_hashes)
    paths = catalog.gallery.first_paths(near)
    frames = [
        Frame(path=entry.path, photo=entry.photo)
        for entry in catalog.entries("", paths=sorted(paths.values()), readable=True)
        if entry.photo is not None
    ]
    wanted = set(content_hashes)
    found = dict.fromkeys(content_hashes)
    for head, others in pair_up(frames, looks_of(frames, {})).items():
        if not wanted.isdisjoint((head, *others)):
            found |= dict.fromkeys((head, *others))
    return list(found)
