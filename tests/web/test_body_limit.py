"""A request's body is counted while it comes in: too much is refused early, memory stays flat."""

import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from PIL import Image

from aesplugin.web.guard import MOST_BODY_BYTES, MOST_PICTURE_BYTES
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import Site

MIB = 2**20
PIECE = b"x" * (256 * 1024)
ROUTES = (
    ("POST", "/api/v1/decisions", "application/json"),
    ("POST", "/api/v1/steps", "application/json"),
    ("POST", "/api/v1/undo", "application/json"),
    ("PUT", "/api/v1/preferences", "application/json"),
    ("POST", "/api/v1/jobs", "application/json"),
    ("POST", "/api/v1/hooks/immich", "application/json"),
    ("POST", "/publish/preview", "application/x-www-form-urlencoded"),
    ("POST", "/profile", "application/x-www-form-urlencoded"),
    ("POST", "/publish/run", "multipart/form-data; boundary=b"),
    ("POST", "/api/v1/score", "application/octet-stream"),
)


@dataclass
class Sent:
    status: int
    read: int  # bytes of the body sent when the answer came


def upload(port: int, method: str, path: str, kind: str, *, mib: int) -> Sent:
    """Sends a chunked body of `mib`, and looks for the answer after every piece."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as line:
        line.sendall(
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-csrf-token: {CSRF}\r\n"
            f"content-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
        )
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            line.settimeout(0.001)
            while sent < mib * MIB:
                with suppress(TimeoutError):
                    return Sent(int(line.recv(65536).split()[1]), sent)
                line.settimeout(60)
                line.sendall(f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n")
                line.settimeout(0.001)
                sent += len(PIECE)
            line.settimeout(60)
            line.sendall(b"0\r\n\r\n")
        return Sent(int(line.recv(65536).split()[1]), sent)


@pytest.mark.parametrize(("method", "path", "kind"), ROUTES)
def test_too_much_is_refused_while_it_comes(
    client: Client, method: str, path: str, kind: str
) -> None:
    limit = MOST_PICTURE_BYTES if path.endswith("/score") else MOST_BODY_BYTES
    found = upload(client.port, method, path, kind, mib=limit // MIB + 40)
    assert found.status == 413 or ("form" in kind and found.status == 400)  # a field's own limit
    assert found.read < limit + 16 * MIB


@pytest.mark.parametrize("length", [str(MOST_BODY_BYTES + 1), "9" * 30, "9" * 5000, "-1", "1e9"])
def test_a_length_that_is_too_much_is_refused_before_it_comes(client: Client, length: str) -> None:
    with closing(socket.create_connection(("127.0.0.1", client.port), timeout=30)) as line:
        line.sendall(
            f"POST /api/v1/undo HTTP/1.1\r\nhost: 127.0.0.1\r\nx-csrf-token: {CSRF}\r\n"
            f"content-type: application/json\r\ncontent-length: {length}\r\n\r\n".encode()
        )
        assert int(line.recv(65536).split()[1]) in (400, 413)


def test_what_the_page_may_send_still_arrives(site: Site, client: Client) -> None:
    """The longest list of photos, and a picture of several MiB."""
    known = list(site.photos.values())
    marks = {"user": "pia", "choice": "pick", "photos": (known * 400)[:5000]}
    body = json.dumps(marks).encode()
    answer = client.ask("POST", "/api/v1/decisions", body, {"content-type": "application/json"})
    assert answer.status == 200, answer.text
    data = io.BytesIO()
    Image.effect_noise((2400, 2000), 90).save(data, "PNG")
    assert len(data.getvalue()) > MOST_BODY_BYTES
    assert client.ask("POST", "/api/v1/score", data.getvalue()).status == 200


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[int, psutil.Process]]:
    """`aesplugin serve` by itself, so that its memory can be seen, and its port."""
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from aesplugin.compose import Workshop\nfrom aesplugin.settings import Settings\n"
        "from aesplugin.web.app import create_app\nfrom aesplugin.web.state import Desk\n"
        "from aesplugin.web.guard import Access\nfrom aesplugin.web.testing import served\n"
        f"home = Path({str(tmp_path)!r})\n"
        "made = Settings(catalog=str(home / 'c.sqlite3'), cache=home / 'cache', model='fake')\n"
        f"with served(create_app(Desk(Workshop(made), Access(csrf={CSRF!r})))) as port:\n"
        "    print(port, flush=True)\n    sys.stdin.read()\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    try:
        yield int(started.stdout.readline()), psutil.Process(started.pid)
    finally:
        started.communicate("", timeout=60)


@pytest.mark.parametrize("route", [ROUTES[0], ROUTES[-1]], ids=["json", "picture"])
def test_memory_stays_flat(
    process: tuple[int, psutil.Process], route: tuple[str, str, str]
) -> None:
    port, page = process
    upload(port, *route, mib=1)  # what is loaded at the first request stays loaded
    before = page.memory_info().rss
    found = upload(port, *route, mib=300)
    time.sleep(0.2)
    grown = (page.memory_info().rss - before) / MIB
    peak = _peak_mib(page.pid) - before / MIB
    told = f"{found}, memory +{grown:.1f} MiB, at its peak +{peak:.1f} MiB"
    assert found.status == 413, told
    assert grown < 20 and peak < 40, told


def _peak_mib(pid: int) -> float:
    """The most memory the process ever had."""
    if not os.path.exists("/proc/self/status"):
        return 0.0
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (peak,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return peak / 1024
