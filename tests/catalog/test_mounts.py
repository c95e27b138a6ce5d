import shutil
import subprocess
from pathlib import Path

import pytest

from aesplugin.catalog.engine import connect
from aesplugin.catalog.mounts import MOUNT_TABLE, network_file_system
from aesplugin.errors import NetworkDriveRefused

TABLE = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 0:50 / /mnt/nas rw,relatime shared:9 master:2 - nfs4 nas:/export rw,vers=4.2
41 27 0:51 / /mnt/my\\040share rw - cifs //nas/share rw
42 40 254:1 / /mnt/nas/local rw - xfs /dev/vdb rw
43 27 0:53 / /home/ann/remote rw - fuse.sshfs ann@host: rw
44 27 0:54 / /mnt/c rw - 9p drvfs rw
45 27 0:55 / /twice rw - nfs nas:/ rw
46 27 0:56 / /twice rw - tmpfs tmpfs rw
47 27 0:57 / /back\\134slash rw - smb3 //nas/b rw
no mount line at all
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "mountinfo"
    file.write_text(TABLE)
    return file


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/mnt/nas/photos/catalog.sqlite3", "nfs4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas2/catalog.sqlite3", None),
        ("/mnt/nas/local/catalog.sqlite3", None),
        ("/mnt/my share/x", "cifs"),
        ("/home/ann/remote/x", "fuse.sshfs"),
        ("/home/ann/x", None),
        ("/mnt/c/Users/x", "9p"),
        ("/twice/x", None),  # the later mount hides the earlier one
        ("/back\\slash/x", "smb3"),
        ("/mnt/nas/../../home/x", None),
    ],
)
def test_the_deepest_mount_point_decides(table: Path, path: str, kind: str | None) -> None:
    assert network_file_system(Path(path), table) == kind


def test_links_are_followed(table: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/mnt/nas")
    assert network_file_system(link / "catalog.sqlite3", table) == "nfs4"


def test_without_a_mount_table_nothing_is_refused(tmp_path: Path) -> None:
    assert network_file_system(Path("/mnt/nas/x"), tmp_path / "none") is None


def test_a_catalog_on_a_network_drive_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    drive = tmp_path / "drive"
    table.write_text(f"{TABLE}50 27 0:60 / {drive} rw - nfs nas:/x rw\n")
    for target in (drive / "new" / "catalog.sqlite3", f"sqlite:///{drive}/catalog.sqlite3"):
        with pytest.raises(NetworkDriveRefused, match=r"network drive \(nfs\).*local disk"):
            connect(target, mount_table=table)
    assert not drive.exists()


@pytest.mark.skipif(not MOUNT_TABLE.exists(), reason="no Linux mount table here")
@pytest.mark.skipif(shutil.which("findmnt") is None, reason="findmnt is not installed")
def test_this_machines_own_table_reads_as_findmnt_reads_it(tmp_path: Path) -> None:
    from aesplugin.catalog.mounts import _kind_of, _mounted

    for path in (tmp_path, Path("/proc"), Path("/dev/shm"), Path("/")):
        said = subprocess.run(
            ["findmnt", "--noheadings", "--output", "FSTYPE", "--target", path],
            capture_output=True,
            text=True,
            check=True,
        )
        kind = _kind_of(str(path.resolve()), _mounted(MOUNT_TABLE))
        assert kind == said.stdout.split()[-1]
