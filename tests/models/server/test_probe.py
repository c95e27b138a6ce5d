"""What a server is found to be, what it can do, and what is said of one that cannot be used."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aesplugin.errors import ModelAway, ModelError, SettingsError, UsageError
from aesplugin.models.base import ModelBackend
from tests.models.server.conftest import Loader, photo
from tests.models.server.fakes import TALK, FakeServer, Reply, running


def test_the_revision_names_server_model_weights_wording_and_how(load: Loader) -> None:
    with running(FakeServer(kind="llama.cpp")) as fake:
        found = load(fake).card.revision
    assert found.startswith("server-llama.cpp-Seer-4B-Instruct-Seer-4B-Instruct-Q4_K_M-plain-read-")
    with running(FakeServer(kind="ollama", model="seer:4b")) as fake:
        found = load(fake).card.revision
    assert found.startswith("server-ollama-seer-4b-Q4_K_M-01234567-plain-read-")


def test_unlike_servers_models_and_readings_are_kept_apart(load: Loader) -> None:
    revisions = []
    for fake in (
        FakeServer(), FakeServer(kind="sglang"), FakeServer(model="org/Other"),
        FakeServer(has_logprobs=False), FakeServer(model="other/Seer-4B-Instruct"),
    ):  # fmt: skip
        with running(fake):
            revisions.append(load(fake).card.revision)
    assert len(set(revisions)) == len(revisions)


def test_the_address_and_the_port_do_not_matter(load: Loader) -> None:
    cards = []
    for _ in range(2):
        with running(FakeServer()) as fake:
            cards += [load(fake).card, load(fake, server_url=f"{fake.url}/v1/").card]
    assert len({card.revision for card in cards}) == 1


@pytest.mark.parametrize(
    "fake",
    [
        FakeServer(kind="lmstudio", has_logprobs=False),
        FakeServer(kind="transformers", takes_logprobs=False),
        FakeServer(kind="mlx", has_logprobs=False),
        FakeServer(kind="sglang", has_logprobs=False),  # a reasoning parser is on
        FakeServer(kind="ollama", has_logprobs=False),  # before 0.12.11
    ],
    ids=lambda fake: fake.kind,
)
def test_without_probabilities_a_number_is_said_and_kept_apart(
    load: Loader, fake: FakeServer
) -> None:
    with running(fake):
        model = load(fake)
        (answer,) = model.assess([photo()])
    assert (answer.score, answer.uncertainty) == (7.5, None)
    assert "-said-" in model.card.revision
    assert "not read" in model.card.summary


def test_the_card_is_known_without_the_server_once_it_was_asked(
    backend: Callable[..., ModelBackend], load: Loader
) -> None:
    with running(FakeServer()) as fake:
        before = backend(fake).card
        loaded = load(fake).card
        asked = len(fake.requests)
        assert backend(fake).card == loaded
        assert len(fake.requests) == asked
    assert backend(fake).card == loaded  # it is gone
    assert "not-asked-yet" in before.revision


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"kind": "vllm"}', b"\xff"])
def test_a_damaged_record_counts_as_none(
    backend: Callable[..., ModelBackend], load: Loader, tmp_path: Path, damage: bytes
) -> None:
    with running(FakeServer()) as fake:
        loaded = load(fake).card
        (record,) = (tmp_path / "servers").iterdir()
        record.write_bytes(damage)
        assert "not-asked-yet" in backend(fake).card.revision
        assert load(fake).card == loaded


def test_comments_only_where_wanted_and_where_the_model_talks(load: Loader) -> None:
    with running(FakeServer()) as fake:
        assert load(fake).assess([photo()])[0].comment is None
        talking = load(fake, comments=True).assess([photo()])[0]
    assert (talking.comment, talking.suggestions) == (TALK, ())
    with running(FakeServer(talks=False)) as fake:
        model = load(fake, comments=True)
        assert model.assess([photo()])[0].comment is None
    assert not model.card.comments


def refusal(load: Loader, fake: FakeServer, **settings: Any) -> str:
    with pytest.raises(ModelError) as caught:
        load(fake, **settings)
    assert not isinstance(caught.value, ModelAway)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama.cpp", "ollama", "another"])
def test_no_such_model_names_what_is_there(load: Loader, kind: str) -> None:
    def hidden(path: str, _: Any) -> Reply | None:
        if path == "/api/tags":
            return Reply(body={"models": [{"name": "one:latest"}, {"name": "two"}]})
        owner = {"llama.cpp": "llamacpp", "ollama": "library"}.get(kind, kind)
        rows = [{"id": name, "owned_by": owner} for name in ("one:latest", "two")]
        return Reply(body={"data": rows}) if path == "/v1/models" else None

    with running(FakeServer(kind=kind, fault=hidden)) as fake:
        said = refusal(load, fake)
    assert said.endswith(f"has no model {fake.model!r}; it has: one:latest, two")


def test_an_ollama_model_needs_no_tag(load: Loader) -> None:
    with running(FakeServer(kind="ollama", model="seer:latest")) as fake:
        fake.model = "seer"
        rows = {"models": [{"name": "seer:latest", "digest": "ff"}]}
        fake.fault = lambda path, _: Reply(body=rows) if path == "/api/tags" else None
        assert load(fake).assess([photo()])


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama.cpp", "ollama", "another"])
def test_a_model_that_sees_nothing_is_refused(load: Loader, kind: str) -> None:
    with running(FakeServer(kind=kind, sees=False)) as fake:
        assert "choose a model that sees pictures" in refusal(load, fake)


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(200, "<!doctype html><p>Welcome", {"content-type": "text/html"}), "in HTML"),
        (Reply(200, "pong"), "something else than JSON"),
        (Reply(404, {"detail": "Not Found"}), "lists no models"),
        (Reply(200, {"hello": 1}), "lists no models"),
        (Reply(301, "", {"location": "http://elsewhere/"}), "sends requests elsewhere (301)"),
        (Reply(401, {"error": "no"}), "put its key in AES_SERVER_KEY"),
        (Reply(403, ""), "put its key in AES_SERVER_KEY"),
        (Reply(500, {"error": {"message": "CUDA error"}}), "answered 500: CUDA error"),
        (Reply(200, {"data": [1, 2, 3]}, cut=True), "without a whole answer"),
        (Reply(200, "data: {}\n\n", {"content-type": "text/event-stream"}), "streams although"),
    ],
    ids=lambda one: str(one.status) if isinstance(one, Reply) else one,
)
def test_what_is_not_such_a_server_is_one_line(load: Loader, reply: Reply, says: str) -> None:
    with running(FakeServer(fault=lambda _path, _body: reply)) as fake:
        assert says in refusal(load, fake)


@pytest.mark.parametrize("reply", [Reply(503, {"error": "Loading model"}), Reply(429, "")])
def test_a_server_that_has_no_time_is_waited_for(load: Loader, reply: Reply) -> None:
    replies = [reply] * 3
    with running(FakeServer()) as fake:
        fake.fault = lambda _path, _body: replies.pop() if replies else None
        assert load(fake, job_seconds=120.0).assess([photo()])
        fake.fault = lambda _path, _body: reply
        with pytest.raises(ModelAway, match="is busy"):
            load(fake, job_seconds=6.0)


def test_nobody_there_is_said_with_the_way_out(load: Loader) -> None:
    with running(FakeServer()) as fake:
        pass
    with pytest.raises(ModelAway, match=r"does not answer .*: start it, or check `server_url`"):
        load(fake, job_seconds=6.0)


def test_no_model_named(load: Loader) -> None:
    with running(FakeServer()) as fake:
        fake.model = ""
        with pytest.raises(UsageError, match="server:MODEL"):
            load(fake)


@pytest.mark.parametrize(
    "url",
    [
        "", "  ", "localhost:8000", "ftp://h", "http://", "http://h:x", "http://h:99999", "http://h:0",
        "http://a b", "//h", "http://h\\x", "http://[::1",
    ],
)  # fmt: skip
def test_what_is_not_an_address_is_refused_before_a_request(load: Loader, url: str) -> None:
    with pytest.raises(SettingsError, match=r"`server_url`") as caught:
        load(FakeServer(), server_url=url)
    assert "http://127.0.0.1:8000" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hush-hush@h:8000", "http://hush-hush@h", "https://h/v1?api_key=hush-hush",
        "http://h/#hush-hush", "http://h/hush-hush/v1",
    ],
)  # fmt: skip
def test_an_address_with_a_secret_in_it_is_refused_and_not_repeated(
    load: Loader, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AES_SERVER_KEY", "hush-hush")
    with pytest.raises(SettingsError, match="AES_SERVER_KEY") as caught:
        load(FakeServer(), server_url=url)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("key", ["käy", "a\nb", "a b", "a\x00"])
def test_a_key_that_no_header_can_carry_is_not_repeated(
    load: Loader, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    if "\x00" in key:
        pytest.skip("no environment can hold it")
    monkeypatch.setenv("AES_SERVER_KEY", key)
    with running(FakeServer()) as fake, pytest.raises(SettingsError) as caught:
        load(fake)
    assert key not in str(caught.value)


def test_the_key_is_sent_and_kept_nowhere(
    load: Loader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AES_SERVER_KEY", "sk-hush")
    with running(FakeServer(key="sk-hush")) as fake:
        model = load(fake)
        assert model.assess([photo()])
        monkeypatch.setenv("AES_SERVER_KEY", "sk-wrong")
        said = refusal(load, fake)
        fake.fault = lambda _path, _body: Reply(400, {"error": {"message": "bad sk-wrong"}})
        fake.key = ""
        said += refusal(load, fake)
    kept = "".join(path.read_text() for path in (tmp_path / "servers").iterdir())
    shown = said + kept + repr(model.card)
    assert "sk-" not in shown
    assert json.loads(kept)


@pytest.mark.parametrize("proxy", ["foo://x:hush@y", "http://h:port", "socks9://h"])
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    load: Loader, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(SettingsError, match="HTTP_PROXY") as caught:
        load(FakeServer(), server_url="http://server.invalid")
    assert "hush" not in str(caught.value)


def test_a_proxy_of_the_environment_is_used(load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    def relay(path: str, _: Any) -> Reply | None:
        return Reply(502, {"error": "from the proxy"}) if path.startswith("http://") else None

    with running(FakeServer(fault=relay)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        said = refusal(load, FakeServer(), server_url="http://server.invalid")
        assert "from the proxy" in said
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with running(FakeServer()) as fake:
            assert load(fake)
