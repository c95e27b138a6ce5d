"""Windows of the gallery: from the database near the beginning, from cached lists further down."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import ByMeasure, Filters, Shown, Sorting
from aesplugin.services.measured import MeasuredOrders

_SHALLOW = 10_000  # photos from the beginning that the database counts off at once
_MOST_HOMELESS = 1000  # beyond it is quicker to ask about every photo
_LISTINGS, _COUNTS = 8, 64  # kept; 100,000 hashes take 12 MB
_SECONDS = 60.0  # kept at most: files may have gone
_UNSCORED_SECONDS = 10.0  # of what changes and leaves the scores as they are: who waits, files

T = TypeVar("T")
V = TypeVar("V")
# filters, order, whose taste, decisions so far, scores so far
_Key = tuple[Filters, Sorting | None, int, int, int]


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    at: float
    value: T
    holds: object = None  # a taste, alive as long as its id stands in a key

    def serves(self, filters: Filters) -> bool:
        return self.younger(_SECONDS if filters.shown is Shown.ASSESSED else _UNSCORED_SECONDS)

    def younger(self, seconds: float) -> bool:
        return time.monotonic() - self.at < seconds


class Listings:
    """Counts and windows of one catalog, cached for a moment, since a page asks often."""

    def __init__(self, catalog: Catalog, model_revision: str) -> None:
        self._catalog = catalog
        self._revision = model_revision
        self._lists: dict[_Key, _Kept[list[str]]] = {}
        self._counts: dict[_Key, _Kept[int]] = {}
        self._days: dict[_Key, _Kept[Mapping[date | None, int]]] = {}
        self._measured = MeasuredOrders(catalog)
        self._homeless: tuple[int, _Kept[list[str] | None]] | None = None
        self._changes = 0
        self._lock = threading.Lock()

    def changed(self) -> None:
        """After a decision: drops cached results that depend on decisions."""
        self._changes += 1

    def window(
        self, filters: Filters, order: Sorting, personal: Mapping[str, float], *, place: range
    ) -> tuple[int, list[str]]:
        """The number of matches, and those at `place`, by `personal` scores if given."""
        key = self._key(filters, order, personal)
        with self._lock:
            kept = self._lists.get(key)
        if kept is not None and kept.serves(filters):
            hashes = kept.value
        elif personal or isinstance(order, ByMeasure) or place.start > _SHALLOW:
            hashes = self._list(key, personal)
        else:
            total = self._count(filters, key)
            if place.start >= total:  # to find that out again may mean to read them all
                return total, []
            found = self._catalog.gallery.window(
                self._revision, filters, order, limit=len(place), offset=place.start
            )
            return total, found
        return len(hashes), hashes[place.start : place.stop]

    def count(self, filters: Filters) -> int:
        """The number of matches."""
        return self._count(filters, self._key(filters, None, {}))

    def days(self, filters: Filters) -> Mapping[date | None, int]:
        """How many of the matches were taken on each day; in order of time, None last."""
        key = self._key(filters, None, {})
        with self._lock:
            kept = self._days.get(key)
        if kept is not None and kept.serves(filters):
            return kept.value
        found = self._catalog.gallery.days(
            self._revision, filters, homeless=self._without_file(key)
        )
        with self._lock:
            self._days = _newest(self._days, _LISTINGS) | {key: _Kept(time.monotonic(), found)}
        return found

    def hashes(
        self, filters: Filters, order: Sorting, personal: Mapping[str, float]
    ) -> Sequence[str]:
        """Every match, in order."""
        key = self._key(filters, order, personal)
        with self._lock:
            kept = self._lists.get(key)
        return kept.value if kept and kept.serves(filters) else self._list(key, personal)

    def _key(self, filters: Filters, order: Sorting | None, personal: Mapping[str, float]) -> _Key:
        """A listing as of a moment, or one that ignores decisions, stays valid after a decision."""
        moves = filters.needs_decisions and filters.as_of is None
        scored = self._catalog.gallery.size(self._revision)
        decided = self._changes if moves else 0
        return (filters, order, id(personal) if personal else 0, decided, scored)

    def _count(self, filters: Filters, listing: _Key) -> int:
        key: _Key = (filters, None, 0, *listing[3:])
        with self._lock:
            days, kept = self._days.get(key), self._counts.get(key)
        if days is not None and days.serves(filters):  # else the two might differ
            return sum(days.value.values())
        if kept is not None and kept.serves(filters):
            return kept.value
        count = self._catalog.gallery.count(
            self._revision, filters, homeless=self._without_file(listing)
        )
        with self._lock:
            self._counts = _newest(self._counts, _COUNTS) | {key: _Kept(time.monotonic(), count)}
        return count

    def _list(self, key: _Key, personal: Mapping[str, float]) -> list[str]:
        filters, order = key[:2]
        hashes = self._catalog.gallery.hashes(
            self._revision,
            filters,
            None if personal or isinstance(order, ByMeasure) else order,
            homeless=self._without_file(key),
        )
        if isinstance(order, ByMeasure):
            self._measured.sort(hashes, order)
        elif personal:
            hashes.sort(key=lambda one: (-personal.get(one, 0.0), one))
        made = _Kept(time.monotonic(), hashes, personal)
        with self._lock:
            self._lists = _newest(self._lists, _LISTINGS) | {key: made}
        return hashes

    def _without_file(self, listing: _Key) -> list[str] | None:
        """Photos that no file holds, kept for a moment; None where they are not worth looking up:
        few photos match, or many have no file."""
        filters, scored = listing[0], listing[-1]
        if not filters.is_broad:
            return None
        if self._homeless is not None:
            known, kept = self._homeless  # a photo that was edited leaves its old score behind
            if known == scored and kept.younger(_UNSCORED_SECONDS):
                return kept.value
        found = self._catalog.gallery.homeless(self._revision)
        few = found if len(found) <= _MOST_HOMELESS else None
        self._homeless = (scored, _Kept(time.monotonic(), few))
        return few


def _newest(kept: dict[_Key, V], most: int) -> dict[_Key, V]:
    """What remains, to make room for one more."""
    return dict(list(kept.items())[1 - most :])
