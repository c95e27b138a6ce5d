"""Handlers: what a worker does with each job, whichever queue delivered it.

Every handler may be given the same job twice, and may be stopped at any point: the catalog is
the ledger, and what it does not hold as finished is done again.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from aesplugin.errors import CatalogError, ModelError, QueueError, SettingsError, UsageError
from aesplugin.jobs import Handler, Job, JobData
from aesplugin.photo import MAX_ATTEMPTS, FileStamp, PhotoState
from aesplugin.services.context import Parts
from aesplugin.services.pipeline.assess import Assessed, Outcome, assess
from aesplugin.services.pipeline.inflight_journal import Looks
from aesplugin.services.pipeline.ingest import (
    Ingested,
    dispatch,
    ingest,
    record_failure,
    stamp_of,
)
from aesplugin.services.pipeline.messages import AssessJob, Candidate, IngestJob, RecordJob, batches
from aesplugin.services.pipeline.record import record

_log = logging.getLogger(__name__)
_LONGEST_REASON = 300  # characters, of an unforeseen error
_MOST_SURPRISES = 3 * MAX_ATTEMPTS  # of the model in a row: three photos that had all their chances
_FIRST_BACKOFF = 5.0  # seconds before a failed photo is tried again; doubled each time

Verb = Callable[[Parts, JobData], None]


def ingest_files(parts: Parts, payload: JobData) -> None:
    """Examines files, stores them, and sends what is new to the model."""
    job = IngestJob.of(payload)
    found = {path: stamp_of(path) for path in job.paths}
    stamps = [
        stamp or FileStamp(path=path, size=0, mtime_ns=0)
        for path, stamp in found.items()
        if stamp or not job.watched
    ]
    deadline = time.monotonic() + parts.settings.job_seconds / 2
    done: set[str] = set()
    for group in dispatch(parts, _until(deadline, ingest(parts, stamps, parts.examiner))):
        done.update(item.path for item in group)
    rest = [stamp.path for stamp in stamps if stamp.path not in done]
    if rest:  # slow files: the others must not wait until the time limit ends this worker
        later = IngestJob(paths=tuple(rest), watched=job.watched, losses=job.losses)
        parts.queue.send(Job.INGEST, later)


def assess_photos(parts: Parts, payload: JobData) -> None:
    """Asks the model about a batch and reports; needs neither catalog nor photos.

    A job for another model (left in the queue by an older release; see
    `aesplugin.workers.redelivery` for a worker set up otherwise) is dropped: whoever still wants
    it sends it again.

    Raises:
        ModelError: the model cannot be loaded.
    """
    job = AssessJob.of(payload)
    if job.revision != parts.card.revision:
        _log.error(
            "dropped a job for model revision %s, this worker has %s: give watcher and workers the"
            " same settings `model` and `comments`, and the same release",
            job.revision,
            parts.card.revision,
        )
        return
    for photos in batches(job.photos, parts.settings.batch_size):
        begun = time.monotonic()
        results = assess(parts.model, [photo.rendition for photo in photos])
        _log.info(
            "assessed",
            extra={
                "photos": [result.content_hash for result in results],
                "seconds": round(time.monotonic() - begun, 3),
            },
        )
        _report(parts, photos, [result.outcome for result in results], revision=job.revision)


def record_results(parts: Parts, payload: JobData) -> None:
    """Stores a model's answers."""
    job = RecordJob.of(payload)
    new = record(parts.catalog, job.results, model=job.model, revision=job.revision)
    hashes = [result.content_hash for result in job.results]
    _log.info("recorded", extra={"photos": hashes, "new": new})
    for result in job.results:
        if isinstance(result.outcome, Exception):
            _log.warning(
                "the model failed: %s",
                result.outcome,
                extra={"photo": result.content_hash, "attempt": result.attempt},
            )


def assess_after_loss(
    parts: Parts, payload: JobData, reason: str = "the worker stopped while scoring it"
) -> None:
    """A worker stopped on this batch: each photo is retried alone to find the culprit."""
    job = AssessJob.of(payload)
    lost = ModelError(reason)
    _report(parts, job.photos, [lost] * len(job.photos), revision=job.revision, backoff=0.0)


def ingest_after_loss(
    parts: Parts, payload: JobData, reason: str = "the worker stopped while decoding it"
) -> None:
    """A worker stopped on these files: each is retried alone, at most three times."""
    job = IngestJob.of(payload)
    for path in job.paths:
        if job.losses + 1 < MAX_ATTEMPTS:
            alone = IngestJob(paths=(path,), watched=job.watched, losses=job.losses + 1)
            parts.queue.send(Job.INGEST, alone)
        elif stamp := stamp_of(path):
            full = f"{reason} ({MAX_ATTEMPTS} times)"
            record_failure(parts, stamp, PhotoState.STUCK, full)


