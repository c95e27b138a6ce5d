"""Why a photo stands where it does for one person: photos of theirs it resembles, attributes.

The photos' shares are the posterior's own (they sum to its move). The attributes' shares come
from a linear fit of the moves on the measured attributes over all ranked photos; where that fit
explains too little of the moves, nothing is claimed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Attribute
from aesplugin.services.taste import Ranking

Floats = NDArray[np.float64]

_LEAST_SHARE = 0.02  # points of score worth naming
_LEAST_EXPLAINED = 0.2  # of the moves' variance
_FEWEST_PHOTOS = 30  # to fit attributes on


@dataclass(frozen=True, slots=True)
class Share:
    """`what` (a content hash, or an attribute) moved the photo by `points` of score."""

    what: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The strongest shares of one photo, the largest first; empty where nothing is known."""

    photos: tuple[Share, ...]
    attributes: tuple[Share, ...]


def explain(
    ranking: Ranking,
    rows: Sequence[int],
    attributes: Mapping[str, Mapping[str, Attribute]],
    *,
    most: int = 3,
) -> list[Why]:
    """Why the photos at `rows` of the ranking stand where they do.

    `attributes` by content hash, of these photos and of as many others as there are.
    """
    if ranking.known.fallback is not None:
        return [Why(photos=(), attributes=()) for _ in rows]
    chosen = np.asarray(rows, dtype=np.int64)
    shares = ranking.model.shares(
        ranking.known, ranking.embeddings[chosen], ranking.general[chosen]
    )
    by_attribute = _attribute_shares(ranking, attributes)
    return [
        Why(
            photos=_strongest(ranking.example_hashes, share, most),
            attributes=_strongest(*by_attribute.get(ranking.hashes[row], ((), ())), most),
        )
        for row, share in zip(rows, shares.tolist(), strict=True)
    ]


def _strongest(names: Sequence[str], points: Sequence[float], most: int) -> tuple[Share, ...]:
    found = [Share(name, round(value, 3)) for name, value in zip(names, points, strict=True)]
    telling = [share for share in found if abs(share.points) >= _LEAST_SHARE]
    return tuple(sorted(telling, key=lambda share: -abs(share.points))[:most])


def _attribute_shares(
    ranking: Ranking, attributes: Mapping[str, Mapping[str, Attribute]]
) -> dict[str, tuple[tuple[str, ...], tuple[float, ...]]]:
    """Content hash → (names, points), where the attributes explain the moves at all."""
    place = {key: row for row, key in enumerate(ranking.hashes)}
    keys = [key for key in attributes if key in place]
    names = tuple(sorted({name for key in keys for name in attributes[key]}))
    if len(keys) < _FEWEST_PHOTOS or not names:
        return {}
    table = np.array([[_value(attributes[key].get(name)) for name in names] for key in keys])
    known = ~np.isnan(table).all(axis=0)
    names = tuple(name for name, there in zip(names, known, strict=True) if there)
    table = _standard(table[:, known])
    rows = np.array([place[key] for key in keys])
    moves = (ranking.personal - ranking.general)[rows].astype(np.float64)
    weights = _fit(table, moves)
    if weights is None:
        return {}
    return {
        key: (names, tuple((row * weights).tolist())) for key, row in zip(keys, table, strict=True)
    }


def _fit(table: Floats, moves: Floats) -> Floats | None:
    centred = moves - moves.mean()
    gram = table.T @ table + 0.01 * len(table) * np.eye(table.shape[1])
    weights: Floats = np.linalg.solve(gram, table.T @ centred)
    unexplained = float(((centred - table @ weights) ** 2).sum())
    total = float((centred**2).sum())
    return weights if total > 0 and 1 - unexplained / total >= _LEAST_EXPLAINED else None


def _value(attribute: Attribute | None) -> float:
    return np.nan if attribute is None or attribute.value is None else float(attribute.value)


def _standard(table: Floats) -> Floats:
    mean, spread = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    standard: Floats = np.nan_to_num((table - mean) / np.where(spread > 0, spread, 1.0))
    return standard.clip(-3, 3)
