"""Which file system a path lies on, by Linux's mount table."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

MOUNT_TABLE = Path("/proc/self/mountinfo")

# Their locks or shared memory are not what SQLite needs (sqlite.org/wal.html: "does not work over
# a network filesystem"; sqlite.org/howtocorrupt.html, section 2.1).
NETWORK_FILE_SYSTEMS = frozenset(
    [
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fuse.davfs2",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.goofys",
        "fuse.gvfsd-fuse",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.sshfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "panfs",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
    ]
)


def network_file_system(path: Path, mount_table: Path = MOUNT_TABLE) -> str | None:
    """The network file system's type under `path` (which need not exist), or None for a local one.

    None, too, where there is no mount table to ask (not Linux).
    """
    kind = _kind_of(os.path.realpath(path), _mounted(mount_table))
    return kind if kind in NETWORK_FILE_SYSTEMS else None


def network_drives(mount_table: Path = MOUNT_TABLE) -> dict[str, str]:
    """Where network drives are mounted, and the type of each; none where there is no table."""
    mounted = _mounted(mount_table)
    return {point: kind for point, kind in mounted.items() if kind in NETWORK_FILE_SYSTEMS}


def _kind_of(path: str, mounted: Mapping[str, str]) -> str | None:
    """The type of the deepest mount point above `path`."""
    above = [point for point in mounted if _is_under(path, point)]
    return mounted[max(above, key=len)] if above else None


def _mounted(mount_table: Path) -> dict[str, str]:
    """Every mount point and its file system's type; of two on one point the later one hides.

    A line is "36 35 98:0 /root /mount/point options [fields] - type source options" (proc(5)).
    """
    try:
        lines = mount_table.read_bytes().splitlines()
    except OSError:  # not Linux
        return {}
    found = {}
    for line in lines:
        left, _, right = line.partition(b" - ")
        if len(fields := left.split()) >= 5 and right:
            found[os.fsdecode(_unescaped(fields[4]))] = os.fsdecode(right.split()[0])
    return found


def _is_under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _unescaped(field: bytes) -> bytes:
    """Undoes the kernel's octal escapes of blanks and backslashes."""
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), field)