HANDLERS: dict[Job, Verb] = {
    Job.INGEST: ingest_files,
    Job.ASSESS: assess_photos,
    Job.RECORD: record_results,
}
AFTER_LOSS: dict[Job, Verb] = {  # for a job whose worker stopped before it was done
    Job.INGEST: ingest_after_loss,
    Job.ASSESS: assess_after_loss,
    Job.RECORD: record_results,
}


NO_MODEL = (ModelError, UsageError, SettingsError)
"""The model cannot be had as it was asked for: no photo's fault, and no photo fares better."""


def go_on_after(error: Exception, parts: Parts, job: Job, payload: JobData) -> None:
    """An unexpected error: as if a worker had stopped, but with the error as the reason."""
    _log.error("%s in job %s", type(error).__name__, job.value, exc_info=error)
    reason = f"unexpected {_in_one_line(error)}"
    if job is Job.ASSESS:
        assess_after_loss(parts, payload, reason)
    elif job is Job.INGEST:
        ingest_after_loss(parts, payload, reason)
    else:
        AFTER_LOSS[job](parts, payload)


class _InThisProcess:
    """Does jobs with one process's parts; an unforeseen error costs its photo only.

    Where the model fails at everything it is not the photos' fault, and no more of them pay.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._surprises = 0  # of the model, since it last answered
        self._unstored: Exception | None = None  # on its way out through the jobs that led to it
        self._looks = Looks(parts.settings.cache / "looks")
        self._count_lost()

    def do(self, job: Job, payload: JobData) -> None:
        """Raises errors that no photo caused: of catalog, queue, model, settings; and bugs."""
        try:
            with self._noted(job, payload):
                HANDLERS[job](self._parts, payload)
        except (CatalogError, QueueError, *NO_MODEL):
            raise
        except Exception as error:  # whatever it was, the photos go on
            if job is Job.RECORD or error is self._unstored:
                self._unstored = error
                raise
            self._check_trust(job, error)
            go_on_after(error, self._parts, job, payload)
        else:
            if job is Job.ASSESS:
                self._surprises = 0

    def _count_lost(self) -> None:
        """One failure for each photo that a process was looking at when it ended."""
        reason = "the process stopped while scoring it"
        for look in self._looks.left_behind():
            for content_hash in look.contents:
                self._parts.catalog.record_model_failure(content_hash, look.revision, reason)

    def _noted(self, job: Job, payload: JobData) -> AbstractContextManager[None]:
        if job is not Job.ASSESS:
            return nullcontext()
        batch = AssessJob.of(payload)
        contents = [photo.rendition.content_hash for photo in batch.photos]
        return self._looks.noted(batch.revision, contents)

    def _check_trust(self, job: Job, error: Exception) -> None:
        if job is Job.ASSESS:
            self._surprises += 1
        if self._surprises > _MOST_SURPRISES:
            raise ModelError(
                f"the model failed {self._surprises} times in a row and is no longer used"
                f" ({_in_one_line(error)}); restart, then try another `device`"
                " or `model`"
            ) from error


def bound_to(parts: Parts) -> dict[Job, Handler]:
    """The handlers with their parts, as `InlineQueue` expects them."""
    here = _InThisProcess(parts)
    return {job: partial(here.do, job) for job in Job}


def _in_one_line(error: Exception) -> str:
    """The error in one line, not too long."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:_LONGEST_REASON].rstrip(" :")


def _until(deadline: float, items: Iterator[Ingested]) -> Iterator[Ingested]:
    """The items that arrive before the deadline, at least one."""
    for item in items:
        yield item
        if time.monotonic() > deadline:
            return


def _report(
    parts: Parts,
    photos: Sequence[Candidate],
    outcomes: Sequence[Outcome],
    *,
    revision: str,
    backoff: float = _FIRST_BACKOFF,
) -> None:
    """Sends the outcomes to the catalog, and failed photos to the model again, one by one."""
    results = tuple(
        Assessed(photo.rendition.content_hash, outcome, photo.failures + 1)
        for photo, outcome in zip(photos, outcomes, strict=True)
    )
    report = RecordJob(model=parts.card.name, revision=revision, results=results)
    parts.queue.send(Job.RECORD, report)
    for photo, outcome in zip(photos, outcomes, strict=True):
        if isinstance(outcome, Exception) and photo.failures + 1 < MAX_ATTEMPTS:
            again = Candidate(photo.rendition, photo.failures + 1)
            job = AssessJob(revision=revision, photos=(again,))
            parts.queue.send(Job.ASSESS, job, delay=backoff * 2**photo.failures)
