"""The same picture and the same probabilities give the same score, whichever server answers."""

import io
from typing import Any

import pytest
from PIL import Image

from aesplugin.models.vlm.dialogue import LEVEL_OPENING, RATE
from tests.models.server.conftest import Loader, photo
from tests.models.server.fakes import IDS, MODEL, SCORE, FakeServer, Reply, running

KINDS = ["vllm", "sglang", "llama.cpp", "ollama", "another"]


def by_hand() -> tuple[float, float]:
    """Score and spread: 10, 7.75, 5.5, 3.25 and 1 at 15, 40, 20, 10 and 5 of 90."""
    levels = {10.0: 15, 7.75: 40, 5.5: 20, 3.25: 10, 1.0: 5}
    mean = sum(level * share for level, share in levels.items()) / 90
    variance = sum(share * (level - mean) ** 2 for level, share in levels.items()) / 90
    return mean, variance**0.5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lead", [" ", "Ġ", "▁", ""])
def test_every_server_gives_the_score_computed_by_hand(load: Loader, kind: str, lead: str) -> None:
    score, spread = by_hand()
    assert score == pytest.approx(SCORE)
    with running(FakeServer(kind=kind, lead=lead)) as fake:
        (answer,) = load(fake).assess([photo()])
    assert answer.score == pytest.approx(score, abs=0.01)
    assert answer.uncertainty == pytest.approx(spread, abs=0.01)
    assert answer.comment is None


def test_vllm_without_chosen_tokens_gives_the_same(load: Loader) -> None:
    with running(FakeServer(takes_token_ids=False)) as fake:
        assert load(fake).assess([photo()])[0].score == pytest.approx(SCORE, abs=0.01)


def test_vllm_that_refuses_chosen_tokens_is_asked_without(load: Loader) -> None:
    said = {"error": {"message": "logprob_token_ids: not here"}}

    def picky(_: str, body: Any) -> Reply | None:
        return Reply(400, said) if body and "logprob_token_ids" in body else None

    with running(FakeServer(fault=picky)) as fake:
        model = load(fake)
        assert model.assess([photo()])[0].score == pytest.approx(SCORE, abs=0.01)
    assert "-read-" in model.card.revision


def asked_last(fake: FakeServer) -> Any:
    return fake.asked[-1]


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama.cpp", "another"])
def test_one_token_is_asked_for_after_the_beginning_of_an_answer(load: Loader, kind: str) -> None:
    with running(FakeServer(kind=kind)) as fake:
        load(fake).assess([photo()])
    body = asked_last(fake)
    assert body["model"] == MODEL
    assert (body["max_tokens"], body["temperature"], body["stream"]) == (1, 0, False)
    assert (body["logprobs"], body["top_logprobs"]) == (True, 20)
    user, assistant = body["messages"]
    assert [part["type"] for part in user["content"]] == ["image_url", "text"]
    assert user["content"][1]["text"] == RATE
    assert assistant == {"role": "assistant", "content": LEVEL_OPENING}
    is_told_to_go_on = (body.get("continue_final_message"), body.get("add_generation_prompt"))
    assert is_told_to_go_on == ((True, False) if kind in ("vllm", "sglang") else (None, None))
    if kind != "another":
        assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body.get("cache_prompt") == (False if kind == "llama.cpp" else None)
    ids = body.get("logprob_token_ids")
    assert ids == (list(IDS.values()) if kind == "vllm" else None)


def test_ollama_is_asked_through_its_own_chat(load: Loader) -> None:
    with running(FakeServer(kind="ollama")) as fake:
        load(fake).assess([photo()])
    body = asked_last(fake)
    assert body["options"] == {"temperature": 0, "num_predict": 1}
    assert (body["stream"], body["think"]) == (False, False)
    assert (body["logprobs"], body["top_logprobs"]) == (True, 20)
    assert len(body["messages"][0]["images"]) == 1
    assert body["messages"][1] == {"role": "assistant", "content": LEVEL_OPENING}
    assert not [path for path, _ in fake.requests if path.endswith("completions")]


@pytest.mark.parametrize("kind", KINDS)
def test_one_photo_and_eight_are_answered_alike_and_in_order(load: Loader, kind: str) -> None:
    def by_length(jpeg: bytes) -> dict[str, float]:
        share = len(jpeg) % 1000 / 1250
        return {"excellent": share, "good": 0, "fair": 0, "poor": 0, "bad": 0.9 - share}

    photos = [photo(number) for number in range(8)]
    with running(FakeServer(kind=kind, shares=by_length)) as fake:
        model = load(fake, server_requests=4)
        together = model.assess(photos)
        alone = [model.assess([one])[0] for one in photos]
    assert together == alone
    assert len({answer.score for answer in together}) > 5
    assert fake.most_at_once <= 4


def test_the_wording_is_a_setting(load: Loader) -> None:
    stem = "The aesthetics of the image is"
    with running(FakeServer(kind="sglang")) as fake:
        one = load(fake, server_wording="q-realign")
        one.assess([photo()])
        assert asked_last(fake)["messages"][1]["content"] == stem
        before = len(fake.asked)
        both = load(fake, server_wording="both")
        asked = len(fake.asked)
        assert both.assess([photo()])[0].score == pytest.approx(SCORE, abs=0.01)
        openings = [body["messages"][1]["content"] for body in fake.asked[asked:]]
        assert before < asked and openings == [LEVEL_OPENING, stem]
        plain = load(fake)
    assert len({model.card.revision for model in (one, both, plain)}) == 3


def test_pictures_are_sent_small(load: Loader) -> None:
    sizes = []

    def note(jpeg: bytes) -> dict[str, float]:
        sizes.append(Image.open(io.BytesIO(jpeg)).size)
        return {"good": 0.9}

    with running(FakeServer(kind="sglang", shares=note)) as fake:
        load(fake).assess([photo(size=(1024, 512)), photo(size=(300, 200))])
        small, large = load(fake, server_long_side=512), load(fake)
        small.assess([photo(size=(1024, 512))])
        small.assess([photo(size=(1, 1)), photo(size=(1024, 4))])
    assert {(768, 384), (300, 200), (512, 256), (32, 32), (512, 32)} <= set(sizes)
    assert small.card.revision != large.card.revision
