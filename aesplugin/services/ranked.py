"""A window of one person's ranking, each photo with its entry and why it stands there."""

from dataclasses import dataclass

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry
from aesplugin.services.taste import Ranking
from aesplugin.services.why import Why, explain

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
    """Positions evenly over the whole order."""
    step = max(1, len(ranking.order) // _FITTED_ON)
    spread: list[int] = ranking.order[::step].tolist()
    return spread
