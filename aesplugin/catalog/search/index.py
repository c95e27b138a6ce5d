"""Keeps what is searched right: written in the transaction that changes what it is made of.

A photo has one row without a model, of its names, camera and date, and one for each model's
answer, which holds the answer's words, too. SQLite's word index (FTS5) follows by triggers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, select, text

from aesplugin.catalog.search.texts import SHOWN, TOLD, Facts, fields_of, joined, plain_words
from aesplugin.catalog.sql_helpers import PORTION, portions, replacing, upsert
from aesplugin.catalog.tables import assessments, exif, files, known_words, photos, searchable

NO_MODEL = ""
"""In place of the model revision, of a photo's words that are no model's."""

_WRITERS_LOCK = 0x61657377  # "aesw": on PostgreSQL one writer at a time sees the others' files
_Texts = dict[tuple[str, str], tuple[str, str]]  # shown and told by content and revision


def refresh(connection: Connection, content_hashes: Collection[str]) -> None:
    """Makes anew what is searched of these photos: last in a transaction that changed them."""
    if not content_hashes:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})"))
    for portion in portions(sorted(content_hashes)):
        _refresh(connection, portion)


def refill(connection: Connection) -> None:
    """Makes all of it anew: after an upgrade."""
    connection.execute(delete(searchable))
    connection.execute(delete(known_words))
    after = ""
    query = select(photos.c.content_hash).order_by(photos.c.content_hash).limit(PORTION)
    while keys := list(connection.execute(query.where(photos.c.content_hash > after)).scalars()):
        refresh(connection, keys)
        after = keys[-1]


def held_by(connection: Connection, paths: Iterable[str]) -> set[str]:
    """The contents that these files hold according to the catalog."""
    found: set[str] = set()
    for portion in portions(paths):
        query = select(files.c.content_hash).where(files.c.path.in_(portion))
        found.update(key for key in connection.execute(query).scalars() if key is not None)
    return found


def _refresh(connection: Connection, keys: list[str]) -> None:
    texts = _texts(connection, keys)
    query = select(
        searchable.c.content_hash,
        searchable.c.model_revision,
        searchable.c.shown,
        searchable.c.told,
    ).where(searchable.c.content_hash.in_(keys))
    standing: _Texts = {
        (key, revision): (shown, told) for key, revision, shown, told in connection.execute(query)
    }
    changed = {pair: texts[pair] for pair in texts if standing.get(pair) != texts[pair]}
    rows = [
        {"content_hash": key, "model_revision": revision, "shown": shown, "told": told}
        for (key, revision), (shown, told) in changed.items()
    ]
    upsert(
        connection,
        searchable,
        rows,
        replacing("shown", "told"),
        by=("content_hash", "model_revision"),
    )
    for key, revision in standing.keys() - texts.keys():
        gone = (searchable.c.content_hash == key, searchable.c.model_revision == revision)
        connection.execute(delete(searchable).where(*gone))
    words = set().union(*(plain_words(shown + told) for shown, told in changed.values()))
    upsert(connection, known_words, [{"word": word} for word in words])


def _texts(connection: Connection, keys: list[str]) -> _Texts:
    named = _by_content(
        connection.execute(
            select(files.c.content_hash, files.c.path)
            .where(files.c.content_hash.in_(keys), files.c.failure.is_(None))
            .order_by(files.c.path)
        )
    )
    taken = _by_content(
        connection.execute(
            select(
                exif.c.content_hash, exif.c.taken_at, exif.c.make, exif.c.model, exif.c.lens
            ).where(exif.c.content_hash.in_(keys))
        )
    )
    answers = _by_content(
        connection.execute(
            select(
                assessments.c.content_hash,
                assessments.c.model_revision,
                assessments.c.kind,
                assessments.c.content,
                assessments.c.comment,
                assessments.c.suggestions,
            ).where(assessments.c.content_hash.in_(keys))
        )
    )
    found: _Texts = {}
    for key in keys:
        known = _known(named[key], taken[key])
        found[key, NO_MODEL] = _pair(Facts(**known))
        for _, revision, *answer in answers[key]:
            found[key, revision] = _pair(Facts(**known, **_said(*answer)))
    return found


def _by_content(rows: Iterable[Row[Any]]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _known(named: list[Any], taken: list[Any]) -> dict[str, Any]:
    _, at, *camera = taken[0] if taken else (None, None)
    return {"paths": [path for _, path in named], "taken_at": at, "camera": camera}


def _said(
    kind: str | None, content: Any, comment: str | None, suggestions: list[Any]
) -> dict[str, Any]:
    shows = (kind, content["subject"], *content["keywords"]) if content else (kind,)
    return {
        "shows": shows,
        "comment": comment,
        "advice": [one["flaw"] for one in suggestions],
    }


def _pair(facts: Facts) -> tuple[str, str]:
    fields = fields_of(facts)
    return joined(fields, SHOWN), joined(fields, TOLD)
