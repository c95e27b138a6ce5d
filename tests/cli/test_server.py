"""A model on a server, chosen on the command line: what is wrong with it is one line."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.models.server.fakes import SCORE, TALK, FakeServer, Reply, running

MODEL_ERROR, USAGE, SOME_FAILED = 5, 2, 1
KEY = "sk-hush-hush-4711"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "AES_SERVER_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """A server that the settings name."""
    with running(FakeServer()) as server:
        choose(server, monkeypatch)
        yield server


def choose(server: FakeServer, monkeypatch: pytest.MonkeyPatch, *, seconds: float = 20.0) -> None:
    monkeypatch.setenv("AES_SERVER_URL", server.url)
    monkeypatch.setenv("AES_MODEL", f"server:{server.model}")
    monkeypatch.setenv("AES_JOB_SECONDS", str(seconds))


def test_it_scores_and_the_answers_are_kept(cli: Cli, photos: Path, fake: FakeServer) -> None:
    done = cli("score", photos, "--json")
    assert done.code == 0, done.err
    scores = [one["score"] for one in done.objects()]
    assert scores == pytest.approx([SCORE] * 3, abs=0.01)
    assert all(one["comment"] == TALK for one in done.objects())
    assert all(one["uncertainty"] > 0 for one in done.objects())
    asked = len(fake.asked)
    assert "(3 from earlier runs)" in cli("score", photos).out
    assert len([body for body in fake.asked[asked:] if body["max_tokens"] > 24]) == 0


def test_reading_what_is_known_needs_no_server(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(FakeServer()) as server:
        choose(server, monkeypatch)
        assert cli("rank").code == 0  # nobody has asked it yet
        assert cli("score", photos).code == 0
        asked = len(server.requests)
        ranked = cli("rank", "--json").objects()
        assert len(server.requests) == asked
    assert len(ranked) == 3
    assert cli("rank", "--json").objects() == ranked
    assert cli("status").code == 0
    assert "server-vllm-" in cli("models", "info", f"server:{server.model}").out
    assert "server:MODEL" in cli("models", "list").out
    assert "(3 from earlier runs)" in cli("score", photos).out


def test_a_photo_it_fails_at_has_its_reason_and_the_next_run_tries_again(
    cli: Cli, photos: Path, fake: FakeServer
) -> None:
    left = [Reply(400, {"error": "too odd"})]

    def fault(_: str, body: Any) -> Reply | None:
        is_photo = bool(body) and "messages" in body and len(str(body)) > 3500
        return left.pop() if left and is_photo else None

    fake.fault = fault
    done = cli("score", photos, "--json")
    assert done.code == SOME_FAILED
    (failed,) = [one for one in done.objects() if one["score"] is None]
    assert failed["reason"] == "the server fails at this photo: it answered 400: too odd"
    assert cli("score", photos).code == 0


def test_a_server_that_is_gone_is_one_line_and_the_next_run_goes_on(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(FakeServer()) as server:
        choose(server, monkeypatch, seconds=6.0)
        assert cli("models", "pull").code == 0
    gone = cli("score", photos)
    assert gone.code == MODEL_ERROR
    (line,) = gone.err.strip().splitlines()
    assert "start it, or check `server_url`" in line
    assert [one["score"] for one in cli("rank", "--json").objects()] in ([], [None] * 3)
    with running(server, port=server.port):
        done = cli("score", photos, "--json")
        assert done.code == 0
        assert [one["score"] for one in done.objects()] == pytest.approx([SCORE] * 3, abs=0.01)


def test_said_and_read_scores_are_never_mixed(cli: Cli, photos: Path, fake: FakeServer) -> None:
    assert cli("score", photos).code == 0
    fake.has_logprobs = False
    said = cli("score", photos, "--json").objects()
    assert [one["score"] for one in said] == [7.5] * 3
    assert all("-said-" in one["model"] for one in said)
    fake.has_logprobs = True
    again = cli("score", photos)
    assert "(3 from earlier runs)" in again.out


def test_doctor_and_pull_say_what_it_can_and_cannot_do(cli: Cli, fake: FakeServer) -> None:
    assert "probabilities of the level words: scores are read" in cli("doctor").out
    assert "sees pictures" in cli("models", "pull").err
    fake.has_logprobs = False
    assert "not read" in cli("doctor").out
    fake.sees = False
    done = cli("doctor")
    assert done.code == SOME_FAILED
    assert "FAIL model: the server at" in done.out and "sees pictures" in done.out


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "set `server_url` to the address"),
        ("nowhere", "is not an address"),
        (f"http://me:{KEY}@127.0.0.1:1", "holds a key, a password or a query"),
        (f"http://127.0.0.1:1/?key={KEY}", "holds a key, a password or a query"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    monkeypatch.setenv("AES_SERVER_URL", url)
    for command in (("score", photos), ("rank",), ("models", "info", "server:x")):
        options = [] if command[0] == "models" else ["--model", "server:x"]
        done = cli(*command, *options)
        assert done.code == USAGE, done.out
        (line,) = done.err.strip().splitlines()
        assert says in line and KEY not in line


def test_the_key_is_in_nothing_that_is_shown_or_kept(
    cli: Cli, photos: Path, home: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AES_SERVER_KEY", KEY)
    fake.key = KEY
    shown = []
    commands: list[tuple[str, ...]] = [
        ("models", "pull"), ("models", "info", f"server:{fake.model}"), ("models", "list"),
        ("doctor",), ("score", str(photos)), ("rank", "--json"), ("status", "--json"),
        ("show", str(next(photos.iterdir()))),
    ]  # fmt: skip
    for command in commands:
        done = cli(*command)
        assert done.code == 0, done.err
        shown += [done.out, done.err]
    echo = {"error": {"message": f"no entry for Bearer {KEY}"}}
    for status in (400, 401, 404, 429, 500):
        fake.fault = lambda _path, _body, status=status: Reply(status, echo)
        monkeypatch.setenv("AES_JOB_SECONDS", "6")
        monkeypatch.setenv("AES_CATALOG", str(home / f"{status}.sqlite3"))
        done = cli("score", photos)
        assert done.code == MODEL_ERROR
        assert len(done.err.strip().splitlines()) == 1
        shown += [done.out, done.err]
    assert KEY not in "".join(shown)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert os.environ["AES_SERVER_KEY"] == KEY
