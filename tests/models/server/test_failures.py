"""A photo the server fails at is that photo's failure; a server that is gone is nobody's."""

import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aesplugin.errors import DamagedPhoto, ModelAway, ModelError, SettingsError
from aesplugin.models.base import Answer
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.assess import Outcome, assess
from tests.models.server.conftest import Loader, photo
from tests.models.server.fakes import SCORE, FakeServer, Reply, running

BAD = photo(3)


def sent(body: Any, rendition: Rendition) -> bool:
    """Whether a chat shows this very picture, which is sent as it is."""
    import base64

    return base64.b64encode(rendition.jpeg).decode() in str(body)


def at_bad(reply: Reply) -> Callable[[str, Any], Reply | None]:
    return lambda _, body: reply if body and sent(body, BAD) else None


def outcomes(model: Any, count: int = 8) -> list[Outcome]:
    return [one.outcome for one in assess(model, [photo(number) for number in range(count)])]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(500, {"error": {"message": "CUDA error"}}), "it answered 500: CUDA error"),
        (Reply(400, {"error": "aspect ratio"}), "it answered 400: aspect ratio"),
        (Reply(413, ""), "it answered 413"),
        (Reply(200, {"choices": [{}]}, cut=True), "closed the connection"),
        (Reply(200, "<p>Oops"), "in HTML"),
        (Reply(200, {"choices": []}), "`choices`"),
        (Reply(200, [1]), "JSON object"),
        (Reply(200, {"choices": [{"logprobs": {"content": [{"token": 1}]}}]}), "not understood"),
        (Reply(200, {"choices": [{"logprobs": None}]}), "0% of its answer"),
        (Reply(200, "data: 1", {"content-type": "text/event-stream"}), "streams"),
        (Reply(200, "data: {}\n\n"), "streams"),
        (Reply(200, "{}\n{}", {"content-type": "application/x-ndjson"}), "streams"),
        (Reply(200, "[" * 100_000), "something else than JSON"),
        (
            Reply(200, '{"choices": [{"logprobs": {"content": [{"token": "", "logprob": NaN}]}}]}'),
            "not understood",
        ),
        (
            Reply(
                200,
                '{"choices": [{"logprobs": {"content": [{"token": "", "logprob": 1'
                + "0" * 999
                + "}]}}]}",
            ),
            "not understood",
        ),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_photo_the_server_fails_at_costs_the_others_nothing(
    load: Loader, reply: Reply, says: str
) -> None:
    with running(FakeServer()) as fake:
        model = load(fake)
        before = len(fake.asked)
        fake.fault = at_bad(reply)
        found = outcomes(model)
        asked = len(fake.asked) - before
    assert [isinstance(one, Answer) for one in found] == [n != 3 for n in range(8)]
    assert isinstance(found[3], ModelError) and not isinstance(found[3], ModelAway)
    assert says in str(found[3]) and "\n" not in str(found[3])
    assert asked <= 8 + 2 + 1  # two more tries, and the tiny picture: nobody is asked again


def choice(tokens: dict[str, float]) -> Reply:
    top = [{"token": token, "logprob": logprob} for token, logprob in tokens.items()]
    return Reply(body={"choices": [{"logprobs": {"content": [{**top[0], "top_logprobs": top}]}}]})


@pytest.mark.parametrize(
    "tokens",
    [
        {"The": -0.1, " good": -2.5},
        {" Good": -0.01},  # case is part of a word
        {" goodness": -0.01},
        {"  good": -0.01},  # one leading space is stripped, not two
        {" good": -0.7, " fair": -9999.0},  # a hair below a half
    ],
)
def test_below_half_a_mass_there_is_no_score(load: Loader, tokens: dict[str, float]) -> None:
    with running(FakeServer()) as fake:
        model = load(fake)
        fake.fault = at_bad(choice(tokens))
        found = outcomes(model, 4)
    assert str(found[3]).startswith("no score: the model did not answer with a level word")


