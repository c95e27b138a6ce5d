"""The personal model that ships: there, small, and made for the scorer that ships."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from aesplugin.errors import SettingsError, WeightsDamaged, WeightsMissing
from aesplugin.models.calm import card as calm
from aesplugin.models.embedded import card as embedded
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.files import (
    SHIPPED,
    PersonalFiles,
    load_personal,
    read_card,
    shipped_for,
)
from aesplugin.models.personal.model import PersonalModel
from aesplugin.models.personal.plain import fitting_model
from aesplugin.models.personal.reader import Reader

REVISIONS = {"embedded": embedded.read_card().revision, "mini": calm.read_card().revision}


@pytest.fixture(params=REVISIONS)
def model(request: pytest.FixtureRequest) -> PersonalModel:
    return load_personal(SHIPPED / request.param)


@pytest.mark.parametrize("name", REVISIONS)
def test_it_was_made_for_the_scorer_that_ships(name: str) -> None:
    """If this fails, the scorer was trained anew: aesplugin train personal, too."""
    assert shipped_for(REVISIONS[name]) == SHIPPED / name


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) <= 3 * 2**20


def test_other_models_get_one_that_claims_nothing(model: PersonalModel) -> None:
    embeddings = np.random.default_rng(0).standard_normal((50, model.card.width))
    known = embeddings.astype(np.float32)
    scores = np.full(50, 5, dtype=np.float32)
    assert fitting_model(known, scores, revision=model.card.made_for) is model
    assert fitting_model(known, scores, revision="another").card.space == "any"
    assert fitting_model(known[:, :10], scores, revision=model.card.made_for).card.space == "any"


def test_one_of_ones_own_is_taken_for_the_model_it_was_made_for(
    model: PersonalModel, tmp_path: Path
) -> None:
    scores = np.full(50, 5, dtype=np.float32)
    known = np.zeros((50, model.card.width), dtype=np.float32)
    made_for = model.card.made_for
    own = shutil.copytree(SHIPPED / "embedded", tmp_path / "own")
    card = json.loads((own / "personal.json").read_text())
    (own / "personal.json").write_text(json.dumps(card | {"made_for": made_for, "lean": 0.25}))
    assert (
        fitting_model(known, scores, revision=made_for, files=PersonalFiles(place=own)).card.lean
        == 0.25
    )
    with pytest.raises(SettingsError, match=r"was made for .*, not for another: .*train personal"):
        fitting_model(known, scores, revision="another", files=PersonalFiles(place=own))
    with pytest.raises(WeightsDamaged, match="needs embeddings of 384 numbers, not 10"):
        fitting_model(known[:, :10], scores, revision=made_for, files=PersonalFiles(place=own))
    with pytest.raises(WeightsMissing, match="no personal model"):
        fitting_model(
            known, scores, revision=made_for, files=PersonalFiles(place=tmp_path / "nowhere")
        )


@pytest.mark.parametrize("wrong", [{"blend": [1, 0, 0]}, {"reader": "seer"}])
def test_a_card_that_is_none_is_named(tmp_path: Path, wrong: dict[str, object]) -> None:
    own = shutil.copytree(SHIPPED / "embedded", tmp_path / "own")
    card = json.loads((own / "personal.json").read_text())
    del card["reader"]  # cards of earlier releases have none
    (own / "personal.json").write_text(json.dumps(card))
    assert read_card(own).reader is Reader.NETWORK
    (own / "personal.json").write_text(json.dumps(card | wrong))
    with pytest.raises(WeightsDamaged, match=r"personal model in .* is damaged"):
        read_card(own)


def test_likes_and_dislikes_part_photos_like_them(model: PersonalModel) -> None:
    rng = np.random.default_rng(1)
    kinds = rng.standard_normal((2, model.card.width)).astype(np.float32)

    def some(kind: int, count: int) -> np.ndarray:
        noise = rng.standard_normal((count, model.card.width)).astype(np.float32)
        photos: np.ndarray = kinds[kind] + 0.3 * noise
        return photos

    known = model.know(
        Examples(
            embeddings=np.concatenate([some(0, 10), some(1, 10)]),
            scores=np.full(20, model.card.score_mean, dtype=np.float32),
            ratings=np.array([5] * 10 + [1] * 10, dtype=np.float32),
            favorites=np.zeros(20, dtype=np.bool_),
        )
    )
    assert known.fallback is None
    scores = np.full(10, model.card.score_mean, dtype=np.float32)
    liked, disliked = (model.prior_moves(known, some(kind, 10), scores) for kind in (0, 1))
    assert liked.min() > disliked.max()
