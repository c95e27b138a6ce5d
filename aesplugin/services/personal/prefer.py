"""People's ratings: only their own, never proposals; several people in one catalog."""

import csv
import os
import shlex
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, Marks, Preference
from aesplugin.decision import Choice, Decision
from aesplugin.errors import SidecarError, UsageError
from aesplugin.services.files.sidecar_readings import Readings, later_of, older_of, written_beside
from aesplugin.services.files.unchanged import is_another
from aesplugin.services.personal.merge_ratings import (
    MARKS,
    is_loved,
    is_statement,
    latest_first,
    taken_back,
    together,
)
from aesplugin.services.personal.ratings_file import STARS, BadLine, Scale, read_ratings
from aesplugin.sidecars.base import SidecarFormat
from aesplugin.spellings import as_listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """The result for a set of ratings: how many were stored, one line for each that was not."""

    kept: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Another:
    """A file whose content changed since it was scored: a rating of it would be ambiguous."""

    path: str

    @property
    def reason(self) -> str:
        """In one line, with the way out."""
        at = shlex.quote(self.path)
        return f"{self.path} is no longer the photo that was scored; run: aesplugin score {at}"


class Preferences:
    """The ratings of one person in one catalog."""

    def __init__(self, catalog: Catalog, user: str) -> None:
        self._catalog = catalog
        self.user = user

    def state(self, photos: Sequence[str], stated: Mapping[str, int | bool | None]) -> Learnt:
        """Stores `rating` and/or `favorite` (keys of `stated`) for photos, by path or hash."""
        rating, favorite = stated.get("rating"), stated.get("favorite")
        words, problems = [], []
        for photo, key in self.named(photos).items():
            if key is None:
                problems.append(f"{photo} is not in the catalog; add it with: aesplugin score")
            elif isinstance(key, Another):
                problems.append(key.reason)
            else:
                words.append(
                    Preference(
                        content_hash=key,
                        rating=None if rating is None else int(rating),
                        favorite=None if favorite is None else bool(favorite),
                    )
                )
        self._catalog.people.prefer(self.user, words)
        return Learnt(kept=len(words), problems=tuple(problems))

    def from_file(self, file: Path, scale: Scale = STARS) -> Learnt:
        """Ratings from a CSV file; relative paths start at the file's folder.

        Raises:
            DataError: the file is no such table.
        """
        words: dict[str, Preference] = {}
        problems = []
        for row in read_ratings(file, scale):
            if isinstance(row, BadLine):
                problems.append(f"{file}, line {row.line}: {row.reason}")
                continue
            key = self._named(row.path, base=file.parent)
            if key is None:
                problems.append(f"{file}, line {row.line}: {row.path} is not in the catalog")
            elif isinstance(key, Another):
                problems.append(f"{file}, line {row.line}: {key.reason}")
            elif key in words:
                problems.append(
                    f"{file}, line {row.line}: {row.path} is rated twice; the first rating is used"
                )
            else:
                words[key] = Preference(
                    content_hash=key, rating=row.rating, favorite=row.favorite, source="file"
                )
        self._catalog.people.prefer(self.user, list(words.values()))
        return Learnt(kept=len(words), problems=tuple(problems))

    def from_sidecars(
        self, entries: Iterable[Entry], sidecar: SidecarFormat, *, default_star: bool = True
    ) -> Learnt:
        """The person's own stars and picks in sidecars, else in the photos themselves.

        Of stars written there and a rating or stars given here the later count; a pick or a reject
        counts where there are none, until it is gone from there. The same stars as at the last
        reading are no later than then.
        `default_star`: the single star darktable gives to every import is no judgement.
        """
        words: dict[str, Preference] = {}
        older: dict[str, Preference] = {}  # than the rating here, which may be undone, or gone
        problems: list[str] = []
        stated, marks = self._stated(), self._catalog.people.marks(self.user)
        readings = Readings(self._catalog, self.user)
        for entry in entries:
            if entry.photo is None or entry.photo.content_hash in words:
                continue
            try:
                written = written_beside(self._catalog, entry, sidecar, default_star=default_star)
            except SidecarError as error:
                problems.append(str(error))
                continue
            key = entry.photo.content_hash
            before = stated.get(key)
            word = readings.word(written)
            if readings.is_news(key, word) and is_another(self._catalog, entry.path):
                problems.append(Another(entry.path).reason)
                continue
            readings.note(entry, written, word)
            if word and (later := later_of(word, written, before, marks.get(key))):
                words[key] = later
            elif word and (kept := older_of(word, written, before)):
                older[key] = kept
            elif before and before.choice and readings.is_silent(entry):
                older[key] = taken_back(before)
        self._catalog.people.prefer(self.user, list({**older, **words}.values()))
        readings.keep()
        return Learnt(kept=len(words), problems=tuple(problems))

    def all(self) -> list[Preference]:
        """All the person's ratings, decisions made by hand included; the latest first.

        Of a rating and the stars of a decision the later counts, of favourites too. A pick or a
        reject counts where no stars were given. What a cull proposed never counts: the machine
        does not learn from its own proposals.
        """
        return _latest(self._stated(), self._catalog.people.marks(self.user))

    def stars(self) -> dict[str, int]:
        """The stars they gave, 1..5, and -1 for what they rejected, by content hash.

        Of a rating and the stars of a decision the later counts. A pick gives no stars, and a
        reject that was read counts only where nothing else was chosen, not even by a cull.
        """
        people = self._catalog.people
        stated = self._stated()
        marks, decided = people.marks(self.user), people.decisions(self.user)
        found: dict[str, int] = {}
        for key in {**stated, **decided}:
            own = decided.get(key)
            said = stated.get(key)
            rated = _stars(together(said, marks.get(key))) if _rates(said) else None
            chosen = own.choice if own else Choice.NONE
            if rated == -1 and chosen is not Choice.NONE:
                rated = None
            if chosen is Choice.REJECT:
                found[key] = -1
            elif stars := rated or (own.stars if own else None):
                found[key] = stars
        return found

    def decisions(self) -> dict[str, Decision]:
        """What they decided, with the stars and favourites they gave otherwise, by content hash."""
        found = self._catalog.people.decisions(self.user)
        for key, stars in self.stars().items():
            if stars > 0:
                found[key] = replace(found.get(key) or self._undecided(key), stars=stars)
        for word in self.all():
            if word.favorite:
                key = word.content_hash
                found[key] = replace(found.get(key) or self._undecided(key), favorite=True)
        return found

    def _undecided(self, key: str) -> Decision:
        return Decision(content_hash=key, user=self.user)

    def loved(self, content_hashes: Collection[str] | None = None) -> list[str]:
        """Photos with four or five stars from them, or marked as a favourite; the latest first.

        Of these photos, or of all where None.
        """
        stated = self._stated(content_hashes)
        marks = self._catalog.people.marks(self.user, content_hashes)
        own = (one.decision for one in marks.values())
        starred = {w.content_hash for w in own if is_loved(stars=w.stars, favorite=w.favorite)}
        return [
            word.content_hash
            for word in _latest(stated, marks)
            if word.content_hash in starred
            or (word.content_hash in stated and is_loved(stars=word.rating, favorite=word.favorite))
        ]

    def forget(self, photos: Sequence[str] | None = None) -> Learnt:
        """Deletes the ratings of these photos, or all of them."""
        if photos is None:
            return Learnt(kept=self._catalog.people.forget(self.user))
        found = self.named(photos)
        known = [key for key in found.values() if isinstance(key, str)]
        problems = [
            key.reason if isinstance(key, Another) else f"{photo} is not in the catalog"
            for photo, key in found.items()
            if not isinstance(key, str)
        ]
        return Learnt(kept=self._catalog.people.forget(self.user, known), problems=tuple(problems))

    def by_hand(self, photos: Sequence[str] | None = None) -> int:
        """How many of these photos (of all where None) count by a decision made by hand alone.

        `forget` leaves those: a pick or stars are also what the person wants of the photo.
        """
        keys = None if photos is None else set(self.named(photos).values())
        marked = (word.content_hash for word in self.all() if word.source == MARKS)
        return sum(keys is None or key in keys for key in marked)

    def export(self, model_revision: str, target: Path | None) -> int:
        """Writes path, rating, favorite as CSV (standard output where None); returns how many.

        All that counts is written, decisions made by hand included (source "marks").

        Raises:
            UsageError: the target cannot be written.
        """
        words = self.all()
        if target is None:
            return self._write(words, model_revision, sys.stdout)
        try:
            with target.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
                return self._write(words, model_revision, file)
        except OSError as error:
            raise UsageError(f"{target} cannot be written: {error.strerror}") from None

    def keys_of(self, photos: Sequence[str]) -> dict[str, str | None]:
        """Content hash of each photo named by path or hash; None where the catalog has none."""
        return {photo: self._find(photo)[1] for photo in photos}

    def named(self, photos: Sequence[str]) -> dict[str, str | Another | None]:
        """As `keys_of`, for new ratings: refuses a file whose content changed since."""
        return {photo: self._named(photo) for photo in photos}

    def chosen(self, photos: Sequence[str]) -> list[str]:
        """Content hashes of photos to be decided on, all of them or none.

        Raises:
            UsageError: one is not in the catalog, or its file became another photo since.
        """
        found = self.named(photos)
        for photo, key in found.items():
            if key is None:
                raise UsageError(f"{photo} is not in the catalog; nothing was decided")
            if isinstance(key, Another):
                raise UsageError(f"nothing was decided: {key.reason}")
        return [key for key in found.values() if isinstance(key, str)]

    def path_of(self, content_hash: str, model_revision: str) -> str:
        """One file that shows the photo; its hash where there is none."""
        entry = self._catalog.entry(content_hash, model_revision)
        return entry.path if entry and entry.path else content_hash

    def _stated(self, content_hashes: Collection[str] | None = None) -> dict[str, Preference]:
        found = self._catalog.people.preferences(self.user, content_hashes)
        return {word.content_hash: word for word in found}

    def _write(self, words: Sequence[Preference], revision: str, file: TextIO) -> int:
        writer = csv.writer(file)
        writer.writerow(["path", "rating", "favorite", "source"])
        for word in words:
            path = self.path_of(word.content_hash, revision)
            rating = "" if word.rating is None else word.rating
            writer.writerow([path, rating, int(bool(word.favorite)), word.source])
        return len(words)

    def _named(self, photo: str, base: Path | None = None) -> str | Another | None:
        name, key = self._find(photo, base)
        if key and os.path.isabs(name) and is_another(self._catalog, name):
            return Another(photo)
        return key

    def _find(self, photo: str, base: Path | None = None) -> tuple[str, str | None]:
        """The full path, or the hash, that the catalog knows the photo by, and its hash."""
        for candidate in _spellings(photo, base):
            entry = self._catalog.entry(candidate, "")
            if entry is not None and entry.photo is not None:
                return candidate, entry.photo.content_hash
        return photo, None


def _spellings(photo: str, base: Path | None) -> Iterator[str]:
    place = photo if base is None else base / photo
    yield os.path.abspath(place)
    yield as_listed(os.path.abspath(place))
    yield os.path.realpath(place)
    yield photo  # a hash


def _latest(stated: Mapping[str, Preference], marks: Mapping[str, Marks]) -> list[Preference]:
    """All that tells something of the person's taste, the latest first."""
    words = [together(stated.get(key), marks.get(key)) for key in {**stated, **marks}]
    informative = [word for word in words if is_statement(word) or word.favorite is not None]
    return sorted(informative, key=latest_first)


def _stars(word: Preference) -> int | None:
    """A pick gives none; a reject is -1."""
    if word.choice is None:
        return word.rating
    return -1 if word.choice is Choice.REJECT else None


def _rates(word: Preference | None) -> bool:
    return word is not None and bool(word.rating)
