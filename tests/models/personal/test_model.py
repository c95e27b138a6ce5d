from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.personal.examples import Examples, standardised, telling
from aesplugin.models.personal.incontext import InContextTaste, empty_context
from aesplugin.models.personal.model import PersonalModel, load_personal, save_personal
from aesplugin.models.personal.plain import plain_model
from aesplugin.models.personal.prior import learn_prior

DIMS = 8


def examples(count: int, *, seed: int = 0, taste: float = 2.0) -> Examples:
    """Somebody who likes what lies along the first axis, whatever the score."""
    rng = np.random.default_rng(seed)
    embeddings = rng.standard_normal((count, DIMS)).astype(np.float32)
    liked = taste * embeddings[:, 0]
    ratings = np.clip(np.round(3 + liked), 1, 5).astype(np.float32)
    return Examples(
        embeddings=embeddings,
        scores=rng.uniform(3, 8, count).astype(np.float32),
        ratings=ratings,
        favorites=np.zeros(count, dtype=np.bool_),
    )


@pytest.fixture(scope="module")
def model() -> PersonalModel:
    rng = np.random.default_rng(1)
    return plain_model(
        rng.standard_normal((200, DIMS)).astype(np.float32),
        rng.uniform(3, 8, 200).astype(np.float32),
    )


def test_nothing_known_means_the_general_score(model: PersonalModel) -> None:
    some = examples(20)
    known = model.know(some.take(np.arange(0)))
    assert "too few" in (known.fallback or "")
    assert np.array_equal(model.personal(known, some.embeddings, some.scores), some.scores)


def test_a_taste_is_learnt(model: PersonalModel) -> None:
    known = model.know(examples(40))
    assert known.fallback is None
    others = examples(200, seed=5)
    moves = model.moves(known, others.embeddings, others.scores)
    assert np.corrcoef(moves, others.embeddings[:, 0])[0, 1] > 0.8


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_fall_back_and_say_so(model: PersonalModel, count: int) -> None:
    known = model.know(examples(40).take(np.arange(count)))
    assert "too few" in (known.fallback or "")


def test_the_same_rating_everywhere_falls_back_and_says_so(model: PersonalModel) -> None:
    same = replace(examples(30), ratings=np.full(30, 4, dtype=np.float32))
    assert "the same rating" in (model.know(same).fallback or "")


def test_contradictions_fall_back_and_say_so(model: PersonalModel) -> None:
    once = examples(15)
    against = Examples(  # every photo twice, once loved and once hated
        embeddings=np.concatenate([once.embeddings, once.embeddings]),
        scores=np.concatenate([once.scores, once.scores]),
        ratings=np.array([5] * 15 + [1] * 15, dtype=np.float32),
        favorites=np.zeros(30, dtype=np.bool_),
    )
    assert "contradict" in (model.know(against).fallback or "")


def test_favourites_alone_are_enough(model: PersonalModel) -> None:
    some = examples(5)
    some.embeddings[:, 0] = 3.0
    liked = replace(
        some,
        ratings=np.full(5, np.nan, dtype=np.float32),
        favorites=np.ones(5, dtype=np.bool_),
    )
    known = model.know(liked)
    assert known.fallback is None
    alike = np.zeros((2, DIMS), dtype=np.float32)
    alike[0, 0], alike[1, 0] = 3.0, -3.0
    moves = model.moves(known, alike, np.array([5, 5], dtype=np.float32))
    assert moves[0] > moves[1]


def test_photos_without_embedding_keep_their_score(model: PersonalModel) -> None:
    known = model.know(examples(40))
    unknown = np.full((3, DIMS), np.nan, dtype=np.float32)
    scores = np.array([2, 5, 9], dtype=np.float32)
    assert np.array_equal(model.personal(known, unknown, scores), scores)


def test_scores_stay_on_their_scale(model: PersonalModel) -> None:
    known = model.know(examples(40))
    far = 100 * examples(50, seed=9).embeddings
    personal = model.personal(known, far, np.full(50, 9.5, dtype=np.float32))
    assert personal.min() >= 1
    assert personal.max() <= 10


