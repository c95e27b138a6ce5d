"""Ingest files: examine them, store the result, send new content to the model."""

import logging
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aesplugin import platform
from aesplugin.catalog.records import FailedFile, IngestedFile, KnownFile, ReadFaces
from aesplugin.errors import PhotoError
from aesplugin.imaging.content import holds_content
from aesplugin.jobs import Job
from aesplugin.models.faces import REVISION as READER_REVISION
from aesplugin.photo import MAX_ATTEMPTS, FileStamp, FileStatus, PhotoState
from aesplugin.services.context import Examiner, Parts
from aesplugin.services.pipeline.messages import AssessJob, Candidate

if TYPE_CHECKING:
    from aesplugin.imaging.examine import Examination
    from aesplugin.imaging.renditions import ThumbnailStore

_log = logging.getLogger(__name__)
_TOGETHER: Final = 8  # photos that go into the catalog in one transaction
_LONGEST_WAIT: Final = 0.25  # seconds that a photo waits for the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested(FileStatus):
    """What became of one file; `candidate` is set if the model has to score it."""

    candidate: Candidate | None = None
    kept_despite: str | None = None  # why it could not be decoded again; what it was stands


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file and what was found in it."""

    stamp: FileStamp
    found: "Examination"

    @property
    def content_hash(self) -> str:
        return self.found.photo.content_hash


def stamp_of(path: str) -> FileStamp | None:
    """The stamp by which a change of the file is noticed; None if it cannot be read."""
    try:
        facts = os.stat(platform.as_opened(path))
    except (OSError, ValueError):
        return None
    return FileStamp.of(path, facts)


def ingest(parts: Parts, stamps: Iterable[FileStamp], examiner: Examiner) -> Iterator[Ingested]:
    """Yields each file once it is in the catalog, in any order; a few per transaction.

    A stamp was taken before the file is read, so a change in between shows as a new stamp later.
    """
    stamp_by_path = {stamp.path: stamp for stamp in stamps}
    thumbnails = _Thumbnails(parts.thumbnails)
    waiting: list[_Seen] = []
    since = time.monotonic()
    for path, result in examiner.examine_all(list(stamp_by_path)):
        if isinstance(result, PhotoError):
            _log.warning("cannot be decoded: %s", result, extra={"state": result.state})
            state = PhotoState(result.state)
            yield record_failure(parts, stamp_by_path[path], state, str(result))
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
    """Sends photos to the model in batches; yields each group once it is sent.

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
    """Stores thumbnails while there is space: a photo has its score without one, too."""

    def __init__(self, store: "ThumbnailStore") -> None:
        self._store = store
        self._is_told = False

    def add(self, found: "Examination") -> None:
        """Stores the photo's; warns once if it cannot."""
        try:
            self._store.add(found.photo.content_hash, found.thumbnail)
        except OSError as error:
            if not self._is_told:
                _log.warning("continuing without thumbnails, the cache cannot be used: %s", error)
            self._is_told = True


def record_failure(parts: Parts, stamp: FileStamp, state: PhotoState, reason: str) -> Ingested:
    """Stores that a file could not be decoded, unless the catalog has it decoded as it is now.

    Such a file was examined again for its faces, with other limits perhaps: its score stands.
    """
    if state is not PhotoState.MISSING:
        known = parts.catalog.known_files(parts.card.revision, paths=[stamp.path]).get(stamp.path)
        if known and _is_decoded(known, stamp):
            return Ingested(
                path=stamp.path, state=known.state, reason=known.reason, kept_despite=reason
            )
    parts.catalog.record_failures([FailedFile(stamp=stamp, state=state, reason=reason)])
    return Ingested(path=stamp.path, state=state, reason=reason)


def _is_decoded(known: KnownFile, stamp: FileStamp) -> bool:
    """Whether the model has answered on the content that the file still has."""
    is_same_stamp = (known.size, known.mtime_ns) == (stamp.size, stamp.mtime_ns)
    is_answered = known.state in (PhotoState.ASSESSED, PhotoState.QUARANTINED)
    # one that cannot be read just now keeps its state, as it does in any other run
    return (
        is_answered and is_same_stamp and holds_content(stamp.path, known.content_hash) is not False
    )


def _record_photos(parts: Parts, seen: Sequence[_Seen]) -> Iterator[Ingested]:
    if not seen:
        return
    revision = parts.card.revision
    parts.catalog.record_photos(
        [
            IngestedFile(
                stamp=one.stamp,
                photo=one.found.photo,
                attributes=one.found.attributes,
                faces=_faces(one.found),
            )
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


def _faces(found: "Examination") -> ReadFaces | None:
    if found.faces is None:
        return None
    return ReadFaces(reader_revision=READER_REVISION, faces=found.faces)


def _for_the_model(one: _Seen, failures: int) -> Ingested:
    if failures >= MAX_ATTEMPTS:
        reason = f"the model failed on this photo {failures} times"
        return Ingested(path=one.stamp.path, state=PhotoState.QUARANTINED, reason=reason)
    candidate = Candidate(one.found.rendition, failures)
    return Ingested(path=one.stamp.path, state=PhotoState.PENDING, candidate=candidate)


def _send(parts: Parts, batch: dict[str, list[Ingested]]) -> list[Ingested]:
    candidates = tuple(candidate for first, *_ in batch.values() if (candidate := first.candidate))
    job = AssessJob(revision=parts.card.revision, photos=candidates)
    parts.queue.send(Job.ASSESS, job)
    return [item for items in batch.values() for item in items]
