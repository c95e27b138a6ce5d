"""The personal model learnt from a made-up panel: it finds the raters' tastes, and repeats."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM

from aesplugin.errors import DataError
from aesplugin.evaluation.personal.figures import summaries
from aesplugin.evaluation.personal.folds import cross_validate, divide_raters, unseen_trials
from aesplugin.evaluation.personal.ranking import METHODS, measure
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.incontext import InContextReader
from aesplugin.models.personal.model import PersonalModel
from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.models.personal.prompt import PromptTaste
from aesplugin.models.personal.reader import Reader
from aesplugin.training.personal.episodes import draw_batch
from aesplugin.training.personal.incontext import (
    Course,
    InContextTaste,
    agreement,
    predict,
    train_prompt,
)
from aesplugin.training.personal.lesson import Part
from aesplugin.training.personal.train import Recipe, everybody, fit, fold_fit, materials_of
from aesplugin.training.photos import theme_folds
from tests.models.calm.small import TINY_LLAMA

PEOPLE, PHOTOS, WIDTH = 60, 150, 12
QUICK = Recipe(steps=0, axes=8)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return _world()[0]


@pytest.fixture(scope="module")
def seen() -> Seen:
    return _world()[1]


def _world() -> tuple[Panel, Seen]:
    """People who share a crowd's mean and differ strongly along the third coordinate."""
    rng = np.random.default_rng(0)
    embeddings = rng.standard_normal((PHOTOS, WIDTH)).astype(np.float32)
    crowd = embeddings[:, 0] + 0.5 * embeddings[:, 1]
    tastes = np.outer(rng.normal(0, 1.5, PEOPLE), embeddings[:, 2])
    ratings = crowd + tastes + rng.normal(0, 0.4, (PEOPLE, PHOTOS))
    ratings = np.clip(3 + ratings, 1, 5).astype(np.float32)
    ratings[rng.random(ratings.shape) < 0.2] = np.nan
    panel = Panel(
        paths=tuple(Path(f"{i}.jpg") for i in range(PHOTOS)),
        themes=tuple(f"t{i % 15}" for i in range(PHOTOS)),
        users=tuple(f"u{i}" for i in range(PEOPLE)),
        ratings=ratings,
    )
    scores = (5.5 + embeddings[:, 0]).astype(np.float32)
    return panel, Seen(embeddings=embeddings, scores=scores)


def _network(panel: Panel, seen: Seen, part: Part, recipe: Recipe) -> InContextTaste:
    """What training made, in torch again."""
    reader = fit(panel, seen, part, recipe).reader
    assert isinstance(reader, InContextReader)
    network = InContextTaste().eval()
    state = {name: torch.from_numpy(array) for name, array in reader.own_state().items()}
    network.load_state_dict(state)
    return network


def _weight_of(embeddings: np.ndarray, views: np.ndarray, coordinate: int) -> float:
    """How much a coordinate counts in a taste view."""
    weights, *_ = np.linalg.lstsq(embeddings - embeddings.mean(axis=0), views, rcond=None)
    return float((weights[coordinate] ** 2).sum())


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one, other.astype(np.float32), equal_nan=True))


def test_people_and_themes_never_seen_are_predicted_better_by_their_own_ratings(
    panel: Panel, seen: Seen
) -> None:
    folds = theme_folds(panel.themes, folds=5, seed=0)
    trials = unseen_trials(panel, folds, fold_fit(panel, seen, QUICK))
    assert {split.user for trial in trials for split in trial.splits} == set(range(PEOPLE))
    found = measure(trials, seen, METHODS, shots=(0, 10, 30))
    srcc = {name: [shot.srcc for shot in summaries(people)] for name, people in found.items()}
    assert len({round(values[0], 9) for values in srcc.values()}) == 1  # k = 0: the score
    assert srcc["panel mean"][1] > srcc["general"][1] + 0.02
    assert srcc["personal"][1] > srcc["panel mean"][1] + 0.1
    assert srcc["personal"][2] > srcc["personal"][1]
    assert srcc["personal"][1] > srcc["ridge"][1]


