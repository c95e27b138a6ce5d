"""The personal model that ships: there, small, and made for the scorer that ships."""

from pathlib import Path

import numpy as np

import aesplugin.models.personal.files as files
from aesplugin.models.embedded.card import read_card
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.files import load_personal
from aesplugin.models.personal.plain import fitting_model


def test_it_was_made_for_the_scorer_that_ships() -> None:
    """If this fails, the scorer was trained anew: aesplugin train personal, too."""
    assert load_personal().card.made_for == read_card().revision


def test_it_is_small() -> None:
    folder = Path(files.__file__).parent / "weights"
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 3 * 2**20


def test_other_models_get_one_that_claims_nothing() -> None:
    width = load_personal().card.width
    embeddings = np.random.default_rng(0).standard_normal((50, width)).astype(np.float32)
    scores = np.full(50, 5, dtype=np.float32)
    assert fitting_model(embeddings, scores, revision=read_card().revision) is load_personal()
    assert fitting_model(embeddings, scores, revision="another").card.space == "any"
    short = embeddings[:, :10]
    assert fitting_model(short, scores, revision=read_card().revision).card.space == "any"


def test_likes_and_dislikes_part_photos_like_them() -> None:
    model = load_personal()
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
