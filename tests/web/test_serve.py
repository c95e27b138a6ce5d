"""`aesplugin serve` as a process: who may enter, and that the printed address can be opened."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.web.conftest import IPV6, TOKEN

PROXY = "photos.example.org"


@contextmanager
def page(home: Path, *arguments: str, **extra: str) -> Iterator[str]:
    """The address that it prints."""
    own = {name: value for name, value in os.environ.items() if name != "AES_TOKEN"}
    settings = {
        "AES_CONFIG": f"{home}/aesplugin.toml",
        "AES_CATALOG": f"{home}/catalog.sqlite3",
        "AES_CACHE": f"{home}/cache",
        "AES_MODEL": "fake",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "aesplugin", "serve", "--port", "0", *arguments],
        env=own | settings | extra,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
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


def test_without_one_this_machine_needs_none_and_numbers_are_no_names_of_it(tmp_path: Path) -> None:
    with page(tmp_path, AES_TOKEN="") as address:
        assert "token" not in address and ask(address) == 200
        assert ask(address, host="192.0.2.7") == 421


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