@pytest.mark.parametrize(
    "tokens",
    [{" good": 5.0, " bad": -9.0}, {" good": 0.0, " bad": 0.0}, {" good": 1e300, " bad": -9.0}],
)
def test_probabilities_that_are_none_are_no_score(load: Loader, tokens: dict[str, float]) -> None:
    with running(FakeServer()) as fake:
        model = load(fake)
        fake.fault = at_bad(choice(tokens))
        assert "more than 1" in str(outcomes(model, 4)[3])


@pytest.mark.parametrize(
    "said",
    [
        "",
        "none",
        "It is 7 or 8",
        "There are 3 people in it",
        "Shot at f/2.8",
        "5 stars",
        "<think>It shows 2 dogs",
        "11",
        "0",
        "-3",
        "7.5.1",
        "12/10",
        "1e9",
        "\N{ARABIC-INDIC DIGIT SEVEN}",
    ],
)
def test_what_is_said_must_be_one_number_from_1_to_10(load: Loader, said: str) -> None:
    with running(FakeServer(kind="lmstudio", has_logprobs=False)) as fake:
        model = load(fake)
        fake.number = said
        (found,) = outcomes(model, 1)
    assert str(found).startswith("no score: asked for a number from 1 to 10")


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("8", 8.0), ("8.25", 8.25), ("Score: 7,5", 7.5), ("6/10", 6.0), ("6.5 out of 10.", 6.5),
        ("<think>3 or 4?</think>\n\n**9.1**", 9.1), ("10", 10.0), ("1", 1.0),
    ],
)  # fmt: skip
def test_a_number_said_in_other_ways_is_understood(load: Loader, said: str, score: float) -> None:
    with running(FakeServer(kind="lmstudio", has_logprobs=False, number=said)) as fake:
        (answer,) = load(fake).assess([photo()])
    assert answer.score == score


def test_trouble_that_passes_is_not_noticed(load: Loader) -> None:
    lock, left = threading.Lock(), [Reply(500, ""), Reply(429, ""), Reply(200, {}, cut=True)]

    def trouble(_: str, body: Any) -> Reply | None:
        with lock:
            return left.pop() if left and body else None

    with running(FakeServer()) as fake:
        model = load(fake, job_seconds=120.0)
        fake.fault = trouble
        found = outcomes(model)
    assert not left
    assert [answer.score for answer in found if isinstance(answer, Answer)] == pytest.approx(
        [SCORE] * 8, abs=0.01
    )


def test_a_server_that_asks_for_a_pause_gets_it(load: Loader) -> None:
    import time

    left, times = [Reply(429, "", {"retry-after": "1"})], []

    def trouble(_: str, body: Any) -> Reply | None:
        times.append(time.monotonic())
        return left.pop() if left and body else None

    with running(FakeServer()) as fake:
        model = load(fake)
        times.clear()
        fake.fault = trouble
        assert model.assess([photo()])
    assert times[1] - times[0] > 0.9


def test_a_pause_longer_than_there_is_time_is_not_waited_for(load: Loader) -> None:
    with running(FakeServer()) as fake:
        model = load(fake)
        fake.fault = lambda _path, _body: Reply(429, "", {"retry-after": "86400"})
        with pytest.raises(ModelAway, match="busy"):
            model.assess([photo()])
    assert len([body for body in fake.asked if sent(body, photo())]) == 1


def test_a_server_that_is_gone_is_nobodys_failure_and_comes_back(load: Loader) -> None:
    with running(FakeServer()) as fake:
        model = load(fake, job_seconds=6.0)
    for _ in range(2):
        with pytest.raises(ModelAway, match="start it, or check `server_url`"):
            outcomes(model)
    with running(fake, port=fake.port):
        assert all(isinstance(one, Answer) for one in outcomes(model))


def test_a_server_that_fails_at_every_picture_is_nobodys_failure(load: Loader) -> None:
    with running(FakeServer()) as fake:
        model = load(fake)
        fake.fault = lambda _, body: Reply(500, {"error": "engine is dead"}) if body else None
        with pytest.raises(ModelAway, match="500: engine is dead, whatever the picture"):
            outcomes(model)


