"""Parts of a folder that a scan enters and from which the system sends no events."""

import os
from collections.abc import Iterator
from pathlib import Path

from aesplugin.catalog.mounts import MOUNT_TABLE, network_drives
from workers.ignore import Wanted
from workers.seen import is_below


def unheard(root: str, wanted: Wanted, *, mount_table: Path = MOUNT_TABLE) -> str | None:
    """The first such part of `root` and why, in one line; None where all of it is heard.

    A link to a folder elsewhere is one (its target may be watched, its own name is not), and a
    network drive mounted below.
    """
    for point, kind in network_drives(mount_table).items():
        if is_below(point, root) and wanted.folder(point):
            return f"{point} is on a network drive ({kind}), which sends no events"
    home = os.path.realpath(root)
    for link in _linked_folders(root, wanted):
        target = os.path.realpath(link)
        if target != home and not is_below(target, home):
            return f"{link} is a link to a folder elsewhere, from which no events come"
    return None


def _linked_folders(root: str, wanted: Wanted) -> Iterator[str]:
    for folder, names, _ in os.walk(root):
        paths = [os.path.join(folder, name) for name in names]
        links = {path for path in paths if os.path.islink(path) and wanted.folder(path)}
        yield from sorted(links)
        names[:] = [os.path.basename(path) for path in paths if wanted.folder(path)]
