"""What people like: their own words only, never the machine's; several people in one catalog."""

import csv
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, Preference
from aesplugin.decision import Choice
from aesplugin.errors import SidecarError, UsageError
from aesplugin.photo import PhotoState
from aesplugin.services.ratings_file import STARS, BadLine, Scale, read_ratings
from aesplugin.sidecars import atomic
from aesplugin.sidecars.base import SidecarFormat
from aesplugin.sidecars.naming import sidecars_of

_PICK_STARS, _REJECT_STARS = 4, 1  # what a pick or a reject without stars is worth
_UNREADABLE = (PhotoState.MISSING,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What became of a set of words: how many were kept, and one line for each that was not."""

    kept: int
    problems: tuple[str, ...] = ()


class Preferences:
    """The words of one person in one catalog."""

    def __init__(self, catalog: Catalog, user: str) -> None:
        self._catalog = catalog
        self.user = user

    def state(self, photos: Sequence[str], said: Mapping[str, int | bool | None]) -> Learnt:
        """The person says `rating` and/or `favorite` (keys of `said`) of photos, path or hash."""
        rating, favorite = said.get("rating"), said.get("favorite")
        words, problems = [], []
        for photo in dict.fromkeys(photos):
            key = self._key(photo)
            if key is None:
                problems.append(f"{photo} is not in the catalog; add it with: aesplugin score")
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
            key = self._key(row.path, base=file.parent)
            if key is None:
                problems.append(f"{file}, line {row.line}: {row.path} is not in the catalog")
            elif key in words:
                problems.append(f"{file}, line {row.line}: {row.path} was rated before; first kept")
            else:
                words[key] = Preference(content_hash=key, rating=row.rating, source="file")
        self._catalog.people.prefer(self.user, list(words.values()))
        return Learnt(kept=len(words), problems=tuple(problems))

    def from_sidecars(
        self, entries: Iterable[Entry], sidecar: SidecarFormat, *, default_star: bool = True
    ) -> Learnt:
        """The person's own stars and picks in sidecars, else in the photos themselves.

        `default_star`: the single star darktable gives to every import is no judgement.
        """
        words: dict[str, Preference] = {}
        problems: list[str] = []
        for entry in entries:
            if entry.photo is None or entry.photo.content_hash in words:
                continue
            try:
                said = _written(entry, sidecar, default_star=default_star)
            except SidecarError as error:
                problems.append(str(error))
                continue
            if said is not None:
                words[entry.photo.content_hash] = said
        self._catalog.people.prefer(self.user, list(words.values()))
        return Learnt(kept=len(words), problems=tuple(problems))

    def all(self) -> list[Preference]:
        """Everything the person said, decisions made by hand included; the latest first.

        A decision (stars, pick, reject, favourite) counts where no rating was given, unless a
        cull proposed it: the machine never learns from its own proposals.
        """
        said = self._catalog.people.preferences(self.user)
        known = {preference.content_hash for preference in said}
        decided = self._catalog.people.decisions(self.user, by_hand=True)
        return said + [
            word
            for key, decision in decided.items()
            if key not in known
            and (word := _from_marks(key, decision.stars, decision.choice, decision.favorite))
        ]

    def forget(self, photos: Sequence[str] | None = None) -> Learnt:
        """Takes back what was said of these photos, or all of it."""
        if photos is None:
            return Learnt(kept=self._catalog.people.forget(self.user))
        keys = self.keys_of(photos)
        known = [key for key in keys.values() if key is not None]
        return Learnt(
            kept=self._catalog.people.forget(self.user, known),
            problems=tuple(f"{p} is not in the catalog" for p, key in keys.items() if key is None),
        )

    def by_hand(self, photos: Sequence[str] | None = None) -> int:
        """How many of these photos (of all where None) count by a decision made by hand alone.

        `forget` leaves those: a pick or stars are also what the person wants of the photo.
        """
        keys = None if photos is None else set(self.keys_of(photos).values())
        marked = (word.content_hash for word in self.all() if word.source == "marks")
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
        return {photo: self._key(photo) for photo in photos}

    def path_of(self, content_hash: str, model_revision: str) -> str:
        """One file that shows the photo; its hash where there is none."""
        entry = self._catalog.entry(content_hash, model_revision)
        return entry.path if entry and entry.path else content_hash

    def _write(self, words: Sequence[Preference], revision: str, file: TextIO) -> int:
        writer = csv.writer(file)
        writer.writerow(["path", "rating", "favorite", "source"])
        for word in words:
            path = self.path_of(word.content_hash, revision)
            rating = "" if word.rating is None else word.rating
            writer.writerow([path, rating, int(bool(word.favorite)), word.source])
        return len(words)

    def _key(self, photo: str, base: Path | None = None) -> str | None:
        for candidate in _spellings(photo, base):
            entry = self._catalog.entry(candidate, "")
            if entry is not None and entry.photo is not None:
                return entry.photo.content_hash
        return None


def _spellings(photo: str, base: Path | None) -> Iterator[str]:
    if base is not None:
        yield os.path.abspath(base / photo)
    yield os.path.abspath(photo)
    yield photo


def _written(entry: Entry, sidecar: SidecarFormat, *, default_star: bool) -> Preference | None:
    """What the person wrote beside or inside the photo; None where nothing was said."""
    assert entry.photo is not None
    for path in sidecars_of(entry.path, suffix=sidecar.suffix):
        data, _ = atomic.read(path)
        if data is None:
            continue
        try:
            words = sidecar.read(data, default_star=default_star)
        except SidecarError as error:
            raise SidecarError(f"{path}: {error}") from None
        said = _from_marks(
            entry.photo.content_hash, words.stars, words.choice or Choice.NONE, favorite=False
        )
        if said is not None:
            return said
    inside = entry.photo.exif.rating
    return _from_marks(entry.photo.content_hash, inside, Choice.NONE, favorite=False)


def _from_marks(
    content_hash: str,
    stars: int | None,
    choice: Choice,
    favorite: bool,  # noqa: FBT001
) -> Preference | None:
    """Stars count; without them a pick or a reject does. 0 stars are no judgement."""
    rating: int | None = None
    if stars:
        rating = max(1, stars)  # -1 is a reject
    elif choice is Choice.PICK:
        rating = _PICK_STARS
    elif choice is Choice.REJECT:
        rating = _REJECT_STARS
    if rating is None and not favorite:
        return None
    return Preference(
        content_hash=content_hash, rating=rating, favorite=favorite or None, source="marks"
    )
