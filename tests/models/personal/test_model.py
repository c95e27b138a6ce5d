from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.personal.examples import (
    EXAMPLE_FACTS,
    QUERY_FACTS,
    Examples,
    most_informative,
    standardised,
)
from aesplugin.models.personal.files import load_personal, save_personal
from aesplugin.models.personal.incontext import InContextReader, erf
from aesplugin.models.personal.model import PersonalModel
from aesplugin.models.personal.plain import plain_model
from aesplugin.models.personal.prior import TastePrior
from aesplugin.training.personal.incontext import InContextTaste

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


def arrays_of_nobody() -> dict[str, np.ndarray]:
    arrays = {
        "view.mean": np.zeros(DIMS),
        "view.scale": np.ones(DIMS),
        "view.axes": np.eye(DIMS),
        "crowd.weights": np.zeros(DIMS),
        "crowd.bias": np.array(0.0),
        "prior.covariance": np.eye(DIMS + 1),
        "prior.noise": np.array(1.0),
    }
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def network(*, fresh: bool = False) -> InContextTaste:
    """One that answers something, unless it is fresh: its last layer is zero then."""
    torch.manual_seed(0)
    made = InContextTaste().eval()
    if not fresh:
        torch.nn.init.normal_(made.change.weight)
    return made


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
    loved = replace(same, favorites=np.ones(30, dtype=np.bool_))
    assert "the same rating" in (model.know(loved).fallback or "")
    some = replace(same, favorites=np.arange(30) < 10)
    assert "the same rating" not in (model.know(some).fallback or "")


def test_contradictions_fall_back_and_say_so(model: PersonalModel) -> None:
    once = examples(15)
    against = Examples(  # every photo twice, once loved and once hated
        embeddings=np.concatenate([once.embeddings, once.embeddings]),
        scores=np.concatenate([once.scores, once.scores]),
        ratings=np.array([5] * 15 + [1] * 15, dtype=np.float32),
        favorites=np.zeros(30, dtype=np.bool_),
    )
    assert "contradict" in (model.know(against).fallback or "")


@pytest.mark.parametrize(("opposite", "said"), [(6, False), (10, True), (12, True)])
def test_most_neighbours_of_a_burst_rated_oppositely_are_a_contradiction(
    model: PersonalModel, opposite: int, said: bool
) -> None:
    once = examples(12)
    pairs = [(5, 1)] * opposite + [(5, 5), (1, 1)] * ((12 - opposite) // 2)
    frames = Examples(
        embeddings=np.repeat(once.embeddings, 2, axis=0),
        scores=np.repeat(once.scores, 2),
        ratings=np.array(pairs, dtype=np.float32).ravel(),
        favorites=np.zeros(24, dtype=np.bool_),
    )
    assert ("contradict" in (model.know(frames).fallback or "")) is said


@pytest.mark.parametrize("seed", range(5))
def test_ten_ratings_by_chance_are_no_contradiction(model: PersonalModel, seed: int) -> None:
    ratings = np.random.default_rng(seed).integers(1, 6, 10).astype(np.float32)
    ten = replace(examples(10, seed=seed), ratings=ratings)
    assert model.know(ten).fallback is None


def test_what_a_panel_agreed_on_moves_whoever_is_known_and_nobody_else(
    model: PersonalModel,
) -> None:
    arrays = arrays_of_nobody()
    arrays["crowd.weights"][2] = 0.5
    informed = PersonalModel(replace(model.card, lean=0.8), arrays)
    some = examples(12)
    nobody = informed.know(some.take(np.arange(2)))
    assert not informed.moves(nobody, some.embeddings, some.scores).any()
    known = informed.know(some)
    moved = informed.crowd_moves(known, some.embeddings, some.scores)
    plain = informed.card.lean * (some.scores - informed.card.score_mean) + (
        informed.card.score_spread * 0.5 * some.embeddings[:, 2]
    )
    expected = plain - (some.scores - informed.card.score_mean)
    np.testing.assert_allclose(moved, expected, rtol=1e-3, atol=1e-3)


def test_without_a_network_only_the_prior_moves(model: PersonalModel) -> None:
    known = model.know(examples(40))
    assert not model.reads_context
    assert not model.context_moves(known, examples(9).embeddings, examples(9).scores).any()


def test_a_network_as_it_starts_answers_as_the_prior_does(model: PersonalModel) -> None:
    started = PersonalModel(model.card, arrays_of_nobody(), network(fresh=True).reader())
    assert started.reads_context
    known = started.know(examples(40))
    others = examples(200, seed=5)
    moves = started.context_moves(known, others.embeddings, others.scores)
    prior = started.prior_moves(known, others.embeddings, others.scores)
    np.testing.assert_allclose(moves, prior, rtol=1e-4, atol=1e-5)
    assert np.corrcoef(moves, others.embeddings[:, 0])[0, 1] > 0.5


def test_the_network_knows_photos_by_how_alike_they_are_alone(model: PersonalModel) -> None:
    """Turning the basis of the taste view, which means nothing, changes no answer."""
    reader = network().reader()
    arrays = arrays_of_nobody()
    turn, _ = np.linalg.qr(np.random.default_rng(3).standard_normal((DIMS, DIMS)))
    turned = arrays | {"view.axes": (arrays["view.axes"] @ turn).astype(np.float32)}
    some, others = examples(20), examples(50, seed=5)
    answers = []
    for weights in (arrays, turned):
        one = PersonalModel(model.card, weights, reader)
        known = one.know(some)
        answers.append(one.context_moves(known, others.embeddings, others.scores))
        prior = one.prior_moves(known, others.embeddings, others.scores)
        assert np.abs(answers[-1] - prior).max() > 0.01
    np.testing.assert_allclose(answers[0], answers[1], rtol=1e-3, atol=1e-3)


def test_what_the_others_predict_is_what_a_posterior_without_the_photo_says() -> None:
    rng = np.random.default_rng(0)
    views, residuals = rng.standard_normal((12, 4)), rng.standard_normal(12)
    prior = TastePrior(covariance=np.eye(4), noise=1.3)
    surprises = prior.surprises(views, prior.posterior(views, residuals).duals)
    rest = np.arange(12) != 3
    others = prior.posterior(views[rest], residuals[rest])
    offset = 2.0 * others.duals.sum()  # the posterior of the person's own zero point
    predicted = views[3] @ others.weights + offset
    assert surprises[3] == pytest.approx(residuals[3] - predicted)


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


@pytest.mark.parametrize("count", [1, 4, 60])
def test_without_torch_the_answers_are_the_same(count: int) -> None:
    taught = network()
    for parameter in taught.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    rng = np.random.default_rng(count)
    views, queries = (rng.standard_normal((n, DIMS)).astype(np.float32) for n in (count, 300))
    said, asked = (
        rng.standard_normal(shape).astype(np.float32)
        for shape in ((count, EXAMPLE_FACTS), (300, QUERY_FACTS))
    )
    with torch.no_grad():
        one, facts, others, questions = (
            torch.from_numpy(values)[None] for values in (views, said, queries, asked)
        )
        context = taught.read(one, facts, torch.ones(1, count, dtype=torch.bool))
        theirs = taught.ask(others, questions, context)[0].numpy()
    reader = taught.reader()
    ours = reader.ask(queries, asked, reader.read(views, said))
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-5)