def test_the_examples_shares_sum_to_the_move(model: PersonalModel) -> None:
    known = model.know(examples(40))
    others = examples(10, seed=3)
    shares = model.shares(known, others.embeddings, others.scores)
    moves = model.prior_moves(known, others.embeddings, others.scores)
    assert shares.shape == (10, 40)
    np.testing.assert_allclose(shares.sum(axis=1), moves, rtol=1e-3, atol=1e-4)


def test_no_context_moves_nothing_and_padding_does_not_matter() -> None:
    torch.manual_seed(0)
    network = InContextTaste(DIMS).eval()
    torch.nn.init.normal_(network.shift.weight)
    queries, general = torch.randn(1, 5, DIMS), torch.randn(1, 5)
    views, facts, present = empty_context(DIMS)
    nobody = network.ask(queries, general, network.read(views, facts, present), present)
    assert torch.equal(nobody, torch.zeros(1, 5))
    views, facts = torch.randn(1, 4, DIMS), torch.randn(1, 4, 3)
    four = torch.ones(1, 4, dtype=torch.bool)
    padded_views = torch.cat([views, torch.randn(1, 3, DIMS)], dim=1)
    padded_facts = torch.cat([facts, torch.randn(1, 3, 3)], dim=1)
    mask = torch.tensor([[True] * 4 + [False] * 3])
    plain = network.ask(queries, general, network.read(views, facts, four), four)
    padded = network.ask(queries, general, network.read(padded_views, padded_facts, mask), mask)
    torch.testing.assert_close(plain, padded)
    assert plain.abs().max() > 0


def test_the_prior_finds_the_axis_along_which_tastes_differ() -> None:
    rng = np.random.default_rng(0)
    views = rng.standard_normal((80, 4))
    tastes = rng.normal(0, 2, 120)
    residuals = np.outer(tastes, views[:, 1]) + rng.normal(0, 0.5, (120, 80))
    rated = rng.random((120, 80)) < 0.5
    prior = learn_prior(views, residuals, rated, rounds=10)
    spread = np.diag(prior.covariance)
    assert spread.argmax() == 1
    assert spread[1] > 5 * np.delete(spread, 1).max()
    assert prior.noise == pytest.approx(0.25, rel=0.3)


def test_telling_examples_are_diverse() -> None:
    some = examples(30)
    copies = replace(some, embeddings=np.repeat(some.embeddings[:3], 10, axis=0))
    rows = telling(copies, copies.embeddings, 3)
    assert len({tuple(row) for row in copies.embeddings[rows].tolist()}) == 3


def test_few_ratings_are_drawn_to_the_usual_spread() -> None:
    two = examples(2)
    wide = replace(two, ratings=np.array([1, 5], dtype=np.float32))
    values = standardised(wide, np.zeros(2, dtype=np.float32))
    assert values[1] == -values[0]
    assert 1 < values[1] < 2


def test_weights_come_back_as_they_were_and_damage_is_named(
    model: PersonalModel, tmp_path: Path
) -> None:
    tensors = {
        "view.mean": torch.zeros(DIMS),
        "view.axes": torch.eye(DIMS),
        "prior.covariance": torch.eye(DIMS + 1),
        "prior.noise": torch.tensor(1.0),
    } | {f"context.{k}": v for k, v in InContextTaste(DIMS).state_dict().items()}
    save_personal(tmp_path, model.card, tensors)
    again = load_personal(tmp_path)
    assert again.card == model.card
    weights = tmp_path / "personal.safetensors"
    assert weights.stat().st_size < 4 * 2**20
    weights.write_bytes(weights.read_bytes()[:-100])
    load_personal.cache_clear()
    with pytest.raises(WeightsDamaged, match="install aesplugin again"):
        load_personal(tmp_path)
    with pytest.raises(WeightsMissing, match="train personal"):
        load_personal(tmp_path / "nowhere")
