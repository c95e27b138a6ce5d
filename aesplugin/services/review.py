"""What a person does on the review page: look through windows, decide, take back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Order
from aesplugin.catalog.records import Entry, History, StepName, Turn
from aesplugin.decision import Choice, Decision, Proposal, Word
from aesplugin.errors import UsageError
from aesplugin.services.companions import with_companions
from aesplugin.services.decide import accept, decide, place_of
from aesplugin.services.liking import is_loved
from aesplugin.services.listings import Listings
from aesplugin.services.turns import made_again, taken_back
from aesplugin.services.unchanged import with_doubts

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
    """One photo of a window; `personal` is None where nothing is known of the person's taste.

    `doubt` says why its file is no longer the photo that was scored: it is gone, or has changed.
    """

    entry: Entry
    content_hash: str
    decision: Decision | None
    personal: float | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the gallery: photos `offset` and following of `total`."""

    total: int
    offset: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A proposal as it was shown: the photo, and the files that share its fate."""

    photos: tuple[str, ...]
    choice: Choice


@dataclass(frozen=True, slots=True)
class Told:
    """What an undo or redo did, in one line, and what stands of its photos."""

    line: str
    decisions: Mapping[str, Decision]


def _contradicts(said: Decision | None, proposed: Choice) -> bool:
    """Whether a person's own word keeps a proposal away."""
    if said is None:
        return False
    is_kept = is_loved(stars=said.stars, favorite=said.favorite) and proposed is Choice.REJECT
    return is_kept or said.choice is not Choice.NONE


class Review:
    """The page's verbs on one catalog, for any number of people at once."""

    def __init__(self, catalog: Catalog, model_revision: str, taste: Taste | None = None) -> None:
        self.catalog = catalog
        self.revision = model_revision
        self._taste = taste or NoTaste()
        self._listings = Listings(catalog, model_revision)

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
        found = self.catalog.entries(self.revision, paths=list(paths.values()))
        entries = {
            entry.photo.content_hash: (entry, doubt)
            for entry, doubt in with_doubts(self.catalog, found)
            if entry.photo is not None
        }
        decisions = gallery.decisions_of(user, content_hashes) if user else {}
        return [
            Tile(
                entry=entries[key][0],
                content_hash=key,
                decision=decisions.get(key),
                personal=personal.get(key),
                doubt=entries[key][1],
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
            raise UsageError(
                f"photo {content_hash} is not in the catalog, or no file holds it any more"
            )
        return found[0]

    def mark(
        self, user: str, content_hashes: Sequence[str], word: Word, *, step: str | None = None
    ) -> dict[str, Decision]:
        """A person's word on photos, as one step that `undo` takes back; returns what stands.

        Picked and rejected are all files of an exposure (see `with_companions`). Stars and
        favourites teach the model of the person's taste at once: it reads decisions. A `step` is
        the page's own id: sent again, it changes nothing; so below.

        Raises:
            UsageError: no usable name, or stars outside 0..5.
            UnknownPhoto: a photo is not in the catalog.
        """
        if word.choice is not None:
            content_hashes = with_companions(self.catalog, content_hashes)
        if decide(self.catalog, user, content_hashes, word, place=_PLACE, step=step) is not None:
            self._listings.changed()
        return self.standing(user, content_hashes)

    def accept(
        self, user: str, units: Sequence[Unit], *, where: str = "", step: str | None = None
    ) -> dict[str, Decision]:
        """The person accepts these proposals and no others, as one step; returns what stands.

        A unit of which they decided a file meanwhile keeps their word; so does one to reject of
        which they love a file (see `is_loved`). `where` is told by `undo`.

        Raises:
            UsageError: no usable name.
            UnknownPhoto: a photo is not in the catalog.
        """
        keys = [key for unit in units for key in unit.photos]
        standing = self.catalog.gallery.decisions_of(user, keys)
        proposals = [
            Proposal(content_hash=key, choice=unit.choice, reason="accepted on the page")
            for unit in units
            if not any(_contradicts(standing.get(key), unit.choice) for key in unit.photos)
            for key in unit.photos
        ]
        if accept(self.catalog, user, proposals, place=where + _PLACE, step=step) is not None:
            self._listings.changed()
        return self.standing(user, keys)

    def personal_scores(self, user: str) -> Mapping[str, float]:
        """The person's own scores by content hash; empty where nothing is known of them."""
        return self._taste.scores(user)

    def history(self, user: str) -> History:
        """The person's steps on pages, as `of` names them below."""
        return self.catalog.runs.history(user, note_end=_PLACE)

    def undo(
        self, user: str, *, step: str | None = None, of: Sequence[StepName] | None = None
    ) -> Told:
        """Takes the person's last step on a page back; with `of` that one and no other.

        `of` begins with the last step; where it stored nothing the next one is meant.
        """
        turn = self.catalog.runs.undo_last(user, note_end=_PLACE, step=step, of=of)
        return self._told(turn, user, taken_back) if turn else Told("Nothing to undo", {})

    def redo(
        self, user: str, *, step: str | None = None, of: Sequence[StepName] | None = None
    ) -> Told:
        """Makes again what was taken back last, if nothing was said since; `of` as above."""
        turn = self.catalog.runs.redo_last(user, note_end=_PLACE, step=step, of=of)
        return self._told(turn, user, made_again) if turn else Told("Nothing to redo", {})

    def _told(self, turn: Turn, user: str, line: Callable[..., str]) -> Told:
        self._listings.changed()
        keys = list({**turn.before, **turn.after})
        paths = self.catalog.gallery.first_paths(keys) if len(keys) == 1 else {}
        names = {key: PurePath(path).name for key, path in paths.items()}
        place = place_of(turn.run, user).removesuffix(_PLACE)
        stands = {k: turn.after.get(k, Decision(content_hash=k, user=user)) for k in keys}
        return Told(line(turn, names, place), stands)

    def standing(self, user: str, content_hashes: Sequence[str]) -> dict[str, Decision]:
        """What stands of each of these photos; nothing said is a decision that says nothing."""
        found = self.catalog.gallery.decisions_of(user, content_hashes)
        return {
            key: found.get(key, Decision(content_hash=key, user=user)) for key in content_hashes
        }
