"""What a person does on the review page: look through windows, decide, take back."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Order
from aesplugin.catalog.records import Entry, Preference, RunKind
from aesplugin.decision import Choice, Decision
from aesplugin.errors import UsageError
from aesplugin.services.listings import Listings

_NOTE = "page"
_REMEMBERED = 1000  # steps a person can take back without the catalog's help


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a person changes; None leaves it as it is. `stars` 0 takes the stars away."""

    choice: Choice | None = None
    stars: int | None = None
    favorite: bool | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    run_id: int
    before: tuple[tuple[str, Preference | None], ...]


class Review:
    """The page's verbs on one catalog, for any number of people at once."""

    def __init__(self, catalog: Catalog, model_revision: str, taste: Taste | None = None) -> None:
        self.catalog = catalog
        self.revision = model_revision
        self._taste = taste or NoTaste()
        self._steps: dict[str, list[_Step]] = defaultdict(list)
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

    def mark(self, user: str, content_hashes: Sequence[str], mark: Mark) -> dict[str, Decision]:
        """A person's word on photos, as one step that `undo` takes back; returns what stands.

        Stars and favourites teach the model of the person's taste at once.

        Raises:
            UsageError: no usable name, or stars outside 0..5.
            CatalogError: a photo is not in the catalog.
        """
        keys = list(dict.fromkeys(content_hashes))
        if mark.stars is not None and not 0 <= mark.stars <= 5:
            raise UsageError(f"{mark.stars} stars are not within 0..5")
        standing = self.catalog.gallery.decisions_of(user, keys)
        made = [_changed(standing.get(key), key, user, mark) for key in keys]
        if any(_said(standing.get(new.content_hash)) != _said(new) for new in made):
            before = tuple((key, self.catalog.gallery.preference_of(user, key)) for key in keys)
            run_id = self.catalog.runs.begin(RunKind.DECIDE, f"{_NOTE}:{user}")
            self.catalog.people.decide(made, run_id=run_id)
            self.catalog.runs.finish(run_id)
            self._listings.changed()
            for key in keys:
                self._teach(user, key, mark)
            with self._lock:
                self._steps[user] = [*self._steps[user][1 - _REMEMBERED :], _Step(run_id, before)]
        return dict(zip(keys, made, strict=True))

    def personal_scores(self, user: str) -> Mapping[str, float]:
        """The person's own scores by content hash; empty where nothing is known of them."""
        return self._taste.scores(user)

    def remember(self, user: str, run_id: int, content_hashes: Sequence[str]) -> None:
        """Makes another service's run of decisions the step that `undo` takes back next."""
        gallery = self.catalog.gallery
        before = tuple((key, gallery.preference_of(user, key)) for key in content_hashes)
        self._listings.changed()
        with self._lock:
            self._steps[user] = [*self._steps[user][1 - _REMEMBERED :], _Step(run_id, before)]

    def undo(self, user: str) -> list[str]:
        """Takes the person's last step on the page back; returns the photos it was about."""
        with self._lock:
            step = self._steps[user].pop() if self._steps[user] else None
        if step is None:
            return self._undo_from_catalog(user)
        self.catalog.runs.undo_decisions(step.run_id)
        self._listings.changed()
        for key, preference in step.before:
            self.catalog.people.forget(user, [key])
            if preference is not None:
                self.catalog.people.prefer(user, [preference])
        return [key for key, _ in step.before]

    def _undo_from_catalog(self, user: str) -> list[str]:
        """After a restart: the newest run of this person that still stands."""
        runs = self.catalog.runs.latest(RunKind.DECIDE, 200)
        mine = [r for r in runs if r.note == f"{_NOTE}:{user}" and r.undone_at is None]
        if not mine:
            return []
        keys = self.catalog.gallery.decided_in(mine[0].id)
        self.catalog.runs.undo_decisions(mine[0].id)
        self._listings.changed()
        standing = self.catalog.gallery.decisions_of(user, keys)
        for key in keys:
            found = standing.get(key)
            stars, favorite = (found.stars, found.favorite) if found else (None, False)
            self._teach(user, key, Mark(stars=stars or 0, favorite=favorite))
        return keys

    def _teach(self, user: str, content_hash: str, mark: Mark) -> None:
        """Stars and favourites are examples of the person's taste, from this moment on."""
        if mark.stars is None and mark.favorite is None:
            return
        old = self.catalog.gallery.preference_of(user, content_hash)
        rating, favorite = (old.rating, old.favorite) if old else (None, None)
        said = Preference(
            content_hash=content_hash,
            rating=rating if mark.stars is None else mark.stars or None,
            favorite=favorite if mark.favorite is None else mark.favorite or None,
            source=_NOTE,
        )
        self.catalog.people.forget(user, [content_hash])
        if said.rating or said.favorite:
            self.catalog.people.prefer(user, [said])


def _changed(standing: Decision | None, key: str, user: str, mark: Mark) -> Decision:
    old = standing or Decision(content_hash=key, user=user)
    return replace(
        old,
        choice=old.choice if mark.choice is None else mark.choice,
        stars=old.stars if mark.stars is None else (mark.stars or None),
        favorite=old.favorite if mark.favorite is None else mark.favorite,
        decided_at=None,
    )


def _said(decision: Decision | None) -> tuple[Choice, int | None, bool]:
    if decision is None:
        return (Choice.NONE, None, False)
    return (decision.choice, decision.stars, decision.favorite)
