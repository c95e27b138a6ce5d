"""What people like: their own words only, never the machine's; several people in one catalog."""

import csv
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, Preference
from aesplugin.decision import Choice, Decision
from aesplugin.errors import SidecarError, UsageError
from aesplugin.services.liking import MARKS, is_loved, latest_first, tells, together
from aesplugin.services.others_words import Readings, later_of, written_beside
from aesplugin.services.ratings_file import STARS, BadLine, Scale, read_ratings
from aesplugin.services.unchanged import is_another
from aesplugin.sidecars.base import SidecarFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What became of a set of words: how many were kept, and one line for each that was not."""

    kept: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Another:
    """A file that the catalog knows as another photo: what is said by its name is of which?"""

    path: str

    @property
    def reason(self) -> str:
        """In one line, with the way out."""
        at = shlex.quote(self.path)
        return f"{self.path} is not the photo that was scored; run: aesplugin score {at}"


class Preferences:
    """The words of one person in one catalog."""

    def __init__(self, catalog: Catalog, user: str) -> None:
        self._catalog = catalog
        self.user = user

    def state(self, photos: Sequence[str], said: Mapping[str, int | bool | None]) -> Learnt:
        """The person says `rating` and/or `favorite` (keys of `said`) of photos, path or hash."""
        rating, favorite = said.get("rating"), said.get("favorite")
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
                problems.append(f"{file}, line {row.line}: {row.path} was rated before; first kept")
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
        counts where there are none. The same stars as at the last reading are no later than then.
        `default_star`: the single star darktable gives to every import is no judgement.
        """
        words: dict[str, Preference] = {}
        older: dict[str, Preference] = {}  # than what was said here; it may be taken back
        problems: list[str] = []
        said, marks = self._said(), self._catalog.people.marks(self.user)
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
            before = said.get(key)
            word = readings.word(written)
            if readings.is_news(key, word) and is_another(self._catalog, entry.path):
                problems.append(Another(entry.path).reason)
                continue
            readings.note(entry, written, word)
            if word and (later := later_of(word, written, before, marks.get(key))):
                words[key] = later
            elif word and (written.stars or 0) > 0 and (before is None or before.source == MARKS):
                older[key] = word
        self._catalog.people.prefer(self.user, list({**older, **words}.values()))
        readings.keep()
        return Learnt(kept=len(words), problems=tuple(problems))

    def all(self) -> list[Preference]:
        """Everything the person said, decisions made by hand included; the latest first.

        Of a rating and the stars of a decision the later counts, of favourites too. A pick or a
        reject counts where no stars were given. What a cull proposed never counts: the machine
        does not learn from its own proposals.
        """
        people = self._catalog.people
        said = self._said()
        marks = people.marks(self.user)
        words = [together(said.get(key), marks.get(key)) for key in {**said, **marks}]
        told = [word for word in words if word.content_hash in said or tells(word)]
        return sorted(told, key=latest_first)

    def stars(self) -> dict[str, int]:
        """The stars they gave, 1..5, and -1 for what they rejected, by content hash.

        Of a rating and the stars of a decision the later counts. A pick gives no stars.
        """
        people = self._catalog.people
        said = self._said()
        marks, decided = people.marks(self.user), people.decisions(self.user)
        found: dict[str, int] = {}
        for key in {**said, **decided}:
            own = decided.get(key)
            rated = together(said[key], marks.get(key)).rating if _rates(said.get(key)) else None
            if own is not None and own.choice is Choice.REJECT:
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

    def loved(self) -> list[str]:
        """Photos they gave four or five stars, or called a favourite; the latest first."""
        people = self._catalog.people
        said = {word.content_hash for word in people.preferences(self.user)}
        own = (marks.decision for marks in people.marks(self.user).values())
        starred = {w.content_hash for w in own if is_loved(stars=w.stars, favorite=w.favorite)}
        return [
            word.content_hash
            for word in self.all()
            if word.content_hash in starred
            or (word.content_hash in said and is_loved(stars=word.rating, favorite=word.favorite))
        ]

    def forget(self, photos: Sequence[str] | None = None) -> Learnt:
        """Takes back what was said of these photos, or all of it."""
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
        """As `keys_of`, for words to be kept: not where a file became another photo since."""
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

    def _said(self) -> dict[str, Preference]:
        return {word.content_hash: word for word in self._catalog.people.preferences(self.user)}

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
    yield os.path.realpath(place)
    yield photo  # a hash


def _rates(word: Preference | None) -> bool:
    return word is not None and bool(word.rating)
