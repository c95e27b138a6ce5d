"""Windows into a large catalog: photos filtered, ordered, counted; a page never reads them all."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, or_, select

from aesplugin.catalog.batches import portions
from aesplugin.catalog.engine import Database
from aesplugin.catalog.filters import Filters, Order
from aesplugin.catalog.matching import matching
from aesplugin.catalog.paths import under
from aesplugin.catalog.records import Preference
from aesplugin.catalog.rows import decision_of, preference_of
from aesplugin.catalog.tables import assessments, decisions, exif, files, preferences
from aesplugin.decision import Decision


class Gallery:
    """The catalog's methods behind the review page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def window(
        self, model_revision: str, filters: Filters, order: Order, *, limit: int, offset: int
    ) -> list[str]:
        """Content hashes of one window, in order."""
        with self._database.reading() as connection:
            query = matching(connection, model_revision, filters, order)
            return list(connection.execute(query.limit(limit).offset(offset)).scalars())

    def hashes(
        self,
        model_revision: str,
        filters: Filters,
        order: Order | None = None,
        *,
        homeless: Sequence[str] | None = None,
    ) -> list[str]:
        """Every content hash that matches; in no particular order where None is given."""
        with self._database.reading() as connection:
            query = matching(connection, model_revision, filters, order, homeless=homeless)
            return list(connection.execute(query).scalars())

    def count(
        self, model_revision: str, filters: Filters, *, homeless: Sequence[str] | None = None
    ) -> int:
        """How many photos match."""
        with self._database.reading() as connection:
            found = matching(connection, model_revision, filters, homeless=homeless).subquery()
            return connection.execute(select(func.count()).select_from(found)).scalar_one()

    def homeless(self, model_revision: str) -> list[str]:
        """Photos that the model answered about and that no file holds any more."""
        known = assessments.c.content_hash
        query = select(known).where(
            assessments.c.model_revision == model_revision,
            ~exists().where(files.c.content_hash == known),
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def size(self, model_revision: str) -> int:
        """How many photos the model answered about, readable or not: a quick look for changes."""
        query = select(func.count()).where(assessments.c.model_revision == model_revision)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def mark(self, model_revision: str) -> tuple[int, int]:
        """Changes when photos come or go: how many are answered about, how many files failed."""
        failed = select(func.count()).where(files.c.failure.is_not(None))
        size = self.size(model_revision)
        with self._database.reading() as connection:
            return size, connection.execute(failed).scalar_one()

    def has_files(self) -> bool:
        """Whether any file is known, readable or not."""
        with self._database.reading() as connection:
            return connection.execute(select(files.c.path).limit(1)).first() is not None

    def last_decision(self) -> int:
        """The number of the newest decision of anybody; 0 where there is none."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(decisions.c.id))).scalar() or 0

    def first_paths(self, content_hashes: Sequence[str]) -> dict[str, str]:
        """The first readable file of each photo; a photo without one is left out."""
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for portion in portions(list(content_hashes)):
                query = (  # ordered, for PostgreSQL before 18 knows no least of binary values
                    select(files.c.content_hash, files.c.path)
                    .where(files.c.content_hash.in_(portion), files.c.failure.is_(None))
                    .order_by(files.c.path)
                )
                for content_hash, path in connection.execute(query):
                    found.setdefault(str(content_hash), path)
        return found

    def taken_near(self, content_hashes: Sequence[str], around: timedelta) -> list[str]:
        """Photos taken so near to one of these by the camera's clock, these included."""
        found: dict[str, None] = {}
        with self._database.reading() as connection:
            for portion in portions(list(content_hashes)):
                times = select(exif.c.taken_at).where(exif.c.content_hash.in_(portion))
                for time in {one for one in connection.execute(times).scalars() if one}:
                    near = exif.c.taken_at.between(time - around, time + around)
                    query = select(exif.c.content_hash).where(near)
                    found |= dict.fromkeys(connection.execute(query).scalars())
        return list(found)

    def named_like(self, folder: str, words: Sequence[str]) -> dict[str, str]:
        """Content hash by path of the readable files under a folder that hold one of `words`.

        Letters beyond ASCII are compared as they are; without words all files match.
        """
        said = or_(*(files.c.display.icontains(word, autoescape=True) for word in words))
        query = select(files.c.path, files.c.content_hash).where(
            under(folder), files.c.failure.is_(None), files.c.content_hash.is_not(None)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.where(said) if words else query)
            return {path: str(content_hash) for path, content_hash in rows}

    def decisions_of(self, user: str, content_hashes: Sequence[str]) -> dict[str, Decision]:
        """What `user` decided of these photos: the newest word on each."""
        found: dict[str, Decision] = {}
        with self._database.reading() as connection:
            for portion in portions(list(content_hashes)):
                last = (
                    select(func.max(decisions.c.id))
                    .where(decisions.c.user_name == user, decisions.c.content_hash.in_(portion))
                    .group_by(decisions.c.content_hash)
                )
                rows = connection.execute(select(decisions).where(decisions.c.id.in_(last)))
                found |= {row.content_hash: decision_of(row._mapping) for row in rows}
        return found

    def decided_in(self, run_id: int) -> list[str]:
        """The photos a run decided about."""
        query = select(decisions.c.content_hash).where(decisions.c.run_id == run_id).distinct()
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def preference_of(self, user: str, content_hash: str) -> Preference | None:
        """What `user` said of one photo for the model of their taste."""
        query = select(preferences).where(
            preferences.c.user_name == user, preferences.c.content_hash == content_hash
        )
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else preference_of(row)

    def cameras(self) -> list[str]:
        """Camera models seen, by name."""
        query = select(exif.c.model).where(exif.c.model.is_not(None)).distinct()
        with self._database.reading() as connection:
            return sorted(str(name) for name in connection.execute(query).scalars())

    def folders(self) -> list[str]:
        """Folders that hold readable photos, by name."""
        with self._database.reading() as connection:
            return _folders(connection)

    def scored_at(self, content_hash: str, model_revision: str) -> datetime | None:
        """When the model answered about a photo; aware."""
        query = select(assessments.c.created_at).where(
            assessments.c.content_hash == content_hash,
            assessments.c.model_revision == model_revision,
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()


def _folders(connection: Connection) -> list[str]:
    query = select(files.c.path).where(files.c.failure.is_(None))
    return sorted({os.path.dirname(path) for path in connection.execute(query).scalars()})
