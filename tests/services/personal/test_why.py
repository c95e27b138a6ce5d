"""Reasons for a photo's place: claimed where they hold for photos they were not fitted on."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from aesplugin.assessment import Attribute, Verdict
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.plain import plain_model
from aesplugin.services.personal.explanations import explain
from aesplugin.services.personal.taste import Ranking

DIMS, ATTRIBUTES = 6, 14
Floats = NDArray[np.float32]


def ranking_of(embeddings: Floats, liked: Floats, *, rated: int = 20) -> Ranking:
    """A person who rated the first photos, by how far these lie along `liked`."""
    count = len(embeddings)
    scores = np.full(count, 5, dtype=np.float32)
    model = plain_model(embeddings, scores)
    known = model.know(
        Examples(
            embeddings=embeddings[:rated],
            scores=scores[:rated],
            ratings=np.clip(np.round(3 + 2 * embeddings[:rated] @ liked), 1, 5),
            favorites=np.zeros(rated, dtype=np.bool_),
        )
    )
    hashes = tuple(f"photo {number}" for number in range(count))
    return Ranking(
        hashes=hashes,
        general=scores,
        personal=scores + model.moves(known, embeddings, scores),
        order=np.arange(count),
        general_order=np.arange(count),
        model=model,
        known=known,
        embeddings=embeddings,
        example_hashes=hashes[:rated],
    )


def measured(values: Floats) -> dict[str, dict[str, Attribute]]:
    return {
        f"photo {row}": {
            f"attribute {column}": Attribute(value=float(value), unit="", verdict=Verdict.GOOD)
            for column, value in enumerate(line)
        }
        for row, line in enumerate(values)
    }


def claims(ranking: Ranking, values: Floats) -> bool:
    rows = range(len(ranking.hashes))
    return any(why.attributes for why in explain(ranking, rows, measured(values)))


@pytest.mark.parametrize("count", [30, 40, 60, 100])
def test_moves_that_no_attribute_tells_of_are_seldom_laid_to_one(count: int) -> None:
    rng = np.random.default_rng(count)
    plain = ranking_of(rng.standard_normal((count, DIMS)).astype(np.float32), np.eye(DIMS)[0])
    claimed = 0
    for _ in range(100):
        moved = plain.general + rng.standard_normal(count).astype(np.float32)
        values = rng.standard_normal((count, ATTRIBUTES)).astype(np.float32)
        claimed += claims(replace(plain, personal=moved), values)
    assert claimed <= 5


@pytest.mark.parametrize("count", [30, 60])
def test_moves_that_an_attribute_tells_of_are_mostly_laid_to_it(count: int) -> None:
    rng = np.random.default_rng(count)
    plain = ranking_of(rng.standard_normal((count, DIMS)).astype(np.float32), np.eye(DIMS)[0])
    found = 0
    for _ in range(100):
        values = rng.standard_normal((count, ATTRIBUTES)).astype(np.float32)
        noise = rng.standard_normal(count).astype(np.float32)
        moved = plain.general + 0.9 * values[:, 3] + 0.4 * noise
        told = explain(replace(plain, personal=moved), range(count), measured(values))
        strongest = [why.attributes[0].what for why in told if why.attributes]
        found += strongest.count("attribute 3") > count / 2
    assert found >= 90


def test_a_photo_is_never_explained_by_itself() -> None:
    embeddings = np.random.default_rng(1).standard_normal((40, DIMS)).astype(np.float32)
    ranking = ranking_of(embeddings, np.eye(DIMS, dtype=np.float32)[0])
    told = explain(ranking, range(40), {})
    for key, why in zip(ranking.hashes, told, strict=True):
        assert key not in {share.what for share in why.photos}
    assert sum(bool(why.photos) for why in told) > 30


def test_a_photo_resembles_only_photos_like_it() -> None:
    """One unlike a photo they hated gains by it, too, but that is no likeness."""
    embeddings = np.random.default_rng(2).standard_normal((60, DIMS)).astype(np.float32)
    ranking = ranking_of(embeddings, np.eye(DIMS, dtype=np.float32)[0])
    views = embeddings - embeddings.mean(axis=0)
    place = {key: row for row, key in enumerate(ranking.hashes)}
    for row, why in enumerate(explain(ranking, range(60), {})):
        for share in why.photos:
            assert views[row] @ views[place[share.what]] > 0
