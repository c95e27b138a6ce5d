"""Real servers for tests, each private to the test session and gone with it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis

_SETTINGS = {  # nothing here has to survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "64",
    "shared_buffers": "32MB",
}


@dataclass
class PostgresServer:
    """A cluster that listens on a socket in its own folder, so it needs no port."""

    folder: Path

    def url(self, database: str) -> str:
        """What a user would set as `catalog`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Runs SQL, each statement in its own transaction."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement.encode())


class RedisServer:
    """A Redis on a free port that keeps nothing: started again, it is empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    @property
    def url(self) -> str:
        """What a user would set as `broker`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("redis-server does not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it without mercy, and all it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)

    def memory(self) -> int:
        """Bytes of data it holds."""
        with redis.Redis.from_url(self.url) as client:
            return int(client.info("memory")["used_memory"])

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A fresh Redis from the system's package."""
    if shutil.which("redis-server") is None:
        required("redis-server is not installed")
    with tempfile.TemporaryDirectory(prefix="aes-redis-") as name:
        server = RedisServer(Path(name))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def required(problem: str) -> None:
    """Skips the test for want of a server; where CI is set, fails it."""
    if os.environ.get("CI"):
        pytest.fail(f"{problem}, and CI must not skip it")
    pytest.skip(problem)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A fresh PostgreSQL of the newest version installed."""
    programs = _postgres_programs()
    if programs is None:
        required("PostgreSQL's server is not installed")
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="aes-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)  # short: a socket's path has at most 107 bytes
        user = _unprivileged(folder)
        data = folder / "data"
        options = " ".join(
            [f"-c {key}='{value}'" for key, value in _SETTINGS.items()] + [f"-k {folder}"]
        )
        _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"], user)
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w"]
        _run([*control, "-o", options, "start"], user)
        try:
            yield PostgresServer(folder)
        finally:
            _run([*control, "-m", "immediate", "stop"], user)


def _postgres_programs() -> Path | None:
    """The folder of the server's programs: on the PATH, or where Debian puts them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parent.parent.name), default=None)
    return newest.parent if newest else None


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to start the server: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        account = pwd.getpwnam("nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(command: Sequence[str | Path], user: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        cwd="/",
        check=False,
        **user,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stdout[-2000:]}")
