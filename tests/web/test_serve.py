"""`aesplugin serve` as a process: who may enter, and that the printed address can be opened."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno

from aesplugin.errors import UsageError
from aesplugin.web.token import stored_token
from tests.web.conftest import IPV6, TOKEN

PROXY = "photos.example.org"


def started(home: Path, *arguments: str, **extra: str) -> "subprocess.Popen[str]":
    own = {name: value for name, value in os.environ.items() if name != "AES_TOKEN"}
    settings = {
        "AES_CONFIG": os.devnull,
        "AES_CATALOG": f"{home}/catalog.sqlite3",
        "AES_CACHE": f"{home}/cache",
        "AES_MODEL": "fake",
        "XDG_DATA_HOME": f"{home}/data",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "aesplugin", "serve", "--port", "0", *arguments],
        env=own | settings | extra,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def page(home: Path, *arguments: str, skip: int = 0, **extra: str) -> Iterator[str]:
    """The address that it prints, behind `skip` lines."""
    process = started(home, *arguments, **extra)
    try:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(skip + 1)][-1]
        found = re.search(r"http://\S+", said)
        assert found, said + process.stderr.read()
        yield found.group()
    finally:
        process.terminate()
        process.communicate(timeout=60)


def ask(address: str, method: str = "GET", path: str = "/api/v1/status", **headers: str) -> int:
    """The status, asked with the host of the address unless another is given."""
    server = urlsplit(address)
    assert server.hostname is not None
    connection = HTTPConnection(server.hostname, server.port, timeout=60)
    connection.request(method, path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("way", ["environment", "file"])
def test_a_token_that_is_given_counts_on_loopback_too(tmp_path: Path, way: str) -> None:
    (tmp_path / "token").write_text(TOKEN)
    arguments = ["--allow-host", PROXY]
    given = {"AES_TOKEN": TOKEN} if way == "environment" else {}
    if way == "file":
        arguments += ["--token-file", str(tmp_path / "token")]
    with page(tmp_path, *arguments, **given) as address:
        for host in (PROXY, "127.0.0.1"):
            assert ask(address, host=host) == 401
            program = {"host": host, "x-aes-client": "test"}
            assert ask(address, "POST", "/api/v1/undo", **program) == 401
            assert ask(address, host=host, authorization=f"Bearer {TOKEN}") == 200
        assert ask(address, path=f"/?token={TOKEN}") == 303


def bearer(address: str) -> str:
    return "Bearer " + urlsplit(address).query.removeprefix("token=")


def test_a_token_is_asked_for_on_this_machine_too(tmp_path: Path) -> None:
    with page(tmp_path, AES_TOKEN="") as address:
        assert ask(address) == 401
        assert ask(address, "POST", "/api/v1/undo", **{"x-aes-client": "test"}) == 401
        assert ask(address, authorization=bearer(address)) == 200
        assert ask(address, path=f"/?{urlsplit(address).query}") == 303
        assert ask(address, host="192.0.2.7") == 401
        assert ask(address, host="evil.example", authorization=bearer(address)) == 421


def test_it_is_made_once_for_its_owner_alone_and_read_by_the_next(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "aesplugin" / "token"
    with page(tmp_path) as address, page(tmp_path) as second:
        assert bearer(address) == bearer(second) == f"Bearer {kept.read_text().strip()}"
        assert kept.stat().st_mode & 0o777 == 0o600
    kept.chmod(0o644)
    with page(tmp_path) as again:
        assert bearer(again) == bearer(address)
        assert kept.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in kept.parent.iterdir()] == ["token"]


def test_pages_that_start_together_have_one(tmp_path: Path) -> None:
    kept = tmp_path / "deep" / "token"
    with ThreadPoolExecutor(8) as threads:
        found = {one.result() for one in [threads.submit(stored_token, kept) for _ in range(8)]}
    assert found == {kept.read_text().strip()}


def test_where_it_cannot_be_kept_it_holds_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with page(tmp_path, skip=1) as address:
        assert ask(address) == 401
        assert ask(address, authorization=bearer(address)) == 200


def test_a_file_that_holds_no_token_is_named(tmp_path: Path) -> None:
    kept = tmp_path / "token"
    for content in ("", "short", "sixteen\x00characters", "ümlaut ümlaut ümlaut"):
        kept.write_text(content)
        with pytest.raises(UsageError, match="16 ASCII characters"):
            stored_token(kept)


def test_without_a_token_it_says_what_that_means(tmp_path: Path) -> None:
    process = started(tmp_path, "--no-token")
    try:
        assert process.stderr is not None
        said = process.stderr.readline() + process.stderr.readline()
        found = re.search(r"http://\S+", said)
        assert found
        assert "token=" not in found.group()
        assert "every program and user on this machine" in said
        assert ask(found.group()) == 200
        assert ask(found.group(), "POST", "/api/v1/undo", host="192.0.2.7") == 421
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--token-file", "x"]])
def test_no_token_goes_with_neither(tmp_path: Path, arguments: list[str]) -> None:
    process = started(tmp_path, "--no-token", *arguments)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--no-token" in said


@pytest.mark.parametrize(
    ("arguments", "headers", "expected"),
    [
        ([], {}, False),
        ([], {"x-forwarded-proto": "https"}, True),
        ([], {"x-forwarded-proto": "http"}, False),
        (["--behind-tls"], {}, True),
    ],
)
def test_the_cookie_is_secure_behind_tls(
    tmp_path: Path, arguments: list[str], headers: dict[str, str], expected: bool
) -> None:
    with page(tmp_path, *arguments) as address:
        server = urlsplit(address)
        assert server.hostname is not None
        for method, path in (("GET", f"/?{server.query}"), ("POST", "/profile")):
            connection = HTTPConnection(server.hostname, server.port, timeout=60)
            sent = headers | {"authorization": bearer(address)}
            sent |= {"content-type": "application/x-www-form-urlencoded"}
            connection.request(method, path, b"name=ann" if method == "POST" else None, sent)
            cookie = connection.getresponse().headers["set-cookie"]
            assert ("secure" in cookie.lower()) is expected, cookie
            connection.close()


def test_a_proxy_that_is_not_trusted_is_not_believed(tmp_path: Path) -> None:
    """The page sees a client of another address: one that this machine has beside loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        here = probe.getsockname()[0]
    for arguments, expected in (([], False), (["--trust-proxy", here], True)):
        with page(tmp_path, "--host", "0.0.0.0", *arguments) as address:
            server = urlsplit(address)
            connection = HTTPConnection(here, server.port, timeout=60)
            connection.request("GET", f"/?{server.query}", headers={"x-forwarded-proto": "https"})
            cookie = connection.getresponse().headers["set-cookie"]
            assert ("secure" in cookie.lower()) is expected, cookie
            connection.close()