def test_what_is_asked_about_is_never_learnt_from(panel: Panel, seen: Seen) -> None:
    asked_of: list[tuple[np.ndarray, np.ndarray]] = []
    plain = fold_fit(panel, seen, QUICK)

    def fitted(users: np.ndarray, photos: np.ndarray) -> PersonalModel:
        asked_of.append((users, photos))
        return plain(users, photos)

    folds = theme_folds(panel.themes, folds=5, seed=0)
    trials = unseen_trials(panel, folds, fitted)
    themes = np.array(panel.themes)
    for (users, photos), trial in zip(asked_of, trials, strict=True):
        for split in trial.splits:
            assert split.user not in users
            assert not photos[split.query].any()
            assert not set(themes[split.query]) & set(themes[split.support])


def test_the_same_recipe_gives_the_same_model(panel: Panel, seen: Seen) -> None:
    recipe = Recipe(steps=3, axes=8)
    one, two = (fit(panel, seen, everybody(panel), recipe) for _ in range(2))
    assert one.card == two.card
    assert all(np.array_equal(one.arrays[name], two.arrays[name]) for name in one.arrays)
    assert one.model().reads_context


def test_the_network_learns_what_the_prior_misjudges(panel: Panel, seen: Seen) -> None:
    """A prior that takes tastes for a tenth of what they are is corrected; told on other raters."""
    timid = replace(QUICK, steps=40, strength=0.01, rate=5e-3, dropout=0.0)
    part = Part(users=np.arange(40), photos=np.array(panel.themes) != "t0")
    network = _network(panel, seen, part, timid)
    others = Part(users=np.arange(40, PEOPLE), photos=part.photos)
    materials = materials_of(panel, seen, others, timid)
    batch = draw_batch(materials, np.random.default_rng(7), size=48, made_up=0.0)
    with torch.no_grad():
        before = float(agreement(predict(InContextTaste().eval(), batch), batch).mean())
        after = float(agreement(predict(network, batch), batch).mean())
    assert after > before + 0.02


def test_a_language_model_learns_it_in_its_prompt(panel: Panel, seen: Seen) -> None:
    """The same task for a tiny one: what is frozen stays, and a timid prior is corrected."""
    torch.manual_seed(0)
    language = AutoModelForCausalLM.from_config(AutoConfig.for_model(**TINY_LLAMA)).eval()
    adapted = get_peft_model(language, LoraConfig(r=2, target_modules=["q_proj", "v_proj"]))
    reader = PromptTaste(adapted, torch.tensor([5, 6]), width=WIDTH)
    before = {name: one.clone() for name, one in reader.named_parameters()}
    recipe = replace(QUICK, reader=Reader.PROMPT, strength=0.01)
    part = Part(users=np.arange(40), photos=np.array(panel.themes) != "t0")
    materials = materials_of(panel, seen, part, recipe)
    assert materials[0].shown.shape[1] == WIDTH  # embeddings, not the taste view
    train_prompt(reader, materials, Course(steps=40, rate=5e-3, size=16), lambda _: None)
    for name, one in reader.named_parameters():
        trained = not name.startswith("language.") or "lora_" in name
        assert torch.equal(one, before[name]) is not trained, name
    others = Part(users=np.arange(40, PEOPLE), photos=part.photos)
    told = draw_batch(
        materials_of(panel, seen, others, recipe), np.random.default_rng(7), size=48, made_up=0.0
    )
    with torch.no_grad():
        ours = float(agreement(predict(reader, told), told).mean())
    priors = float(agreement(told.query_expected + told.query_facts[..., 0], told).mean())
    assert ours > priors + 0.02


