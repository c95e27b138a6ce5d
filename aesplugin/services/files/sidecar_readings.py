"""Ratings made in other programs, in sidecars or in the photo, and their time."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, Marks, Preference, Reading
from aesplugin.decision import Choice, Decision
from aesplugin.errors import SidecarError
from aesplugin.services.personal.merge_ratings import MARKS, completed, from_marks
from aesplugin.sidecars import atomic
from aesplugin.sidecars.base import SidecarFormat
from aesplugin.sidecars.naming import sidecars_of

_CLOCK_STEP = timedelta(milliseconds=10)  # a file's time lags behind the clock by as much
_LONG_AGO = datetime.fromtimestamp(0, UTC)


def written_beside(
    catalog: Catalog, entry: Entry, sidecar: SidecarFormat, *, default_star: bool
) -> Decision:
    """Stars and pick of the first sidecar that has any, else the stars in the photo itself.

    `decided_at` is when they were written, as far as the file tells.

    Raises:
        SidecarError: a sidecar cannot be read; its path is named.
    """
    assert entry.photo is not None
    key = entry.photo.content_hash
    for path in sidecars_of(entry.path, suffix=sidecar.suffix):
        data, version = atomic.read(path)
        if data is None or version is None:
            continue
        try:
            words = sidecar.read(data, default_star=default_star)
        except SidecarError as error:
            raise SidecarError(f"{path}: {error}") from None
        choice = words.choice or Choice.NONE
        if words.stars or choice is not Choice.NONE:
            at = written_by_others(catalog, path, version, key)
            return Decision(
                content_hash=key, user="", choice=choice, stars=words.stars, decided_at=at
            )
    stars = entry.photo.exif.rating
    return Decision(content_hash=key, user="", stars=stars, decided_at=_time_of(entry.path))


def says_reject(catalog: Catalog, entry: Entry, sidecar: SidecarFormat) -> bool:
    """Whether a photo, or a copy of it, is rejected in a sidecar or in itself now."""
    for path in entry.paths:
        try:
            at = replace(entry, path=path)
            word = from_marks(written_beside(catalog, at, sidecar, default_star=True))
        except SidecarError:
            continue  # what cannot be read says nothing
        if word and word.choice is Choice.REJECT:
            return True
    return False


class Readings:
    """Ratings read earlier from a person's sidecars: the same rating read again is no newer."""

    def __init__(self, catalog: Catalog, user: str) -> None:
        self._catalog, self._user = catalog, user
        self._last = catalog.people.readings(user)
        self._new: dict[str, Reading] = {}
        self._silent: dict[str, set[str]] = {}  # paths, by the hash of what is there

    def word(self, written: Decision) -> Preference | None:
        """The rating written there, no newer than when the same was read before."""
        word, last = from_marks(written), self._last.get(written.content_hash)
        if word and last and last.rating == word.rating:
            return replace(word, stated_at=last.written_at)
        return word

    def is_news(self, key: str, word: Preference | None) -> bool:
        """Whether this was not read from there before."""
        last = self._last.get(key)
        return (word.rating if word else None) != (last.rating if last else None)

    def note(self, entry: Entry, written: Decision, word: Preference | None) -> None:
        """Takes what is read now; of several copies the first that says anything.

        That nothing is said any more is known only of a photo that is there, with all its copies.
        """
        key = written.content_hash
        if word is None and os.path.exists(entry.path):
            self._silent.setdefault(key, set()).add(entry.path)
        if not self.is_news(key, word):
            return
        at = (word and word.stated_at) or written.decided_at or datetime.now(UTC)
        if word:
            self._new.setdefault(key, Reading(content_hash=key, rating=word.rating, written_at=at))
        elif self.is_silent(entry):
            self._new[key] = Reading(content_hash=key, rating=None, written_at=at)

    def is_silent(self, entry: Entry) -> bool:
        """Whether all copies of the photo were read, and none says anything."""
        assert entry.photo is not None
        return self._silent.get(entry.photo.content_hash, set()).issuperset(entry.paths)

    def keep(self) -> None:
        """Stores what was read."""
        if self._new:
            self._catalog.people.note_readings(self._user, list(self._new.values()))


def later_of(
    word: Preference, written: Decision, before: Preference | None, marks: Marks | None
) -> Preference | None:
    """`word` where it counts, else None: the person's rating here is later, or says more.

    Stars stand against stars and ratings, a pick or a reject against a pick, a reject or a decision
    for neither only.
    """
    own: list[datetime | None] = []
    if before and before.rating and before.source != MARKS and before.choice is None:
        own.append(before.stated_at)
    if marks and marks.decision.stars:
        own.append(marks.starred_at)
    has_stars = (written.stars or 0) > 0
    if own and not has_stars:
        return None
    if not has_stars and marks and marks.chosen_at:
        own.append(marks.chosen_at)
    latest = max((one for one in own if one), default=_LONG_AGO)
    stated_at = word.stated_at or _LONG_AGO
    return None if own and stated_at <= latest else word


def older_of(word: Preference, written: Decision, before: Preference | None) -> Preference | None:
    """What is kept of a `word` that does not count now, for when the person's later one is undone.

    Of a pick or reject only what an earlier release left out of the same rating.
    """
    if (written.stars or 0) > 0 and (before is None or before.source == MARKS):
        return word
    return completed(before, word)


def written_by_others(
    catalog: Catalog, path: str, version: atomic.Version | None, content_hash: str | None
) -> datetime | None:
    """When others wrote a photo's sidecar last: its time, but not that of our own writing.

    None where it does not exist.
    """
    if version is None:
        return None
    ours = catalog.runs.last_to_write(path, version.sha256, content_hash)
    return _moment(version.mtime_ns, path) if ours is None else ours.found_at or _LONG_AGO


def _time_of(path: str) -> datetime:
    try:
        return _moment(os.stat(path).st_mtime_ns, path)
    except OSError:
        return _LONG_AGO


def _moment(time_ns: int, path: str) -> datetime:
    """When a file of this time was written at the latest.

    Where the clock it was written by was wrong, its change time tells, which is of this clock.
    """
    if time_ns > time.time_ns():
        try:
            time_ns = os.stat(path).st_ctime_ns
        except OSError:
            time_ns = time.time_ns()
    return _LONG_AGO + timedelta(seconds=min(time_ns, time.time_ns()) / 1e9) + _CLOCK_STEP
