import errno
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aesplugin.errors import EmptyPhoto, MissingPhoto, UnreadablePhoto
from aesplugin.imaging.content import explain, read_content
from tests.imaging.photos import write

NOBODY = 65534


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may read everything; tests about permissions must not run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_bytes_and_hash_belong_together(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    content = read_content(write(tmp_path, "a.jpg", data))
    assert content.data == data
    assert content.content_hash == hashlib.sha256(data).hexdigest()


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmptyPhoto, match="zero bytes"):
        read_content(write(tmp_path, "a.jpg", b""))


def test_a_folder_named_like_a_photo_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").mkdir()
    with pytest.raises(UnreadablePhoto, match="folder"):
        read_content(str(tmp_path / "x.jpg"))


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.jpg")
    with pytest.raises(UnreadablePhoto, match="pipe"):
        read_content(str(tmp_path / "x.jpg"))


def test_a_device_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").symlink_to("/dev/zero")
    with pytest.raises(UnreadablePhoto, match="device"):
        read_content(str(tmp_path / "x.jpg"))


def test_a_socket_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # socket names are limited to about 100 characters
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("x.jpg")
        with pytest.raises(UnreadablePhoto, match="socket"):
            read_content("x.jpg")


@pytest.mark.parametrize("name", ["gone.jpg", "file.jpg/inside.jpg", "nul\0.jpg"])
def test_what_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    write(tmp_path, "file.jpg", b"x")
    with pytest.raises(MissingPhoto):
        read_content(f"{tmp_path}/{name}")


def test_broken_and_circular_links_are_missing(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "circle.jpg").symlink_to("circle.jpg")
    for name in ("broken.jpg", "circle.jpg"):
        with pytest.raises(MissingPhoto):
            read_content(str(tmp_path / name))


def test_no_permission_is_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", b"x")
    Path(path).chmod(0)
    with without_privileges(), pytest.raises(UnreadablePhoto, match="permission"):
        read_content(path)


def test_a_failing_disk_is_named() -> None:
    error = explain(OSError(errno.EIO, os.strerror(errno.EIO)))
    assert isinstance(error, UnreadablePhoto)
    assert "Input/output error" in str(error)
