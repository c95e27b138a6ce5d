"""Sort what has a score: all of the catalog, or the photos of one run."""

import heapq
from collections.abc import Iterable

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry


def best_of(
    catalog: Catalog, model_revision: str, paths: Iterable[str], *, limit: int
) -> list[Entry]:
    """The `limit` entries of highest score among `paths`, best first; ties by path."""
    entries = (e for e in catalog.entries(model_revision, paths=list(paths)) if e.assessment)
    return heapq.nsmallest(limit, entries, key=_best_first)


def _best_first(entry: Entry) -> tuple[float, str]:
    return (-entry.assessment.score if entry.assessment else 0.0, entry.path)
