"""Photos by words: what was meant by those typed, and where each stands in a photo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Order, Shown
from aesplugin.catalog.records import Entry
from aesplugin.catalog.search.query import Query, Term, corrected, parse
from aesplugin.catalog.search.texts import facts_of, fields_of, stands_in

_KEPT = 64  # searches whose meaning is remembered
_STATES = (Shown.ASSESSED, Shown.PENDING, Shown.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Meant:
    """What is searched for, and one line where it is not what was typed."""

    query: Query
    note: str | None = None

    @property
    def text(self) -> str:
        """What would have been typed for it."""
        return self.query.text


@dataclass(frozen=True, slots=True)
class Found:
    """A photo, and by term as typed the places where it stands."""

    entry: Entry
    matched: Mapping[str, Sequence[str]]


class Finder:
    """The search of one catalog, for any number of threads."""

    def __init__(self, catalog: Catalog, model_revision: str) -> None:
        self._catalog = catalog
        self._revision = model_revision
        self._meant: dict[tuple[str, int, date], Meant] = {}

    def meant(self, typed: str) -> Meant:
        """The words to search for: the nearest known one in place of one that finds nothing.

        Raises:
            UsageError: too much was typed.
        """
        key = (typed, self._catalog.gallery.size(self._revision), date.today())
        meant = self._meant.get(key)
        if meant is None:
            meant = self._understand(parse(typed), typed)
            if len(self._meant) >= _KEPT:
                self._meant.clear()  # another thread may do so at any moment
            self._meant[key] = meant
        return meant

    def find(
        self, query: Query, *, limit: int, better: Mapping[str, int] | None = None
    ) -> tuple[int, list[Found]]:
        """How many photos match, and the first of them: by match, then score.

        In place of the score counts the lowest number in `better`. Photos without a score come
        last.
        """
        gallery = self._catalog.gallery
        hashes: list[str] = []
        for shown in _STATES:
            asked = Filters(shown=shown, q=query.text, asked=query)
            hashes += gallery.hashes(self._revision, asked, Order.MATCH)
        if better is not None:
            hashes.sort(key=lambda one: better.get(one, len(better)))
        paths = gallery.first_paths(hashes[:limit])
        entries = self._catalog.entries(
            self._revision, paths=[paths[key] for key in hashes[:limit] if key in paths]
        )
        return len(hashes), [Found(entry, matched_in(entry, query)) for entry in entries]

    def size(self) -> int:
        """How many photos can be found."""
        gallery = self._catalog.gallery
        return sum(gallery.count(self._revision, Filters(shown=shown)) for shown in _STATES)

    def _understand(self, query: Query, typed: str) -> Meant:
        if not query.terms:
            return Meant(query, f"nothing to search for in “{typed}”: type letters or digits")
        other: dict[str, str] = {}
        notes = []
        for term in query.wanted:
            if self._catalog.vocabulary.has(self._revision, term):
                continue
            nearest = self._nearest(term)
            if term.word is not None and nearest is not None:
                other[term.word] = nearest
                notes.append(f"no “{term.typed}”: showing “{nearest}”")
            else:
                notes.append(f"no photo has “{term.typed.strip(chr(34))}”")
        return Meant(corrected(query, other), "; ".join(notes) or None)

    def _nearest(self, term: Term) -> str | None:
        """A known word near to the one that was typed, which a photo has."""
        vocabulary = self._catalog.vocabulary
        known = vocabulary.nearest(term.word) if term.word is not None else []
        for word in known:
            if vocabulary.has(self._revision, parse(word).terms[0]):
                return word
        return None


def matched_in(entry: Entry, query: Query) -> dict[str, list[str]]:
    """Where in the photo each thing asked for stands: "name", "date" …"""
    fields = fields_of(facts_of(entry))
    return {
        term.typed: [
            place
            for place, text in fields.items()
            if any(stands_in(phrase, text) for phrase in term.phrases)
        ]
        for term in query.wanted
    }


def with_words(filters: Filters, meant: Meant) -> Filters:
    """The filters with what was meant in place of what was typed."""
    return replace(filters, q=meant.text or filters.q, asked=meant.query)
