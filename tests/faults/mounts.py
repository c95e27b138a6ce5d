"""Real drives for tests: ext4 in a file, mounted, pulled out, put back; and disks that are small.

Mounting needs root and loop devices; where either is not there, the test skips and says which.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_BUSY_SECONDS = 20.0  # a process may just be reading a photo


@dataclass(frozen=True)
class Drive:
    """A drive that can be mounted at `point`."""

    image: Path
    point: Path

    def mount(self) -> None:
        """Plugs it in."""
        _need("mount", "-o", "loop", str(self.image), str(self.point))

    def unmount(self) -> None:
        """Takes it out, as a person does: not while somebody reads from it."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while problem := _problem("umount", str(self.point)):
            assert time.monotonic() < deadline, problem
            time.sleep(0.02)


@contextmanager
def drive(image: Path, point: Path) -> Iterator[Drive]:
    """A new, empty drive of 8 MiB, mounted at the empty folder `point`."""
    with image.open("wb") as file:
        file.truncate(8 * 2**20)
    _need("mkfs.ext4", "-q", str(image))
    made = Drive(image, point)
    made.mount()
    try:
        yield made
    finally:
        _problem("umount", "--lazy", str(point))


@contextmanager
def small_disk(point: Path, *, kibibytes: int) -> Iterator[Path]:
    """An empty file system of that size at the folder `point`."""
    point.mkdir(exist_ok=True)
    _need("mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(point))
    try:
        yield point
    finally:
        _problem("umount", "--lazy", str(point))


def _need(*command: str) -> None:
    if problem := _problem(*command):
        pytest.skip(f"mounting is not possible here: {problem}")


def _problem(*command: str) -> str:
    """What the command said where it failed; empty where it worked."""
    if (program := _program(command)) is None:
        return f"{command[0]} is not installed"
    done = subprocess.run(
        [program, *command[1:]], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else ""


def _program(command: Sequence[str]) -> str | None:
    return shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
