"""The message after an undo or redo: "3 picks, 4 rejects in the burst of 8 undone"."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from types import MappingProxyType
from typing import Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Order, Sorting
from aesplugin.catalog.records import Entry, History, RunKind, StepName, Turn
from aesplugin.decision import Choice, Decision, Proposal, Word
from aesplugin.errors import UsageError
from aesplugin.services.decide import accept, decide, keep, place_of, regroup
from aesplugin.services.files.companions import with_companions
from aesplugin.services.files.unchanged import with_doubts
from aesplugin.services.find import Finder, with_words
from aesplugin.services.groups.by_hand import Change
from aesplugin.services.listings import Listings
from aesplugin.services.personal.merge_ratings import is_loved
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.sharing.choices import Choices, Reading, store

_CHOICES = {
    Choice.PICK: ("pick", "picks"),
    Choice.REJECT: ("reject", "rejects"),
    Choice.NONE: ("cleared decision", "cleared decisions"),
}
_RATED = ("star rating", "star ratings")
_UNRATED = ("removed star rating", "removed star ratings")
_LOVED = ("favourite", "favourites")
_UNLOVED = ("removed favourite", "removed favourites")
_ORDER = (*_CHOICES.values(), _RATED, _UNRATED, _LOVED, _UNLOVED)  # in which they are told

Words = tuple[str, str]  # of one, of several


def taken_back(turn: Turn, names: Mapping[str, str], place: str = "") -> str:
    """One line about what was undone; `names` are file names by content hash."""
    return _line(turn, names, turn.after, turn.before, f"{place} undone")


def made_again(turn: Turn, names: Mapping[str, str], place: str = "") -> str:
    """One line about what was redone."""
    return _line(turn, names, turn.before, turn.after, f"{place} redone")


def _line(
    turn: Turn,
    names: Mapping[str, str],
    without: Mapping[str, Decision],
    given: Mapping[str, Decision],
    ending: str,
) -> str:
    if turn.run.kind is RunKind.GROUP:
        return f"{turn.run.note.partition(', ')[0]}{ending}"
    keys = {**without, **given}
    counted = Counter(words for key in keys for words in _changes(without.get(key), given.get(key)))
    if not counted:
        return f"Step {turn.run.id}{ending}"
    told = sorted(counted.items(), key=lambda item: _ORDER.index(item[0]))
    photos = [key for key in keys if [*_changes(without.get(key), given.get(key))]]
    if len(photos) == 1:
        parts = ", ".join(one for (one, _), _ in told)
        named = f" of {names[photos[0]]}" if photos[0] in names else ""
        return f"{parts[0].upper()}{parts[1:]}{named}{ending}"
    parts = ", ".join(f"{n} {one if n == 1 else more}" for (one, more), n in told)
    return parts + ending


def _changes(without: Decision | None, given: Decision | None) -> Iterator[Words]:
    """What the step changed for one photo."""
    old = without or Decision(content_hash="", user="")
    new = given or Decision(content_hash="", user="")
    if new.choice is not old.choice:
        yield _CHOICES[new.choice]
    if new.stars != old.stars:
        yield _RATED if new.stars else _UNRATED
    if new.favorite != old.favorite:
        yield _LOVED if new.favorite else _UNLOVED


_PLACE = " on the page"  # ends the notes of the steps that the page takes back


class Taste(Protocol):
    """One person's scores; see `aesplugin.services.personal.prefer`."""

    def scores(self, user: str) -> Mapping[str, float]:
        """Personal score 1..10 by content hash; empty where the person's taste is unknown."""
        ...


class NoTaste:
    """For a page without personal ranking."""

    def scores(self, user: str) -> Mapping[str, float]:
        """Empty for everyone."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One photo of a window; `personal` is None where the person's taste is unknown.

    `doubt` says why its file is no longer the photo that was scored: it is gone, or has changed.
    """

    entry: Entry
    content_hash: str
    decision: Decision | None
    personal: float | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the gallery: the photos from `offset` on, of `total`.

    Where words are searched for, `among` is how many photos match all else, and `note` says what
    was searched for in place of them.
    """

    total: int
    offset: int
    tiles: tuple[Tile, ...]
    among: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A proposal as it was shown: the photo, and the other files of its exposure."""

    photos: tuple[str, ...]
    choice: Choice


