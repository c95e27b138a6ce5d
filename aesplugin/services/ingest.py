"""Look at files once: examine, store what is seen, and send what the model has not seen to it."""

import logging
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aesplugin.catalog.records import FailedFile, IngestedFile
from aesplugin.errors import PhotoError
from aesplugin.jobs import Job
from aesplugin.photo import MAX_ATTEMPTS, FileStamp, PhotoState
from aesplugin.services.messages import AssessJob, Candidate
from aesplugin.services.parts import Examiner, Parts

if TYPE_CHECKING:
    from aesplugin.imaging.examine import Examination
    from aesplugin.imaging.thumbnails import ThumbnailStore

_log = logging.getLogger(__name__)
_TOGETHER: Final = 8  # photos that go into the catalog in one transaction
_LONGEST_WAIT: Final = 0.25  # seconds that a photo waits for the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of one file; `candidate` is there where the model has to look at it."""

    path: str
    state: PhotoState
    reason: str | None = None
    candidate: Candidate | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file and what was found in it."""

    stamp: FileStamp
    found: "Examination"

    @property
    def content_hash(self) -> str:
        return self.found.photo.content_hash


def stamp_of(path: str) -> FileStamp | None:
    """What tells that the file has not changed; None where it cannot be seen."""
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return None
    return FileStamp.of(path, facts)


def ingest(parts: Parts, stamps: Iterable[FileStamp], examiner: Examiner) -> Iterator[Ingested]:
    """Yields each file when it is in the catalog, in any order; a few go in together.

    A stamp was taken before the file is read, so a change in between shows as a new stamp later.
    """
    stamp_by_path = {stamp.path: stamp for stamp in stamps}
    thumbnails = _Thumbnails(parts.thumbnails)
    waiting: list[_Seen] = []
    since = time.monotonic()
    for path, result in examiner.examine_all(list(stamp_by_path)):
        if isinstance(result, PhotoError):
            _log.warning("no photo: %s", result, extra={"state": result.state})
            yield _record_failure(parts, stamp_by_path[path], result)
            continue
        _log.info("ingested", extra={"photo": result.photo.content_hash})
        thumbnails.add(result)
        since = since if waiting else time.monotonic()
        waiting.append(_Seen(stamp_by_path[path], result))
        if len(waiting) >= _TOGETHER or time.monotonic() - since > _LONGEST_WAIT:
            yield from _record_photos(parts, waiting)
            waiting = []
    yield from _record_photos(parts, waiting)


def dispatch(parts: Parts, items: Iterable[Ingested]) -> Iterator[list[Ingested]]:
    """Sends to the model what has to be looked at, in batches; yields each group when it is sent.

    A file that needs no look is a group of its own, at once. The same content under several
    paths is sent once. One that the model failed at before is sent alone: it may be the culprit
    that took a whole batch with it.
    """
    _ = parts.queue  # made before the first file: it counts what an earlier process was lost at
    batch: dict[str, list[Ingested]] = {}  # content hash → files that show it
    for item in items:
        if item.candidate is None:
            yield [item]
            continue
        if item.candidate.failures:
            yield _send(parts, {item.candidate.rendition.content_hash: [item]})
            continue
        batch.setdefault(item.candidate.rendition.content_hash, []).append(item)
        if len(batch) >= parts.settings.batch_size:
            yield _send(parts, batch)
            batch = {}
    if batch:
        yield _send(parts, batch)


class _Thumbnails:
    """Keeps small pictures where there is room: without one a photo has its score all the same."""

    def __init__(self, store: "ThumbnailStore") -> None:
        self._store = store
        self._is_told = False

    def add(self, found: "Examination") -> None:
        """Keeps the photo's; says once that it cannot."""
        try:
            self._store.add(found.photo.content_hash, found.thumbnail)
        except OSError as error:
            if not self._is_told:
                _log.warning("photos go on without thumbnails, the cache cannot be used: %s", error)
            self._is_told = True


def _record_failure(parts: Parts, stamp: FileStamp, error: PhotoError) -> Ingested:
    state = PhotoState(error.state)
    parts.catalog.record_failures([FailedFile(stamp=stamp, state=state, reason=str(error))])
    return Ingested(path=stamp.path, state=state, reason=str(error))


def _record_photos(parts: Parts, seen: Sequence[_Seen]) -> Iterator[Ingested]:
    if not seen:
        return
    revision = parts.card.revision
    parts.catalog.record_photos(
        [
            IngestedFile(stamp=one.stamp, photo=one.found.photo, attributes=one.found.attributes)
            for one in seen
        ]
    )
    unassessed = parts.catalog.unassessed([one.content_hash for one in seen], revision)
    failures = parts.catalog.attempts_of(unassessed, revision)
    for one in seen:
        if one.content_hash in unassessed:
            yield _for_the_model(one, failures.get(one.content_hash, 0))
        else:  # a copy, or moved
            yield Ingested(path=one.stamp.path, state=PhotoState.ASSESSED)


def _for_the_model(one: _Seen, failures: int) -> Ingested:
    if failures >= MAX_ATTEMPTS:
        reason = f"the model failed at this content {failures} times"
        return Ingested(path=one.stamp.path, state=PhotoState.QUARANTINED, reason=reason)
    candidate = Candidate(one.found.rendition, failures)
    return Ingested(path=one.stamp.path, state=PhotoState.PENDING, candidate=candidate)


def _send(parts: Parts, batch: dict[str, list[Ingested]]) -> list[Ingested]:
    candidates = tuple(candidate for first, *_ in batch.values() if (candidate := first.candidate))
    job = AssessJob(revision=parts.card.revision, photos=candidates)
    parts.queue.send(Job.ASSESS, job.payload())
    return [item for items in batch.values() for item in items]
