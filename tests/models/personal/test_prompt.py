"""The reader in the language model's prompt, around a language model small enough for tests."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.language_weights import FOLDER
from aesplugin.models.personal.examples import EXAMPLE_FACTS, QUERY_FACTS, Examples
from aesplugin.models.personal.files import load_personal, save_personal
from aesplugin.models.personal.model import PersonalModel
from aesplugin.models.personal.plain import plain_model
from aesplugin.models.personal.prompt import PromptReader, PromptTaste, fresh_prompt, open_prompt
from aesplugin.models.personal.reader import Reader
from aesplugin.settings import load_settings
from tests.models.calm.small import TINY_LLAMA, small_config

WIDTH = 6


NOBODY = {
    "view.mean": np.zeros(WIDTH, np.float32),
    "view.scale": np.ones(WIDTH, np.float32),
    "view.axes": np.eye(WIDTH, dtype=np.float32),
    "crowd.weights": np.zeros(WIDTH, np.float32),
    "crowd.bias": np.array(0.0, np.float32),
    "prior.covariance": np.eye(WIDTH + 1, dtype=np.float32),
    "prior.noise": np.array(1.0, np.float32),
}


def rated(embeddings: np.ndarray, scores: np.ndarray) -> Examples:
    """By somebody who likes what lies along the first axis."""
    stars = np.clip(np.round(3 + 2 * embeddings[:, 0]), 1, 5).astype(np.float32)
    nothing = np.zeros(len(scores), np.bool_)
    return Examples(embeddings=embeddings, scores=scores, ratings=stars, favorites=nothing)


@pytest.fixture
def reader() -> PromptTaste:
    """One that answers something: the last layer of a fresh one is zero."""
    torch.manual_seed(0)
    small = AutoConfig.for_model(**TINY_LLAMA)
    language = AutoModelForCausalLM.from_config(small).eval()
    reader = PromptTaste(language, torch.tensor([5, 6, 7]), width=WIDTH).eval()
    torch.nn.init.normal_(reader.change.weight)
    torch.nn.init.normal_(reader.photo.weight)
    return reader


def drawn(count: int, *, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return torch.randn(1, count, WIDTH), torch.randn(1, count, EXAMPLE_FACTS)


def asked(count: int, *, seed: int = 9) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return torch.randn(1, count, WIDTH), torch.randn(1, count, QUERY_FACTS)


def all_of(count: int) -> torch.Tensor:
    return torch.ones(1, count, dtype=torch.bool)


@torch.no_grad()
def test_photos_asked_about_do_not_see_each_other(reader: PromptTaste) -> None:
    prompt = reader.read(*drawn(5), all_of(5))
    photos, facts = asked(4)
    together = reader.ask(photos, facts, prompt)
    alone = [reader.ask(photos[:, i : i + 1], facts[:, i : i + 1], prompt) for i in range(4)]
    torch.testing.assert_close(together, torch.cat(alone, dim=1), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_every_rating_counts(reader: PromptTaste) -> None:
    photos, said = drawn(5)
    before = reader.ask(*asked(3), reader.read(photos, said, all_of(5)))
    for number in range(5):
        other = said.clone()
        other[0, number] += 1
        after = reader.ask(*asked(3), reader.read(photos, other, all_of(5)))
        assert (after - before).abs().max() > 1e-4


@torch.no_grad()
def test_padding_changes_nothing(reader: PromptTaste) -> None:
    photos, said = drawn(5)
    plain = reader.ask(*asked(3), reader.read(photos, said, all_of(5)))
    padded = [torch.cat([x, torch.randn(1, 2, x.shape[2])], dim=1) for x in (photos, said)]
    there = torch.tensor([[True] * 5 + [False] * 2])
    torch.testing.assert_close(
        reader.ask(*asked(3), reader.read(padded[0], padded[1], there)), plain, rtol=1e-4, atol=1e-5
    )


@torch.no_grad()
def test_nothing_rated_moves_nothing(reader: PromptTaste) -> None:
    photos, said = drawn(2)
    nothing = reader.read(photos, said, torch.zeros(1, 2, dtype=torch.bool))
    assert not reader.ask(*asked(3), nothing).any()


@torch.no_grad()
def test_the_prompt_is_read_once_and_stays_as_it_is(reader: PromptTaste) -> None:
    prompt = reader.read(*drawn(5), all_of(5))
    lengths = [keys.shape[2] for keys, _ in prompt.layers]
    first, again = (reader.ask(*asked(3), prompt) for _ in range(2))
    assert torch.equal(first, again)
    assert [keys.shape[2] for keys, _ in prompt.layers] == lengths == [3 + 2 * 5] * len(lengths)


def test_a_photo_without_an_embedding_spoils_no_other(reader: PromptTaste) -> None:
    rng = np.random.default_rng(0)
    embeddings = rng.standard_normal((200, WIDTH)).astype(np.float32)
    scores = rng.uniform(3, 8, 200).astype(np.float32)
    model = PersonalModel(plain_model(embeddings, scores).card, NOBODY, PromptReader(reader))
    known = model.know(rated(embeddings[:40], scores[:40]))
    whole = model.context_moves(known, embeddings, scores)
    embeddings[50] = np.nan
    holed = model.context_moves(known, embeddings, scores)
    assert holed[50] == 0 and np.abs(whole).min() > 0
    rest = np.arange(200) != 50
    np.testing.assert_allclose(holed[rest], whole[rest], rtol=1e-3, atol=1e-3)


def test_a_fresh_reader_answers_as_the_prior_and_is_found_again_on_disk(tmp_path: Path) -> None:
    """Made around a CALM's language model; a trained one is stored without that model."""
    calm = tmp_path / "calm"
    torch.manual_seed(0)
    CalmForConditionalGeneration(small_config(tmp_path)).save_pretrained(calm)
    torch.manual_seed(1)  # the tiny language model is drawn anew whenever it is opened
    fresh = fresh_prompt(WIDTH, calm).eval()
    rng = np.random.default_rng(0)
    embeddings = rng.standard_normal((40, WIDTH)).astype(np.float32)
    scores = rng.uniform(3, 8, 40).astype(np.float32)
    plain = plain_model(embeddings, scores)
    some = rated(embeddings, scores)
    model = PersonalModel(plain.card, NOBODY, PromptReader(fresh))
    known = model.know(some)
    np.testing.assert_allclose(
        model.context_moves(known, embeddings, scores),
        model.prior_moves(known, embeddings, scores),
        rtol=1e-4,
        atol=1e-4,
    )
    torch.nn.init.normal_(fresh.change.weight)
    state = PromptReader(fresh).own_state()
    assert any("lora_" in name for name in state)
    assert not any("embed_tokens" in name for name in state)
    torch.manual_seed(1)
    again = open_prompt(WIDTH, state, calm)
    moved = PersonalModel(plain.card, NOBODY, PromptReader(again))
    np.testing.assert_allclose(
        moved.context_moves(moved.know(some), embeddings, scores),
        model.context_moves(model.know(some), embeddings, scores),
        rtol=0.02,
        atol=0.02,
    )
    save_personal(tmp_path / "personal", plain.card, NOBODY, PromptReader(fresh))
    assert not load_personal(tmp_path / "personal").reads_context  # its blend does not ask for one
    del state["photo.weight"]
    with pytest.raises(RuntimeError, match=r"photo\.weight"):
        open_prompt(WIDTH, state, calm)


def test_a_stored_one_is_read_around_the_pulled_language_model(tmp_path: Path) -> None:
    if not (load_settings().cache / FOLDER).is_dir():
        pytest.skip("the language model is not here (aesplugin models pull mini)")
    torch.manual_seed(2)
    taught = fresh_prompt(WIDTH).eval()
    torch.nn.init.normal_(taught.change.weight, std=0.02)
    rng = np.random.default_rng(0)
    embeddings = rng.standard_normal((30, WIDTH)).astype(np.float32)
    scores = rng.uniform(3, 8, 30).astype(np.float32)
    plain = plain_model(embeddings, scores)
    card = replace(plain.card, blend=(0.0, 1.0), reader=Reader.PROMPT)
    save_personal(tmp_path, card, NOBODY, PromptReader(taught))
    stored = load_personal(tmp_path)
    known = stored.know(rated(embeddings, scores))
    before = PersonalModel(card, NOBODY, PromptReader(taught))
    one, other = (
        model.context_moves(known, embeddings, scores)
        for model, known in ((stored, known), (before, before.know(known.examples)))
    )
    assert np.abs(other).max() > 0.1
    assert np.abs(one - other).max() < 0.1 * np.abs(other).max()  # halves of numbers are stored