@dataclass(frozen=True, slots=True)
class StepReport:
    """What an undo or redo did, in one line, and the resulting decisions."""

    line: str
    decisions: Mapping[str, Decision]


class Review:
    """The page's operations on one catalog, for any number of people at once."""

    def __init__(self, catalog: Catalog, model_revision: str, taste: Taste | None = None) -> None:
        self.catalog = catalog
        self.revision = model_revision
        self._taste = taste or NoTaste()
        self._listings = Listings(catalog, model_revision)
        self._finder = Finder(catalog, model_revision)

    def window(self, filters: Filters, order: Sorting, *, limit: int, offset: int) -> Window:
        """Photos in order; personal order falls back to the score where the taste is unknown.

        Raises:
            UsageError: the words to search for are too many.
        """
        among = self._listings.count(replace(filters, q=None)) if filters.q else None
        filters, note = self._understood(filters)
        personal = self._personal(filters, order)
        place = range(offset, offset + limit)
        total, hashes = self._listings.window(filters, order, personal, place=place)
        tiles = self.tiles(hashes, filters.user, personal=personal)
        return Window(total=total, offset=offset, tiles=tuple(tiles), among=among, note=note)

    def hashes(self, filters: Filters, order: Sorting, *, limit: int, offset: int) -> list[str]:
        """The photos of a window without what is known of them."""
        filters, _ = self._understood(filters)
        place = range(offset, offset + limit)
        return self._listings.window(filters, order, self._personal(filters, order), place=place)[1]

    def days(self, filters: Filters, order: Sorting) -> list[tuple[date | None, int]]:
        """The days of a gallery by time, in its order, each with its number of photos; None, which
        comes last, is for photos without a time. Empty for any other order."""
        if order not in (Order.NEWEST, Order.OLDEST):
            return []
        filters, _ = self._understood(filters)
        found = list(self._listings.days(filters).items())
        if order is Order.NEWEST:
            found.sort(key=lambda item: item[0] or date.min, reverse=True)
        return found

    def places(
        self, filters: Filters, order: Sorting, content_hashes: Collection[str]
    ) -> dict[str, int]:
        """Where each of these photos stands in the order; those that do not match are left out."""
        filters, _ = self._understood(filters)
        wanted = set(content_hashes)
        found = self._listings.hashes(filters, order, self._personal(filters, order))
        return {key: place for place, key in enumerate(found) if key in wanted}

    def _understood(self, filters: Filters) -> tuple[Filters, str | None]:
        """The filters with the words that are meant, and one line where others were typed."""
        if not filters.q:
            return filters, None
        meant = self._finder.meant(filters.q)
        return with_words(filters, meant), meant.note

    def _personal(self, filters: Filters, order: Sorting) -> Mapping[str, float]:
        return self._taste.scores(filters.user) if order is Order.PERSONAL else {}

    def as_of_now(self, filters: Filters) -> Filters:
        """The same, fixed at this moment if the filters depend on decisions."""
        if not filters.needs_decisions or filters.as_of is not None:
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
        """A person's decision about photos, as one step; returns the resulting decisions.

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
        """Accepts exactly these proposals, as one step; returns the resulting decisions.

        What they decided or love stays (see `_undecided`). `where` is part of the message of
        `undo`.

        Raises:
            UsageError: no usable name.
            UnknownPhoto: a photo is not in the catalog.
        """
        keys = [key for unit in units for key in unit.photos]
        proposals = [
            Proposal(content_hash=key, choice=unit.choice, reason="accepted on the page")
            for unit in self._undecided(user, units)
            for key in unit.photos
        ]
        if accept(self.catalog, user, proposals, place=where + _PLACE, step=step) is not None:
            self._listings.changed()
        return self.standing(user, keys)

    def keep(
        self, user: str, units: Sequence[Unit], *, where: str = "", step: str | None = None
    ) -> dict[str, Decision]:
        """Picks some photos by hand and rejects the others, as one step; the resulting decisions.

        A pick holds whatever was decided before; what they decided or love is not rejected (see
        `_undecided`).

        Raises:
            UsageError: no usable name.
            UnknownPhoto: a photo is not in the catalog.
        """
        keys = [key for unit in units for key in unit.photos]
        picks = [key for unit in units if unit.choice is Choice.PICK for key in unit.photos]
        rejects = [
            key
            for unit in self._undecided(user, units)
            if unit.choice is Choice.REJECT
            for key in unit.photos
        ]
        if keep(self.catalog, user, picks, rejects, place=where + _PLACE, step=step) is not None:
            self._listings.changed()
        return self.standing(user, keys)

    def regroup(
        self, user: str, change: Change, *, where: str = "", step: str | None = None
    ) -> None:
        """Stores which photos are one group, for everybody, as one step of this person.

        Raises:
            UsageError: no usable name.
            UnknownPhoto: a photo is not in the catalog.
        """
        regroup(self.catalog, user, change, place=where + _PLACE, step=step)

    def _undecided(self, user: str, units: Sequence[Unit]) -> list[Unit]:
        """The units of which the person decided no file yet.

        Of the rejects also without those with a file that they love, by stars of the page, of
        `prefer` or of a sidecar, or that is among the picks.
        """
        keys = {key for unit in units for key in unit.photos}
        said = self.catalog.gallery.decisions_of(user, [*keys])
        decided = {key for key, one in said.items() if one.choice is not Choice.NONE}
        spared = {
            *Preferences(self.catalog, user).loved(keys),
            *(k for k, one in said.items() if is_loved(stars=one.stars, favorite=one.favorite)),
            *(key for unit in units if unit.choice is Choice.PICK for key in unit.photos),
        }
        return [
            unit
            for unit in units
            if decided.isdisjoint(unit.photos)
            and (unit.choice is not Choice.REJECT or spared.isdisjoint(unit.photos))
        ]

    def take_choices(self, choices: Choices, user: str | None) -> Reading:
        """Stores what a client chose in a shared gallery, as one step (see `sharing.choices`)."""
        done = store(self.catalog, choices, user, place=_PLACE)
        if done.run is not None:
            self._listings.changed()
        return done

    def personal_scores(self, user: str) -> Mapping[str, float]:
        """The person's scores by content hash; empty where the taste is unknown."""
        return self._taste.scores(user)

    def history(self, user: str) -> History:
        """The person's steps on pages, as `of` names them below."""
        return self.catalog.runs.history(user, note_end=_PLACE)

    def undo(
        self, user: str, *, step: str | None = None, of: Sequence[StepName] | None = None
    ) -> StepReport:
        """Undoes the person's last step on a page; with `of` only that step.

        `of` begins with the last step; where it stored nothing the next one is meant.
        """
        turn = self.catalog.runs.undo_last(user, note_end=_PLACE, step=step, of=of)
        return self._report(turn, user, taken_back) if turn else StepReport("Nothing to undo", {})

    def redo(
        self, user: str, *, step: str | None = None, of: Sequence[StepName] | None = None
    ) -> StepReport:
        """Redoes what was undone last, if nothing was decided since; `of` as above."""
        turn = self.catalog.runs.redo_last(user, note_end=_PLACE, step=step, of=of)
        return self._report(turn, user, made_again) if turn else StepReport("Nothing to redo", {})

    def _report(self, turn: Turn, user: str, line: Callable[..., str]) -> StepReport:
        self._listings.changed()
        keys = list({**turn.before, **turn.after})
        changed = [k for k in keys if [*_changes(turn.before.get(k), turn.after.get(k))]]
        paths = self.catalog.gallery.first_paths(changed) if len(changed) == 1 else {}
        names = {key: PurePath(path).name for key, path in paths.items()}
        place = place_of(turn.run, user).removesuffix(_PLACE)
        stands = {k: turn.after.get(k, Decision(content_hash=k, user=user)) for k in keys}
        return StepReport(line(turn, names, place), stands)

    def standing(self, user: str, content_hashes: Sequence[str]) -> dict[str, Decision]:
        """The current decision about each of these photos; an empty one where there is none."""
        found = self.catalog.gallery.decisions_of(user, content_hashes)
        return {
            key: found.get(key, Decision(content_hash=key, user=user)) for key in content_hashes
        }