def test_a_server_that_went_in_the_middle_is_waited_for(load: Loader) -> None:
    with running(FakeServer()) as fake:
        model = load(fake, job_seconds=120.0)
        found: list[Outcome] = []
        asking = threading.Thread(target=lambda: found.extend(outcomes(model)))
    asking.start()
    with running(fake, port=fake.port):
        asking.join()
    assert all(isinstance(one, Answer) for one in found) and len(found) == 8


def test_other_weights_are_not_mixed_with_those_before(load: Loader) -> None:
    """A server that is started with others while it is waited for was never away."""
    with running(FakeServer(kind="llama.cpp")) as fake:
        model = load(fake)
        assert all(isinstance(one, Answer) for one in outcomes(model))
        props = {"model_path": "/models/Other-7B-Q8_0.gguf", "modalities": {"vision": True}}
        fake.fault = lambda path, _: Reply(200, props) if path.startswith("/props") else None
        with pytest.raises(ModelError, match="came back as another"):
            outcomes(model)


def test_a_server_that_came_back_as_another_is_not_mixed_with_what_was(load: Loader) -> None:
    with running(FakeServer(kind="sglang")) as fake:
        model = load(fake, job_seconds=6.0)
    with pytest.raises(ModelAway):
        outcomes(model)
    fake.has_logprobs = False
    with running(fake, port=fake.port), pytest.raises(ModelError, match="came back as another"):
        outcomes(model)


def test_a_model_that_was_taken_away_is_no_photos_failure(load: Loader) -> None:
    with running(FakeServer()) as fake:
        model = load(fake)
        fake.fault = lambda _, body: Reply(404, {"error": "no such model"}) if body else None
        with pytest.raises(ModelError, match="404: no such model"):
            outcomes(model)


def test_a_slow_answer_ends(load: Loader) -> None:
    ended = threading.Event()

    def slow(_: str, body: Any) -> None:
        if body and sent(body, BAD):
            ended.wait(60)

    with running(FakeServer()) as fake:
        model = load(fake, job_seconds=12.0)
        fake.fault = slow
        found = outcomes(model, 4)
        ended.set()
    assert "did not answer within 4 seconds" in str(found[3])
    assert all(isinstance(one, Answer) for one in found[:3])


def test_a_picture_that_is_none_is_named_before_a_request(load: Loader) -> None:
    bad = Rendition(content_hash="f" * 64, jpeg=b"no picture", width=8, height=8)
    with running(FakeServer()) as fake:
        model = load(fake)
        asked = len(fake.requests)
        with pytest.raises(DamagedPhoto, match="f" * 12):
            model.assess([photo(), bad])
        assert len(fake.requests) == asked


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """A certificate that signed itself, and its key, in one file."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl makes the certificate, and is not here")
    file = tmp_path / "own.pem"
    command = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(file), "-out", str(tmp_path / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + (tmp_path / "cert.pem").read_text())
    return file


def test_a_certificate_of_ones_own_is_trusted_where_it_is_named(
    load: Loader, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(FakeServer(), pem=str(pem)) as fake:
        with pytest.raises(ModelError, match="set SSL_CERT_FILE to the PEM file"):
            load(fake)
        with pytest.raises(ModelError, match="without a whole answer"):
            load(fake, server_url=fake.url.replace("https", "http"))
        monkeypatch.setenv("SSL_CERT_FILE", str(pem.with_name("cert.pem")))
        assert load(fake).assess([photo()])
        monkeypatch.setenv("SSL_CERT_FILE", str(pem.with_name("none.pem")))
        with pytest.raises(SettingsError, match="SSL_CERT_FILE"):
            load(fake)


def test_tls_where_there_is_none(load: Loader) -> None:
    with running(FakeServer()) as fake, pytest.raises(ModelError, match="try http://"):
        load(fake, server_url=fake.url.replace("http", "https"))
