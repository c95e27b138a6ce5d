"""Why a photo has its place in one person's ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Attribute
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.personal.taste import Ranking

_MOST = 500  # favourites compared with
_LEAST = 0.05  # cosine: below that two photos have nothing in common


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A favourite and its cosine similarity, -1..1."""

    content_hash: str
    similarity: float


def closest_favorites(
    catalog: Catalog, model_revision: str, user: str, content_hash: str, *, limit: int = 6
) -> list[Neighbour]:
    """The favourites most similar to this photo, the closest first.

    None where no embedding is kept, and none of those that do not resemble it at all.
    """
    loved = Preferences(catalog, user).loved()
    liked = [key for key in loved if key != content_hash][:_MOST]
    stored = catalog.embeddings(model_revision, [content_hash, *liked])
    own = stored.pop(content_hash, None)
    if own is None:
        return []
    view = _unit(own)  # [D]
    found = [
        Neighbour(key, float(view @ other))
        for key, value in stored.items()
        if (other := _unit(value)).shape == view.shape and float(view @ other) >= _LEAST
    ]
    return sorted(found, key=lambda neighbour: -neighbour.similarity)[:limit]


def _unit(embedding: bytes) -> NDArray[np.float32]:
    vector = np.frombuffer(embedding, dtype="<f2").astype(np.float32)
    return vector / max(float(np.linalg.norm(vector)), 1e-6)


Floats = NDArray[np.float64]

_LEAST_SHARE = 0.02  # points of score worth naming
_LEAST_EXPLAINED = 0.2  # of the moves' variance, each photo predicted from the others
_RIDGE = 0.01  # keeps attributes that say nearly the same from being set against each other
_FEWEST_PHOTOS = 30  # to fit attributes on


@dataclass(frozen=True, slots=True)
class Share:
    """`what` (a content hash, or an attribute) moved the photo by `points` of score."""

    what: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The largest contributions to one photo's place, largest first; empty where unknown."""

    photos: tuple[Share, ...]
    attributes: tuple[Share, ...]


def explain(
    ranking: Ranking,
    rows: Sequence[int],
    attributes: Mapping[str, Mapping[str, Attribute]],
    *,
    most: int = 3,
) -> list[Why]:
    """Why the photos at `rows` of the ranking have their places.

    `attributes` by content hash, of these photos and of as many others as there are.
    """
    if ranking.known.fallback is not None:
        return [Why(photos=(), attributes=()) for _ in rows]
    shares = _photo_shares(ranking, rows)
    by_attribute = _attribute_shares(ranking, attributes)
    return [
        Why(
            photos=_strongest(ranking.example_hashes, share, most),
            attributes=_strongest(*by_attribute.get(ranking.hashes[row], ((), ())), most),
        )
        for row, share in zip(rows, shares.tolist(), strict=True)
    ]


def _photo_shares(ranking: Ranking, rows: Sequence[int]) -> NDArray[np.float32]:
    """[R, K]: how much each of the person's photos that is like it moves each photo, else 0."""
    chosen = np.asarray(rows, dtype=np.int64)
    shares = ranking.model.shares(
        ranking.known, ranking.embeddings[chosen], ranking.general[chosen]
    )
    if ranking.known.posterior is not None:
        shares[shares * ranking.known.posterior.duals < 0] = 0  # a share is likeness times dual
    place = {key: column for column, key in enumerate(ranking.example_hashes)}
    for at, row in enumerate(rows):
        if ranking.hashes[row] in place:
            shares[at, place[ranking.hashes[row]]] = 0
    return shares


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
    """Weights [A] of the attributes `table` [N, A]; None where they predict too little.

    Few photos can be fitted by many attributes whatever moved them. So each photo's move is
    predicted from the others', in closed form (Allen 1974, PRESS).
    """
    count, width = table.shape
    centred = moves - moves.mean()
    gram = table.T @ table + _RIDGE * count * np.eye(width)
    solved = np.linalg.solve(gram, table.T)  # [A, N]
    weights: Floats = solved @ centred
    leverage = 1 / count + np.einsum("na,an->n", table, solved)
    missed = (centred - table @ weights) / (1 - leverage)
    total = float(((centred * count / (count - 1)) ** 2).sum())  # predicted by the others' mean
    return weights if float((missed**2).sum()) < (1 - _LEAST_EXPLAINED) * total else None


def _value(attribute: Attribute | None) -> float:
    return np.nan if attribute is None or attribute.value is None else float(attribute.value)


def _standard(table: Floats) -> Floats:
    mean, spread = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    standard = np.nan_to_num((table - mean) / np.where(spread > 0, spread, 1.0))
    clipped: Floats = standard.clip(-3, 3)
    centred: Floats = clipped - clipped.mean(axis=0)  # `_fit` counts on it
    return centred


_FITTED_ON = 2000  # photos the attributes' shares are fitted on: the best and the worst ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPhoto:
    """One photo: `place` from 1, `rose` places against the general order (negative: fell).

    `resembles` are the paths of the person's photos in `why.photos`.
    """

    place: int
    entry: Entry
    general: float
    personal: float
    rose: int
    why: Why
    resembles: tuple[str, ...]


def ranked_photos(
    catalog: Catalog, model_revision: str, ranking: Ranking, *, limit: int, offset: int = 0
) -> list[RankedPhoto]:
    """The photos of places `offset` + 1 and following."""
    rows = ranking.order[offset : offset + limit].tolist()
    rose = ranking.places()
    sample = {ranking.hashes[row] for row in (*_spread(ranking), *rows)}
    why = explain(ranking, rows, catalog.attributes_of(sample))
    keys = [ranking.hashes[row] for row in rows]
    named = {share.what for one in why for share in one.photos}
    shown = catalog.gallery.first_paths([*keys, *named])
    entries = {
        entry.photo.content_hash: entry
        for entry in catalog.entries(model_revision, paths=[shown[k] for k in keys if k in shown])
        if entry.photo is not None
    }
    return [
        RankedPhoto(
            place=offset + number,
            entry=entries[ranking.hashes[row]],
            general=float(ranking.general[row]),
            personal=float(ranking.personal[row]),
            rose=int(rose[row]),
            why=one,
            resembles=tuple(shown.get(share.what, share.what) for share in one.photos),
        )
        for number, (row, one) in enumerate(zip(rows, why, strict=True), start=1)
        if ranking.hashes[row] in entries
    ]


def _spread(ranking: Ranking) -> list[int]:
    """Positions spread evenly over the whole order."""
    step = max(1, len(ranking.order) // _FITTED_ON)
    spread: list[int] = ranking.order[::step].tolist()
    return spread