def test_the_error_function_is_torchs() -> None:
    x = np.linspace(-6, 6, 4001, dtype=np.float32)
    assert np.abs(erf(x) - torch.erf(torch.from_numpy(x)).numpy()).max() < 1e-6


def test_weights_of_another_network_are_refused() -> None:
    state = network().reader().own_state()
    with pytest.raises(ValueError, match="said"):
        InContextReader({name: array for name, array in state.items() if name != "said.bias"})
    with pytest.raises(ValueError, match="change"):
        InContextReader(state | {"change.bias": np.zeros(3, np.float32)})


def test_without_examples_nothing_moves() -> None:
    reader = network().reader()
    nothing = reader.read(np.zeros((0, DIMS), np.float32), np.zeros((0, EXAMPLE_FACTS), np.float32))
    asked = np.ones((5, QUERY_FACTS), np.float32)
    assert not reader.ask(np.ones((5, DIMS), np.float32), asked, nothing).any()


def test_no_context_moves_nothing_and_padding_does_not_matter() -> None:
    taught = network()
    queries, asked = torch.randn(1, 5, DIMS), torch.randn(1, 5, QUERY_FACTS)
    nothing = taught.read(
        torch.zeros(1, 1, DIMS),
        torch.zeros(1, 1, EXAMPLE_FACTS),
        torch.zeros(1, 1, dtype=torch.bool),
    )
    assert torch.equal(taught.ask(queries, asked, nothing), torch.zeros(1, 5))
    views, said = torch.randn(1, 4, DIMS), torch.randn(1, 4, EXAMPLE_FACTS)
    four = torch.ones(1, 4, dtype=torch.bool)
    padded_views = torch.cat([views, torch.randn(1, 3, DIMS)], dim=1)
    padded_said = torch.cat([said, torch.randn(1, 3, EXAMPLE_FACTS)], dim=1)
    mask = torch.tensor([[True] * 4 + [False] * 3])
    plain = taught.ask(queries, asked, taught.read(views, said, four))
    padded = taught.ask(queries, asked, taught.read(padded_views, padded_said, mask))
    torch.testing.assert_close(plain, padded)
    assert plain.abs().max() > 0


def test_telling_examples_are_diverse() -> None:
    some = examples(30)
    copies = replace(some, embeddings=np.repeat(some.embeddings[:3], 10, axis=0))
    rows = most_informative(copies, copies.embeddings, 3)
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
    card = replace(model.card, blend=(0.5, 0.5))
    save_personal(tmp_path, card, arrays_of_nobody(), network().reader())
    again = load_personal(tmp_path)
    assert again.reads_context
    assert again.card == card
    weights = tmp_path / "personal.safetensors"
    assert weights.stat().st_size < 4 * 2**20
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(WeightsDamaged, match="reinstall aesplugin"):
        load_personal(tmp_path.rename(tmp_path.with_name("damaged")))
    with pytest.raises(WeightsMissing, match="train personal"):
        load_personal(tmp_path / "nowhere")
