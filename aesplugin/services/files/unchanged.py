"""Whether a file is still the photo that was scored, so that results never go to another.

Size and time tell it cheaply, but two photos of one camera may share both and change names. So the
inode and its change time are compared as well: any renaming, copying over and writing shows in one
of them. They also change where nothing happened to the photo (rights, a restored backup, a network
drive mounted anew): what they raise is a doubt, and the content decides. On Windows the time is the
one of making: it raises a doubt as well, but proves nothing, so the content decides more often.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from aesplugin import platform
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, KnownFile
from aesplugin.catalog.sql_helpers import PORTION
from aesplugin.imaging.content import holds_content
from aesplugin.photo import FileStamp
from aesplugin.services.pipeline.ingest import stamp_of

GONE = "was deleted or moved since it was scored"  # in the doubt about such a photo
_COARSE_NS = 10_000_000  # FAT and exFAT, and what has whole seconds
_SHARED_NS = 1_000  # one file's time as another computer sees it: SMB has steps of 100 ns


def with_doubts(
    catalog: Catalog, entries: Iterable[Entry], *, sure: bool = False, expect: bool = False
) -> Iterator[tuple[Entry, str | None]]:
    """Each entry with a photo, and in one line why its file must not be used, else None.

    The catalog's size and time are compared with the file's, at the moment an entry is yielded.
    `sure` goes on to what `other_content` does, with `expect`.
    """
    decoded = (entry for entry in entries if entry.photo is not None)
    while portion := list(islice(decoded, PORTION)):
        # The state is not asked, so any revision will do.
        known = catalog.known_files("", paths=[entry.path for entry in portion])
        for entry in portion:
            found = known.get(entry.path)
            doubt = _doubt(entry, found)
            if sure and found is not None and doubt is None:
                doubt = _other_content(catalog, entry, found, expect=expect)
            yield entry, doubt


def other_content(catalog: Catalog, entry: Entry, *, expect: bool = False) -> str | None:
    """In one line that the file holds another photo than the entry's, else None.

    The file is read where its inode does not prove that nothing was done to it. With `expect`
    another content waits to be decoded: of that the next run need not see any sign.
    """
    known = catalog.known_files("", paths=[entry.path]).get(entry.path)
    if known is None:
        return _changed(entry)
    return _other_content(catalog, entry, known, expect=expect)


def is_another(catalog: Catalog, path: str) -> bool:
    """Whether the file holds another photo than the one the catalog knows by this name.

    False where it is gone, or cannot be read and is of the same size and time: what the catalog
    knows is all there is to know then. Found to be another, it waits to be decoded.
    """
    known, stamp = catalog.known_files("", paths=[path]).get(path), stamp_of(path)
    if known is None or stamp is None:
        return False
    if known.size != stamp.size:
        return True
    is_same_stamp = known.mtime_ns == stamp.mtime_ns
    if is_same_stamp and is_untouched(known, stamp):
        return False
    holds = holds_content(path, known.content_hash)
    if holds is False and is_same_stamp:
        _expect(catalog, path)
    return not is_same_stamp if holds is None else not holds


def _expect(catalog: Catalog, path: str) -> None:
    """Has the next run decode a file of the same size and time, which tell it nothing."""
    if not catalog.read_only:
        catalog.forget_content([path])


def is_touched(known: KnownFile, stamp: FileStamp) -> bool:
    """Whether something was done to a file of the same size and time, or it is another one.

    The inode counts only where the file system keeps change times, too: others number files anew
    with every mount. Of a file that an earlier release read, which kept neither, it is asked
    whether something was done to it since.
    """
    if stamp.changed_ns is None:
        return False
    if known.changed_ns is None:
        seen_at = known.seen_at
        return seen_at is not None and stamp.changed_ns > _nanoseconds(seen_at)
    is_other = bool(known.inode and stamp.inode) and known.inode != stamp.inode
    keeps_changes = not _is_coarse(stamp) and stamp.changed_ns != stamp.mtime_ns
    return not _is_same_time(known, stamp) or (is_other and keeps_changes)


def is_untouched(
    known: KnownFile, stamp: FileStamp, *, keeps_change_time: bool = platform.KEEPS_CHANGE_TIME
) -> bool:
    """Whether the inode proves that it is the file that was read, and nothing was done to it.

    Never on Windows, where no time tells that a file was written and its old time put back.
    """
    return (
        keeps_change_time
        and known.inode == stamp.inode
        and bool(known.inode)
        and _is_same_time(known, stamp)
        and not _is_coarse(stamp)
    )


def _nanoseconds(moment: datetime) -> int:
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1) * 1000


def _is_same_time(known: KnownFile, stamp: FileStamp) -> bool:
    if known.changed_ns is None or stamp.changed_ns is None:
        return False
    return abs(known.changed_ns - stamp.changed_ns) < _SHARED_NS


def _is_coarse(stamp: FileStamp) -> bool:
    """Whether the change time is none, but the time of writing or making once more."""
    return stamp.changed_ns is None or stamp.changed_ns % _COARSE_NS == 0


def _doubt(entry: Entry, known: KnownFile | None) -> str | None:
    stamp = stamp_of(entry.path)
    if stamp is None:
        return f"{entry.path} {GONE}; run: aesplugin score"
    assert entry.photo is not None
    as_read = (stamp.size, stamp.mtime_ns, entry.photo.content_hash)
    if known is None or as_read != (known.size, known.mtime_ns, known.content_hash):
        return _changed(entry)
    return None


def _other_content(catalog: Catalog, entry: Entry, known: KnownFile, *, expect: bool) -> str | None:
    assert entry.photo is not None
    stamp = stamp_of(entry.path)
    if stamp is not None and is_untouched(known, stamp):
        return None
    holds = holds_content(entry.path, entry.photo.content_hash)
    if holds is None:
        return (
            f"{entry.path} cannot be read to check that it is still the photo that was scored;"
            " check its permissions and its drive"
        )
    if holds:
        return None
    if expect:
        _expect(catalog, entry.path)
    return _changed(entry)


def _changed(entry: Entry) -> str:
    return f"{entry.path} has changed since it was scored; run: aesplugin score"
