"""What a person does on the review page: look through windows, decide, take back."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Order
from aesplugin.catalog.records import Entry
from aesplugin.decision import Decision, Proposal, Word
from aesplugin.errors import UsageError
from aesplugin.services.decide import accept, decide
from aesplugin.services.listings import Listings

_PLACE = " on the page"  # ends the notes of the steps that the page takes back


class Taste(Protocol):
    """One person's scores; see `aesplugin.services.prefer`."""

    def scores(self, user: str) -> Mapping[str, float]:
        """Personal score 1..10 by content hash; empty where nothing is known of the person."""
        ...


class NoTaste:
    """For a page without personal ranking."""

    def scores(self, user: str) -> Mapping[str, float]:
        """Nothing is known of anybody."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One photo of a window; `personal` is None where nothing is known of the person's taste."""

    entry: Entry
    content_hash: str
    decision: Decision | None
    personal: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the gallery: photos `offset` and following of `total`."""

    total: int
    offset: int
    tiles: tuple[Tile, ...]


class Review:
    """The page's verbs on one catalog, for any number of people at once."""

    def __init__(self, catalog: Catalog, model_revision: str, taste: Taste | None = None) -> None:
        self.catalog = catalog
        self.revision = model_revision
        self._taste = taste or NoTaste()
        self._listings = Listings(catalog, model_revision)
        self._lock = threading.Lock()

    def window(self, filters: Filters, order: Order, *, limit: int, offset: int) -> Window:
        """Photos in order; personal order falls back to the score where no taste is known."""
        personal: Mapping[str, float] = {}
        if order is Order.PERSONAL:
            personal = self._taste.scores(filters.user)
        place = range(offset, offset + limit)
        total, hashes = self._listings.window(filters, order, personal, place=place)
        tiles = self.tiles(hashes, filters.user, personal=personal)
        return Window(total=total, offset=offset, tiles=tuple(tiles))

    def as_of_now(self, filters: Filters) -> Filters:
        """The same, standing still while one decides; of filters that ask for decisions."""
        if not filters.asks_decisions or filters.as_of is not None:
            return filters
        return replace(filters, as_of=self.catalog.gallery.last_decision())

    def tiles(
        self,
        content_hashes: Sequence[str],
        user: str,
        *,
        personal: Mapping[str, float] = MappingProxyType({}),
    ) -> list[Tile]:
        """These photos, in this order; those without a readable file are left out.

        `personal` scores are given by the caller: to make them may take seconds.
        """
        gallery = self.catalog.gallery
        paths = gallery.first_paths(content_hashes)
        entries = {
            entry.photo.content_hash: entry
            for entry in self.catalog.entries(self.revision, paths=list(paths.values()))
            if entry.photo is not None
        }
        decisions = gallery.decisions_of(user, content_hashes) if user else {}
        return [
            Tile(
                entry=entries[key],
                content_hash=key,
                decision=decisions.get(key),
                personal=personal.get(key),
            )
            for key in content_hashes
            if key in entries
        ]

    def tile(self, content_hash: str, user: str) -> Tile:
        """One photo.

        Raises:
            UsageError: no such photo.
        """
        personal = self._taste.scores(user) if user else {}
        found = self.tiles([content_hash], user, personal=personal)
        if not found:
            raise UsageError(f"photo {content_hash} is not in the catalog")
        return found[0]

    def mark(self, user: str, content_hashes: Sequence[str], word: Word) -> dict[str, Decision]:
        """A person's word on photos, as one step that `undo` takes back; returns what stands.

        Stars and favourites teach the model of the person's taste at once: it reads decisions.

        Raises:
            UsageError: no usable name, or stars outside 0..5.
            CatalogError: a photo is not in the catalog.
        """
        if decide(self.catalog, user, content_hashes, word, place=_PLACE) is not None:
            self._listings.changed()
        standing = self.catalog.gallery.decisions_of(user, content_hashes)
        return {
            key: standing.get(key, Decision(content_hash=key, user=user)) for key in content_hashes
        }

    def accept(self, user: str, proposals: Sequence[Proposal]) -> int:
        """The person accepts a cull, as one step that `undo` takes back; returns of how many."""
        run = accept(self.catalog, user, proposals, place=_PLACE)
        if run is None:
            return 0
        self._listings.changed()
        return len(self.catalog.gallery.decided_in(run.id))

    def personal_scores(self, user: str) -> Mapping[str, float]:
        """The person's own scores by content hash; empty where nothing is known of them."""
        return self._taste.scores(user)

    def undo(self, user: str) -> list[str]:
        """Takes the person's last step on a page back; returns the photos it was about."""
        with self._lock:
            steps = self.catalog.runs.standing(user, note_end=_PLACE)
            if not steps:
                return []
            keys = self.catalog.gallery.decided_in(steps[0].id)
            self.catalog.runs.undo_decisions(steps[0].id)
        self._listings.changed()
        return keys
