"""The catalog: every photo, what was measured, what models answered, what people said.

Each method is one short transaction (iterators: one a portion) and may be called from any
thread; a forked process opens its own catalog. All of them raise `CatalogError` where the
database cannot be read or written.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from aesplugin.assessment import Assessment, Attribute
from aesplugin.catalog import assessments, driver_errors, entries, faces, files, upgrade
from aesplugin.catalog.conditions import not_photos
from aesplugin.catalog.embedding_matrix import Views, read_views
from aesplugin.catalog.engine import Database, connect
from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.gallery import Gallery
from aesplugin.catalog.hand_groups import HandGroups
from aesplugin.catalog.people import People
from aesplugin.catalog.records import (
    Entry,
    FailedFile,
    Failure,
    IngestedFile,
    KnownFile,
    PendingFile,
)
from aesplugin.catalog.runs import Runs
from aesplugin.catalog.saved_filters import SavedFilters
from aesplugin.catalog.search.vocabulary import Vocabulary
from aesplugin.errors import CatalogError
from aesplugin.photo import FileStamp, PhotoState

_log = logging.getLogger(__name__)


class Catalog:
    """One catalog, on SQLite or PostgreSQL.

    `people`, `hand_groups`, `runs`, `gallery`, `saved_filters`, `vocabulary` hold more methods.
    """

    def __init__(self, database: Database, *, show_faces: bool = True) -> None:
        self._database = database
        self._shows_faces = show_faces
        self.name = database.name  # the file, or the URL without its password
        self.people = People(database)
        self.hand_groups = HandGroups(database)
        self.runs = Runs(database)
        self.gallery = Gallery(database)
        self.saved_filters = SavedFilters(database)
        self.vocabulary = Vocabulary(database)

    @classmethod
    def open(cls, target: str | Path, *, show_faces: bool = True) -> Self:
        """The catalog at a file path or a database URL, created or upgraded where needed.

        A file that cannot be written is opened to be read, with a warning in the log. Where faces
        are not to be shown, those that it holds are as if nobody had looked.

        Raises:
            NetworkDriveRefused: SQLite on a network file system.
            CatalogTooNew: written by a newer release.
            CatalogDamaged: not a catalog of ours, or corrupt; it is left as it is.
            CatalogError: it cannot be created, reached or written.
        """
        database = connect(target)
        try:
            upgrade.prepare(database)
        except CatalogError:
            database.close()
            raise
        if database.unwritable:
            _log.warning("%s", driver_errors.read_only(database.name, database.unwritable))
        return cls(database, show_faces=show_faces)

    @property
    def file(self) -> Path | None:
        """The file with its folders, where the catalog is one."""
        return self._database.file

    @property
    def read_only(self) -> str | None:
        """In one line that and why nothing can be stored; None where it can."""
        why = self._database.unwritable
        return driver_errors.read_only(self.name, why) if why else None

    def check_writable(self) -> None:
        """Raises CatalogError where nothing can be stored: before work that would be lost."""
        self._database.check_writable()

    def close(self) -> None:
        """Gives the connections back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def known_files(
        self,
        model_revision: str,
        *,
        paths: Collection[str] | None = None,
        under: str | None = None,
    ) -> dict[str, KnownFile]:
        """Every file by path; those marked missing are left out: seen again, they are new.

        With `under` those below that folder. With `paths` only those, missing ones too.
        """
        with self._database.reading() as connection:
            return files.known_files(connection, model_revision, paths=paths, folder=under)

    def copies_of(
        self, content_hashes: Collection[str], *, besides: Collection[str] = ()
    ) -> dict[str, str]:
        """Content by path, of every file with one of these contents that is not missing.

        Those with a path among `besides` are left out.
        """
        with self._database.reading() as connection:
            return files.copies(connection, content_hashes, besides=besides)

    def contents_below(self, folder: str) -> Iterator[tuple[str, str]]:
        """Path and content of the decoded files below a folder that are not missing, by path."""
        after = ""
        while True:
            with self._database.reading() as connection:
                found = files.contents_below(connection, folder, after=after)
            if not found:
                return
            yield from found.items()
            after = next(reversed(found))

    def has_file_in(self, folder: str) -> bool:
        """Whether a file that is not missing lies directly in `folder`."""
        with self._database.reading() as connection:
            return files.has_file_in(connection, folder)

    def folders(self) -> set[str]:
        """Every folder that files were seen in, missing ones too: one look at all paths."""
        with self._database.reading() as connection:
            return files.folders(connection)

    def record_photos(self, items: Sequence[IngestedFile]) -> None:
        """Stores decoded files. Of a photo known before only what was measured changes."""
        with self._database.writing() as connection:
            files.record_photos(connection, items)

    def record_failures(self, items: Sequence[FailedFile]) -> None:
        """Stores files that could not be decoded, and why."""
        with self._database.writing() as connection:
            files.record_failures(connection, items)

    def attributes_of(self, content_hashes: Collection[str]) -> dict[str, dict[str, Attribute]]:
        """The measured attributes by content hash; unknown photos are left out."""
        with self._database.reading() as connection:
            return files.measured_attributes(connection, content_hashes)

    def values_of(
        self, measure: str, content_hashes: Collection[str] | None = None
    ) -> dict[str, float | None]:
        """One measured value by content hash, of these photos (of all where None)."""
        with self._database.reading() as connection:
            return files.measured_values(connection, measure, content_hashes)

    def without_faces(self, content_hashes: Collection[str], reader_revision: str) -> set[str]:
        """Those of `content_hashes` that this revision of the reader has not looked at."""
        with self._database.reading() as connection:
            return faces.without_faces(connection, content_hashes, reader_revision)

    def mark_missing(
        self, paths: Collection[str], *, root: str, max_share: float = 0.5
    ) -> str | None:
        """Marks files under `root` that are gone; their photos and all said of them stay.

        Marks none and returns the reason where more than `max_share` (0..1) of the files known
        under `root` are gone at once: that is an absent drive far more often than a deletion.
        """
        with self._database.writing() as connection:
            return files.mark_missing(connection, paths, root=root, max_share=max_share)

    def retry(self, states: Collection[PhotoState]) -> int:
        """Forgets these failures, so that the next run tries again; returns how many."""
        with self._database.writing() as connection:
            return files.retry(connection, states)

    def expect(self, paths: Collection[str]) -> None:
        """Has those that were missing or could not be read wait to be decoded again.

        So their state tells when they were looked at anew, and a former one is not taken for it.
        """
        with self._database.reading() as connection:
            unavailable = files.unavailable(connection, paths)
        self.forget_content(unavailable)

    def forget_content(self, paths: Collection[str]) -> None:
        """Has these wait to be decoded again: what they were is not what they are."""
        if paths:
            with self._database.writing() as connection:
                files.expect(connection, paths)

    def respell(self, pairs: Mapping[str, str]) -> None:
        """Calls files by the new spellings of their paths, by former: see `FormerSpellings`."""
        if pairs:
            with self._database.writing() as connection:
                files.respell(connection, pairs)

    def stamp_again(self, stamps: Sequence[FileStamp]) -> None:
        """Keeps the stamps of files whose content was found to be what it was."""
        with self._database.writing() as connection:
            files.stamp_again(connection, stamps)

    def stamp_first(self, stamps: Sequence[FileStamp]) -> None:
        """Fills in what an earlier release did not keep, where nothing was done to a file since."""
        with self._database.writing() as connection:
            files.stamp_first(connection, stamps)

    def unassessed(self, content_hashes: Collection[str], model_revision: str) -> set[str]:
        """Those of `content_hashes` the model revision has not answered about."""
        with self._database.reading() as connection:
            return assessments.unassessed(connection, content_hashes, model_revision)

    def pending(self, model_revision: str, limit: int | None = None) -> list[PendingFile]:
        """Files that wait for the model, every content once."""
        with self._database.reading() as connection:
            return assessments.pending(connection, model_revision, limit)

    def record_assessments(self, items: Sequence[Assessment]) -> int:
        """Stores answers; one that is there already wins. Returns how many are new.

        Raises:
            ModelError: a score is not within 1..10; nothing is stored then.
        """
        with self._database.writing() as connection:
            return assessments.record_assessments(connection, items)

    def record_model_failure(
        self, content_hash: str, model_revision: str, reason: str, *, attempt: int | None = None
    ) -> int:
        """Counts a failure in the model; returns how many. The third quarantines the photo.

        `attempt` says which one it was (1, 2, ...), so that one reported twice counts once.
        """
        with self._database.writing() as connection:
            return assessments.record_model_failure(
                connection, content_hash, model_revision, reason, attempt
            )

    def attempts_of(self, content_hashes: Collection[str], model_revision: str) -> dict[str, int]:
        """How often the model failed at each of these photos; those it never did are left out."""
        with self._database.reading() as connection:
            return assessments.attempts_of(connection, content_hashes, model_revision)

    def rate(self, model_revision: str) -> float:
        """Photos assessed a second over the last minute."""
        with self._database.reading() as connection:
            return assessments.rate(connection, model_revision)

    def embeddings(self, model_revision: str, content_hashes: Collection[str]) -> dict[str, bytes]:
        """The model's compact view (float16 bytes) by content hash, where it was kept."""
        with self._database.reading() as connection:
            return assessments.embeddings(connection, model_revision, content_hashes)

    def views(self, model_revision: str, *, under: str | None = None) -> Views:
        """Score and embedding of every assessed photo that has a readable file, in one read."""
        with self._database.reading() as connection:
            return read_views(connection, model_revision, under)

    def rank(
        self,
        model_revision: str,
        *,
        limit: int = 50,
        offset: int = 0,
        under: str | None = None,
        kinds: Kinds = Kinds.ALL,
    ) -> list[Entry]:
        """Photos from the highest score down, each once; `under` keeps to one folder."""
        with self._database.reading() as connection:
            found = entries.rank(
                connection, model_revision, limit=limit, offset=offset, under=under, kinds=kinds
            )
        return list(self._shown(found))

    def not_photos(self, model_revision: str, *, under: str | None = None) -> list[str]:
        """The graphics, documents and scientific images that have a readable file, by hash."""
        with self._database.reading() as connection:
            return not_photos(connection, model_revision, under)

    def entry(self, path_or_hash: str, model_revision: str) -> Entry | None:
        """A file by its absolute path, or a photo by its hash or the first 4 characters or more.

        Raises:
            UsageError: several photos' hashes begin so.
        """
        with self._database.reading() as connection:
            found = entries.entry(connection, path_or_hash, model_revision)
        return next(self._shown([found])) if found else None

    def entries(
        self,
        model_revision: str,
        *,
        paths: Collection[str] | None = None,
        under: str | None = None,
        readable: bool = False,
    ) -> Iterator[Entry]:
        """Files as they are read: `paths` in their order, else all (or all `under` a folder).

        With `readable` without those that are missing or could not be decoded.
        """
        only = entries.readable() if readable else None
        reading = self._database.reading
        if paths is not None:
            return self._shown(entries.entries_of(reading, model_revision, paths, only))
        return self._shown(entries.all_entries(reading, model_revision, under, only))

    def _shown(self, found: Iterable[Entry]) -> Iterator[Entry]:
        if self._shows_faces:
            return iter(found)
        return (replace(entry, faces=None) for entry in found)

    def counts(self, model_revision: str) -> Mapping[PhotoState, int]:
        """How many files stand in each state."""
        with self._database.reading() as connection:
            return entries.counts(connection, model_revision)

    def last_failures(self, model_revision: str, limit: int = 20) -> list[Failure]:
        """Files that failed or are quarantined, the latest first."""
        with self._database.reading() as connection:
            return entries.last_failures(connection, model_revision, limit)
