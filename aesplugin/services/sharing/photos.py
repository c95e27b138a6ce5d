"""Which photos are shared, in which order: each exposure once."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Shown
from aesplugin.catalog.records import Entry
from aesplugin.paths import name_of
from aesplugin.printable import printable
from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.pairs import pair_up
from aesplugin.services.groups.partition import looks_of

_FILES = 4  # of one exposure at most, among the best


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPhoto:
    """One photo to share; `files` are all that hold it, the one it is named after first."""

    content_hash: str
    files: tuple[str, ...]
    width: int
    height: int
    taken_at: datetime | None
    score: float | None

    @property
    def name(self) -> str:
        """Its file's name as a client may see it, without the folder."""
        return printable(name_of(self.files[0]))


class Selection(NamedTuple):
    """What is shared, and how many other files of the same exposures are not."""

    photos: tuple[SharedPhoto, ...]
    companions: int = 0


def select_files(
    entries: Iterable[Entry], only: Collection[str] | None = None, *, top: int | None = None
) -> Selection:
    """The photos in these files as they were taken; `only` those of these content hashes.

    `top` is the number of photos with the highest scores that are left.
    """
    found: Iterable[_Candidate] = _candidates(
        entry
        for entry in entries
        if entry.photo is not None and (only is None or entry.photo.content_hash in only)
    )
    if top is not None:
        found = heapq.nsmallest(_FILES * top, found, key=_best_first)
    photos, companions = _each_once(list(found))
    if top is not None:
        best = heapq.nsmallest(top, photos, key=lambda one: (-(one.score or 0.0), one.files[0]))
        photos, companions = tuple(best), 0  # those of the chosen ones were not counted
    return Selection(tuple(sorted(photos, key=_as_taken)), companions)


def select_hashes(catalog: Catalog, revision: str, content_hashes: Sequence[str]) -> Selection:
    """The photos of these content hashes in this order; unknown ones are left out."""
    paths = catalog.gallery.first_paths(list(dict.fromkeys(content_hashes)))
    ordered = [paths[key] for key in dict.fromkeys(content_hashes) if key in paths]
    entries = catalog.entries(revision, paths=ordered, readable=True)
    return _each_once(list(_candidates(entries)))


def decided(catalog: Catalog, revision: str, filters: Filters) -> set[str] | None:
    """The photos that a person decided about so, with a score or without; None: no matter how."""
    if not filters.needs_decisions:
        return None
    found: set[str] = set()
    for shown in Shown:
        asked = Filters(
            user=filters.user,
            choice=filters.choice,
            stars=filters.stars,
            favorite=filters.favorite,
            shown=shown,
        )
        found.update(catalog.gallery.hashes(revision, asked))
    return found


class _Candidate(NamedTuple):
    """What is kept of a catalog's file: an entry with all that was measured is ten times larger."""

    frame: Frame
    score: float | None


def _candidates(entries: Iterable[Entry]) -> Iterator[_Candidate]:
    """Each photo once, by its first file."""
    seen: set[str] = set()
    for entry in entries:
        if entry.photo is None or entry.photo.content_hash in seen:
            continue
        seen.add(entry.photo.content_hash)
        score = entry.assessment.score if entry.assessment else None
        yield _Candidate(Frame(path=entry.path, photo=entry.photo, copies=entry.paths), score)


def _each_once(candidates: Sequence[_Candidate]) -> Selection:
    """A RAW beside its JPEG is the same picture to a client."""
    frames = [one.frame for one in candidates]
    heads = pair_up(frames, looks_of(frames, {}))
    shared = [_shared(*one) for one in candidates if one.frame.key in heads]
    return Selection(tuple(shared), len(candidates) - len(shared))


def _shared(frame: Frame, score: float | None) -> SharedPhoto:
    return SharedPhoto(
        content_hash=frame.key,
        files=(frame.path, *(path for path in frame.copies if path != frame.path)),
        width=frame.photo.width,
        height=frame.photo.height,
        taken_at=frame.time,
        score=score,
    )


def _best_first(candidate: _Candidate) -> tuple[float, str]:
    return (-(candidate.score or 0.0), candidate.frame.path)


def _as_taken(photo: SharedPhoto) -> tuple[datetime, str]:
    return (photo.taken_at or datetime.max, photo.files[0])
