"""Whether a file still is the photo that was scored: what is known of one is told of no other."""

from collections.abc import Iterable, Iterator
from itertools import islice

from aesplugin.catalog.batches import PORTION
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, KnownFile
from aesplugin.services.ingest import stamp_of


def with_doubts(catalog: Catalog, entries: Iterable[Entry]) -> Iterator[tuple[Entry, str | None]]:
    """Each entry with a photo, and in one line why nothing may be told of its file, else None.

    The catalog's size and time are compared with the file's, at the moment an entry is yielded.
    """
    decoded = (entry for entry in entries if entry.photo is not None)
    while portion := list(islice(decoded, PORTION)):
        # The state is not asked, so any revision will do.
        known = catalog.known_files("", paths=[entry.path for entry in portion])
        for entry in portion:
            yield entry, _doubt(entry, known.get(entry.path))


def _doubt(entry: Entry, known: KnownFile | None) -> str | None:
    stamp = stamp_of(entry.path)
    if stamp is None:
        return f"{entry.path} is gone since it was scored; run: aesplugin score"
    assert entry.photo is not None
    as_read = (stamp.size, stamp.mtime_ns, entry.photo.content_hash)
    if known is None or as_read != (known.size, known.mtime_ns, known.content_hash):
        return f"{entry.path} has changed since it was scored; run: aesplugin score"
    return None