@pytest.mark.parametrize("reader", Reader)
def test_photos_are_shown_in_use_as_they_were_in_training(
    panel: Panel, seen: Seen, reader: Reader
) -> None:
    """Where embeddings are neither centred nor of length 1."""
    far = replace(seen, embeddings=3 * seen.embeddings + 1)
    recipe = replace(QUICK, reader=reader)
    network = _Listening()
    part = everybody(panel)
    materials = materials_of(panel, far, part, recipe)
    model = fit(panel, far, part, recipe, reader=network).model()
    rows = np.flatnonzero(~np.isnan(panel.ratings[0]))
    network.sees_photos = reader is Reader.PROMPT
    known = model.know(
        Examples(
            embeddings=far.embeddings[rows],
            scores=far.scores[rows],
            ratings=panel.ratings[0, rows],
            favorites=np.zeros(len(rows), dtype=np.bool_),
        )
    )
    model.context_moves(known, far.embeddings, far.scores)
    told, asked = network.heard
    if reader is Reader.PROMPT:
        shown = materials[0].shown
        assert asked.shape == (PHOTOS, WIDTH)
        np.testing.assert_allclose(asked, shown, rtol=1e-3, atol=1e-4)
        kept = {tuple(row) for row in np.round(shown[rows], 2)}
        assert {tuple(row) for row in np.round(told.astype(float), 2)} <= kept
    else:  # axes are those of all raters here, of others there: as long, and as far apart
        assert asked.shape == (PHOTOS, QUICK.axes)
        lengths = np.linalg.norm(materials[0].views, axis=1)
        assert np.corrcoef(np.linalg.norm(asked, axis=1), lengths)[0, 1] > 0.9


class _Listening:
    """A reader that keeps what it is shown."""

    sees_photos = False
    together = 10_000

    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []

    def read(self, photos: np.ndarray, said: np.ndarray) -> str:
        self.heard.append(photos)
        return "heard"

    def ask(self, photos: np.ndarray, asked: np.ndarray, context: str) -> np.ndarray:
        self.heard.append(photos)
        return asked[..., 0]

    def own_state(self) -> dict[str, np.ndarray]:
        return {}


def test_every_rater_is_read_with_a_prior_that_others_made(panel: Panel, seen: Seen) -> None:
    """One rater alone cares for the sixth coordinate: their own group's prior does not know it."""
    ratings = panel.ratings.copy()
    ratings[0] = np.clip(3 + 2 * seen.embeddings[:, 5], 1, 5)
    odd = replace(panel, ratings=ratings)
    materials = materials_of(odd, seen, everybody(odd), QUICK)
    read = [row for material in materials for row in material.ratings]
    assert all(sum(_same(rater, row) for row in read) == 1 for rater in odd.ratings)
    (own,) = (
        n for n, m in enumerate(materials) if any(_same(odd.ratings[0], r) for r in m.ratings)
    )
    known = [_weight_of(seen.embeddings, material.views, 5) for material in materials]
    assert known[own] < 0.5 * min(known[n] for n in range(len(known)) if n != own)


def test_raters_who_cannot_be_asked_spoil_no_network(panel: Panel, seen: Seen) -> None:
    """Somebody rated nothing, somebody one theme alone: an episode of theirs has no answer."""
    ratings = panel.ratings.copy()
    ratings[:20] = np.nan
    ratings[10:20, np.array(panel.themes) == "t1"] = 3
    few = replace(panel, ratings=ratings)
    materials = materials_of(few, seen, everybody(few), QUICK)
    assert sum(len(material.ratings) for material in materials) == PEOPLE - 20
    network = _network(few, seen, everybody(few), replace(QUICK, steps=3))
    assert all(bool(value.isfinite().all()) for value in network.state_dict().values())
    alone = replace(few, themes=("t1",) * PHOTOS)
    with pytest.raises(DataError, match=r"nobody here rated photos of two themes.*--steps 0"):
        materials_of(alone, seen, everybody(alone), QUICK)


def test_a_reader_that_is_given_is_taken_as_it_is(panel: Panel, seen: Seen) -> None:
    reader = InContextTaste().reader()
    assert fit(panel, seen, everybody(panel), QUICK, reader=reader).model().reader is reader
    assert not fit(panel, seen, everybody(panel), QUICK).model().reads_context


def test_the_blend_is_chosen_on_other_people_than_it_is_measured_on(
    panel: Panel, seen: Seen
) -> None:
    folds = theme_folds(panel.themes, folds=3, seed=0)
    raters = divide_raters(PEOPLE)
    everyone = np.concatenate([raters.learn, raters.choose, raters.test])
    assert sorted(everyone.tolist()) == list(range(PEOPLE))
    found = cross_validate(panel, seen, folds, raters, fold_fit(panel, seen, QUICK))
    assert found.chosen == (1.0, 0.0)  # without a trained network there is one reading alone
    assert found.test["personal"][0].users == len(raters.test)
    assert found.test["crowd"][0].srcc > found.test["general"][0].srcc
