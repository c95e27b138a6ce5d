"""A disk as Windows and macOS have it, on Linux: it keeps a name's spelling, but asks for none.

Letter case and the form of accents make no other name: `Trip`, `trip` and `TRIP` are one folder.
It speaks the kernel's protocol for file systems in user space (fuse(4), linux/fuse.h) over a
folder of the real disk. Mounting needs root; where it cannot be, the test skips and says why.
"""

import contextlib
import ctypes
import errno
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unicodedata import normalize

import pytest

_HEADER, _ROOT = struct.Struct("<IIQQIIIHH"), 1
_SIZE, _ATIME, _MTIME, _MODE = 8, 16, 32, 1  # bits of SETATTR
_NO_REPLY = (2, 42)  # FORGET, BATCH_FORGET


@contextlib.contextmanager
def caseless_disk(home: Path) -> Iterator[Path]:
    """Such a disk, empty, mounted below `home`."""
    behind, point = home / "behind", home / "disk"
    behind.mkdir()
    point.mkdir()
    command = [sys.executable, "-P", __file__, str(behind), str(point)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        said = server.stdout.readline().strip()
        if said != "mounted":
            pytest.skip(f"mounting is not possible here: {said}")
        yield point
    finally:
        ctypes.CDLL(None).umount2(os.fsencode(point), 2)  # lazily: a test that failed may hold it
        server.wait(timeout=20)


def _plain(name: str) -> str:
    return normalize("NFC", name).casefold()


class _Disk:
    """Answers to requests, by number; each takes the node and what follows the header."""

    def __init__(self, behind: str) -> None:
        self._paths = {_ROOT: behind}
        self._root = os.stat(behind).st_ino
        self.answers: dict[int, Callable[[int, bytes], bytes]] = {
            **{1: self.look_up, 3: self.attributes, 4: self.change, 9: self.make_folder},
            **{10: self.remove, 11: self.remove_folder, 12: self.rename, 45: self.rename_2},
            **{14: self.open, 15: self.read, 16: self.write, 18: self.close, 27: self.open_folder},
            **{26: self.begin, 28: self.list, 35: self.create},
            **dict.fromkeys((20, 25, 29, 30, 34), lambda node, data: b""),
        }

    def begin(self, node: int, data: bytes) -> bytes:
        return struct.pack("<IIIIHHIIHHI28x", 7, 31, 0, 0, 8, 8, 1 << 17, 1, 0, 0, 0)

    def look_up(self, node: int, data: bytes) -> bytes:
        return self._entry(self._found(node, data))

    def attributes(self, node: int, data: bytes) -> bytes:
        return bytes(16) + self._facts(self._paths[node])

    def change(self, node: int, data: bytes) -> bytes:
        valid, _, _, size, _, atime, mtime, _, an, mn, _, mode = struct.unpack_from(
            "<IIQQQQQQIIII", data
        )
        path = self._paths[node]
        if valid & _MODE:
            os.chmod(path, stat.S_IMODE(mode))
        if valid & _SIZE:
            os.truncate(path, size)
        if valid & (_ATIME | _MTIME):
            os.utime(path, ns=(atime * 10**9 + an, mtime * 10**9 + mn))
        return self.attributes(node, b"")

    def make_folder(self, node: int, data: bytes) -> bytes:
        path = self._path(node, data[8:])
        os.mkdir(path, struct.unpack_from("<I", data)[0])
        return self._entry(path)

    def remove(self, node: int, data: bytes) -> bytes:
        os.unlink(self._found(node, data))
        return b""

    def remove_folder(self, node: int, data: bytes) -> bytes:
        os.rmdir(self._found(node, data))
        return b""

    def rename(self, node: int, data: bytes) -> bytes:
        return self._rename(node, struct.unpack_from("<Q", data)[0], data[8:])

    def rename_2(self, node: int, data: bytes) -> bytes:
        return self._rename(node, struct.unpack_from("<Q", data)[0], data[16:])

    def _rename(self, node: int, to: int, names: bytes) -> bytes:
        old, new = names.split(b"\0")[:2]
        source = self._found(node, old)
        with contextlib.suppress(FileNotFoundError):
            there = self._found(to, new)
            if there != source:  # its spelling stands, as on NTFS and APFS
                os.replace(source, there)
                return b""
        os.rename(source, self._path(to, new))
        return b""

    def open(self, node: int, data: bytes) -> bytes:
        flags = struct.unpack_from("<I", data)[0]
        return struct.pack("<QII", os.open(self._paths[node], flags & ~os.O_CREAT), 0, 0)

    def create(self, node: int, data: bytes) -> bytes:
        flags, mode = struct.unpack_from("<II", data)
        path = self._path(node, data[16:])
        opened = struct.pack("<QII", os.open(path, flags | os.O_CREAT, mode), 0, 0)
        return self._entry(path) + opened

    def read(self, node: int, data: bytes) -> bytes:
        handle, offset, size = struct.unpack_from("<QQI", data)
        return os.pread(handle, size, offset)

    def write(self, node: int, data: bytes) -> bytes:
        handle, offset, size = struct.unpack_from("<QQI", data)
        return struct.pack("<II", os.pwrite(handle, data[40 : 40 + size], offset), 0)

    def close(self, node: int, data: bytes) -> bytes:
        os.close(struct.unpack_from("<Q", data)[0])
        return b""

    def open_folder(self, node: int, data: bytes) -> bytes:
        return bytes(16)

    def list(self, node: int, data: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", data)
        found = b""
        for number, name in enumerate(sorted(os.listdir(self._paths[node]))):
            raw = os.fsencode(name)
            one = struct.pack("<QQII", number + 2, number + 1, len(raw), 0) + raw
            one += bytes(-len(one) % 8)
            if number < offset:
                continue
            if len(found) + len(one) > size:
                break
            found += one
        return found

    def _path(self, node: int, name: bytes) -> str:
        return os.path.join(self._paths[node], os.fsdecode(name.split(b"\0")[0]))

    def _found(self, node: int, name: bytes) -> str:
        folder, asked = os.path.split(self._path(node, name))
        for listed in os.listdir(folder):
            if _plain(listed) == _plain(asked):
                return os.path.join(folder, listed)
        raise FileNotFoundError(errno.ENOENT, "")

    def _entry(self, path: str) -> bytes:
        number = os.lstat(path).st_ino
        self._paths[number] = path
        return struct.pack("<QQ24x", number, 0) + self._facts(path)

    def _facts(self, path: str) -> bytes:
        facts = os.lstat(path)
        number = _ROOT if facts.st_ino == self._root else facts.st_ino
        times = (facts.st_atime_ns, facts.st_mtime_ns, facts.st_ctime_ns)
        return struct.pack(
            "<QQQQQQIIIIIIIIII", number, facts.st_size, facts.st_blocks,
            *(time // 10**9 for time in times), *(time % 10**9 for time in times),
            facts.st_mode, facts.st_nlink, facts.st_uid, facts.st_gid, 0, 4096, 0,
        )  # fmt: skip


def _serve(behind: str, point: str) -> None:
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"caseless", os.fsencode(point), b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    disk = _Disk(behind)
    _say("mounted")
    while True:
        try:
            request = os.read(device, 1 << 18)
        except OSError as error:
            if error.errno == errno.ENODEV:  # unmounted
                return
            continue
        _, kind, unique, node, *_ = _HEADER.unpack_from(request)
        if kind in _NO_REPLY:
            continue
        problem, answer = 0, b""
        try:
            answer = disk.answers[kind](node, request[_HEADER.size :])
        except KeyError:
            problem = errno.ENOSYS
        except OSError as error:
            problem = error.errno or errno.EIO
        with contextlib.suppress(OSError):  # nobody waits for it any more
            os.write(device, struct.pack("<IiQ", 16 + len(answer), -problem, unique) + answer)


def _say(line: str) -> None:
    os.write(1, line.encode() + b"\n")


if __name__ == "__main__":
    try:
        _serve(*sys.argv[1:])
    except OSError as error:
        _say(str(error.strerror))