def test_the_browser_is_given_a_ticket_and_never_the_token(tmp_path: Path) -> None:
    """What a program is called with, everybody on the machine sees."""
    noted = tmp_path / "opened"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{noted}.part"; mv "{noted}.part" "{noted}"\n')
    program.chmod(0o755)
    with page(tmp_path, "--open", BROWSER=str(program)) as address:
        for _ in range(300):
            if noted.exists():
                break
            time.sleep(0.1)
        opened = urlsplit(noted.read_text())
        assert bearer(address).removeprefix("Bearer ") not in noted.read_text()
        assert ask(address, path=f"/?{opened.query}") == 303
        assert ask(address, path=f"/?{opened.query}") == 401, "once"
        assert ask(address, authorization=bearer(noted.read_text())) == 401


@pytest.mark.parametrize("host", ["0.0.0.0", pytest.param("::", marks=IPV6)])
def test_the_address_of_a_page_for_everybody_can_be_opened(tmp_path: Path, host: str) -> None:
    with page(tmp_path, "--host", host) as address:
        server = urlsplit(address)
        assert server.hostname not in ("0.0.0.0", "::")
        assert ask(address, path=f"/?{server.query}") == 303
        bearer = "Bearer " + server.query.removeprefix("token=")
        for number in ("192.0.2.7", "[2001:db8::7]:8765"):  # ours behind a router, for example
            assert ask(address, host=number) == 401
            assert ask(address, host=number, authorization=bearer) == 200
        for name in ("evil.example", "192.0.2.7.evil.example"):
            assert ask(address, host=name, authorization=bearer) == 421


def test_the_terminal_shows_the_address_as_a_code(tmp_path: Path) -> None:
    """Black where nothing is printed, as on a dark terminal; two rows in each line."""
    process = started(tmp_path, "--host", "0.0.0.0", "--qr")
    assert process.stderr is not None
    found = re.search(r"http://\S+", process.stderr.readline())
    lines: list[str] = []
    while not lines or "▀" * 9 not in lines[-1]:  # the lower border ends it
        lines.append(process.stderr.readline().rstrip("\n"))
    process.terminate()
    process.communicate(timeout=60)
    assert found
    dark = [[c not in upper for c in line] for line in lines for upper in ("█▀", "█▄")]
    code = [[bool(one) for one in row] for row in segno.make(found.group(), error="l").matrix]
    assert [row[2:-2] for row in dark[2 : 2 + len(code)]] == code


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--host", "0.0.0.0", "--no-qr"]])
def test_no_code_where_nobody_sees_it(tmp_path: Path, arguments: list[str]) -> None:
    process = started(tmp_path, *arguments)
    assert process.stderr is not None
    process.stderr.readline()
    process.terminate()
    assert "▀" not in process.communicate(timeout=60)[1]
