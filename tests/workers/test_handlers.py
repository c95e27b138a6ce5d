"""Each step of a photo, delivered once, twice, or after its worker was lost."""

import hashlib
import math
from pathlib import Path

import pytest

from aesplugin.errors import DamagedPhoto, ModelError, OutOfMemory
from aesplugin.jobs import Job
from aesplugin.models.base import Answer
from aesplugin.photo import MAX_ATTEMPTS, PhotoState
from aesplugin.services.pipeline.assess import Assessed
from aesplugin.services.pipeline.handlers import AFTER_LOSS, HANDLERS
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.services.pipeline.messages import AssessJob, IngestJob, RecordJob
from aesplugin.services.pipeline.score import InProcess
from tests.workers.fakes import REVISION, FailingModel, FakeParts, HoldingQueue, write_photo


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    return [write_photo(tmp_path / "photos" / f"{n}.jpg", n) for n in range(6)]


def _states(parts: FakeParts) -> dict[PhotoState, int]:
    return {state: n for state, n in parts.catalog.counts(REVISION).items() if n}


def test_three_steps_lead_to_a_score(tmp_path: Path, photos: list[str]) -> None:
    queue = HoldingQueue()
    parts = FakeParts(tmp_path, given_queue=queue)
    HANDLERS[Job.INGEST](parts, IngestJob(paths=tuple(photos)).payload())
    assert [job for job, _ in queue.jobs] == [Job.ASSESS, Job.ASSESS]  # 4 and 2
    assert _states(parts) == {PhotoState.PENDING: 6}
    queue.do(parts)
    assert _states(parts) == {PhotoState.ASSESSED: 6}


def test_a_cache_that_cannot_be_written_costs_the_thumbnails_only(
    tmp_path: Path, photos: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "thumbnails").write_text("a file where the folder would be")
    parts = FakeParts(tmp_path, given_queue=HoldingQueue())
    parts.queue.send(Job.INGEST, IngestJob(paths=tuple(photos)).payload())
    assert isinstance(parts.queue, HoldingQueue)
    parts.queue.do(parts)
    assert _states(parts) == {PhotoState.ASSESSED: 6}
    assert caplog.text.count("without thumbnails") == 1


def test_every_job_done_three_times_changes_nothing(tmp_path: Path, photos: list[str]) -> None:
    once = FakeParts(tmp_path / "once", given_queue=HoldingQueue())
    thrice = FakeParts(tmp_path / "thrice", given_queue=HoldingQueue())
    for parts, times in ((once, 1), (thrice, 3)):
        parts.folder.mkdir()
        parts.queue.send(Job.INGEST, IngestJob(paths=tuple(photos)).payload())
        assert isinstance(parts.queue, HoldingQueue)
        parts.queue.do(parts, times=times)
    ranks = [
        [(e.path, e.assessment.score) for e in parts.catalog.rank(REVISION) if e.assessment]
        for parts in (once, thrice)
    ]
    assert ranks[0] == ranks[1]
    assert len(ranks[0]) == 6


def test_a_photo_the_model_cannot_look_at_is_quarantined_after_three_looks(
    tmp_path: Path, photos: list[str]
) -> None:
    bad = _content(photos[2])
    model = FailingModel(DamagedPhoto("no light in it"), [bad])
    parts = FakeParts(tmp_path, model=model, given_queue=HoldingQueue())
    parts.queue.send(Job.INGEST, IngestJob(paths=tuple(photos)).payload())
    assert isinstance(parts.queue, HoldingQueue)
    parts.queue.do(parts)
    assert _states(parts) == {PhotoState.ASSESSED: 5, PhotoState.QUARANTINED: 1}
    (failure,) = parts.catalog.last_failures(REVISION)
    assert failure.reason == "no light in it"


def _content(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.mark.parametrize("by_queue", [True, False])
def test_in_one_process_an_unforeseen_error_costs_the_culprit_only(
    tmp_path: Path, photos: list[str], by_queue: bool
) -> None:
    bad = _content(photos[2])
    model = FailingModel(ZeroDivisionError("a bug"), [bad])
    parts = FakeParts(tmp_path, model=model)
    if by_queue:  # as `watch` does
        parts.queue.send(Job.INGEST, IngestJob(paths=tuple(photos)).payload())
    else:  # as `score` does
        stamps = [stamp for path in photos if (stamp := stamp_of(path))]
        files = {file.path: file for file in InProcess(parts)(stamps)}
        assert files[photos[2]].reason == "unexpected ZeroDivisionError: a bug"
        assert set(files) == set(photos)
    assert _states(parts) == {PhotoState.ASSESSED: 5, PhotoState.QUARANTINED: 1}
    assert model.looks.count(bad) == MAX_ATTEMPTS
    (failure,) = parts.catalog.last_failures(REVISION)
    assert failure.reason == "unexpected ZeroDivisionError: a bug"


def test_in_one_process_a_model_that_fails_at_everything_stops_before_all_have_paid(
    tmp_path: Path, photos: list[str]
) -> None:
    model = FailingModel(RuntimeError("the GPU is gone"), map(_content, photos))
    parts = FakeParts(tmp_path, model=model, options={"batch_size": 6})
    with pytest.raises(ModelError, match="the GPU is gone"):
        parts.queue.send(Job.INGEST, IngestJob(paths=tuple(photos)).payload())
    states = _states(parts)
    assert states[PhotoState.QUARANTINED] <= 4
    assert states[PhotoState.PENDING] >= 2


def test_a_batch_too_large_for_the_memory_is_halved(tmp_path: Path, photos: list[str]) -> None:
    class Small(FailingModel):
        def assess(self, renditions):  # type: ignore[no-untyped-def]
            if len(renditions) > 1:
                raise OutOfMemory("too large")
            return super().assess(renditions)

    parts = FakeParts(tmp_path, model=Small(OutOfMemory("")), given_queue=HoldingQueue())
    parts.queue.send(Job.INGEST, IngestJob(paths=tuple(photos)).payload())
    assert isinstance(parts.queue, HoldingQueue)
    parts.queue.do(parts)
    assert _states(parts) == {PhotoState.ASSESSED: 6}


def test_an_answer_without_a_true_score_does_not_keep_the_batch_from_the_catalog(
    tmp_path: Path, photos: list[str]
) -> None:
    parts = FakeParts(tmp_path, given_queue=HoldingQueue())
    HANDLERS[Job.INGEST](parts, IngestJob(paths=tuple(photos[:2])).payload())
    good, bad = map(_content, photos[:2])
    results = (Assessed(good, Answer(score=5.0), 1), Assessed(bad, Answer(score=math.nan), 1))
    report = RecordJob(model="fake", revision=REVISION, results=results)  # an older worker's
    for _ in range(2):
        HANDLERS[Job.RECORD](parts, report.payload())
    assert _states(parts) == {PhotoState.ASSESSED: 1, PhotoState.PENDING: 1}
    assert parts.catalog.attempts_of([bad], REVISION) == {bad: 1}


def test_after_a_lost_gpu_worker_each_photo_goes_on_alone(
    tmp_path: Path, photos: list[str]
) -> None:
    queue = HoldingQueue()
    parts = FakeParts(tmp_path, given_queue=queue)
    HANDLERS[Job.INGEST](parts, IngestJob(paths=tuple(photos[:4])).payload())
    (_, batch) = queue.jobs.pop()
    AFTER_LOSS[Job.ASSESS](parts, batch)
    alone = [AssessJob.of(payload) for job, payload in queue.jobs if job is Job.ASSESS]
    assert [len(job.photos) for job in alone] == [1, 1, 1, 1]
    assert {photo.failures for job in alone for photo in job.photos} == {1}
    queue.do(parts)
    assert _states(parts) == {PhotoState.ASSESSED: 4}


def test_the_third_lost_worker_is_the_last(tmp_path: Path, photos: list[str]) -> None:
    queue = HoldingQueue()
    parts = FakeParts(tmp_path, given_queue=queue)
    HANDLERS[Job.INGEST](parts, IngestJob(paths=(photos[0],)).payload())
    for _ in range(3):
        (payload,) = [payload for job, payload in queue.jobs if job is Job.ASSESS]
        queue.jobs = [(job, one) for job, one in queue.jobs if job is not Job.ASSESS]
        AFTER_LOSS[Job.ASSESS](parts, payload)
    assert not [job for job, _ in queue.jobs if job is Job.ASSESS]
    queue.do(parts)
    assert _states(parts) == {PhotoState.QUARANTINED: 1}
    # A copy of it under another name is not given to a model either.
    copy = tmp_path / "photos" / "copy.jpg"
    copy.write_bytes(Path(photos[0]).read_bytes())
    HANDLERS[Job.INGEST](parts, IngestJob(paths=(str(copy),)).payload())
    assert queue.jobs == []
    assert _states(parts) == {PhotoState.QUARANTINED: 2}


def test_a_file_that_takes_ingest_workers_with_it_ends_as_stuck(
    tmp_path: Path, photos: list[str]
) -> None:
    queue = HoldingQueue()
    parts = FakeParts(tmp_path, given_queue=queue)
    payload = IngestJob(paths=(photos[0], photos[1])).payload()
    AFTER_LOSS[Job.INGEST](parts, payload)
    assert [len(IngestJob.of(one).paths) for _, one in queue.jobs] == [1, 1]
    _, second = queue.jobs.pop(0)
    AFTER_LOSS[Job.INGEST](parts, second)
    _, third = queue.jobs.pop()
    AFTER_LOSS[Job.INGEST](parts, third)
    queue.do(parts)
    assert _states(parts) == {PhotoState.STUCK: 1, PhotoState.ASSESSED: 1}


def test_a_scored_file_that_takes_ingest_workers_with_it_keeps_its_score(
    tmp_path: Path, photos: list[str]
) -> None:
    """As one that is examined again for its faces may."""
    parts = FakeParts(tmp_path)
    HANDLERS[Job.INGEST](parts, IngestJob(paths=(photos[0], photos[1])).payload())
    Path(photos[1]).write_bytes(b"another file")
    lost = IngestJob(paths=(photos[0], photos[1]), losses=MAX_ATTEMPTS - 1).payload()
    AFTER_LOSS[Job.INGEST](parts, lost)
    assert _states(parts) == {PhotoState.ASSESSED: 1, PhotoState.STUCK: 1}


def test_a_job_for_another_model_is_dropped_and_said(
    tmp_path: Path, photos: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    queue = HoldingQueue()
    parts = FakeParts(tmp_path, given_queue=queue)
    HANDLERS[Job.ASSESS](parts, AssessJob(revision="other-7", photos=()).payload())
    assert "other-7" in caplog.text
    assert queue.jobs == []


def test_a_watched_file_that_is_gone_again_leaves_no_trace(tmp_path: Path) -> None:
    parts = FakeParts(tmp_path)
    gone = str(tmp_path / "gone.jpg")
    HANDLERS[Job.INGEST](parts, IngestJob(paths=(gone,), watched=True).payload())
    assert _states(parts) == {}
    HANDLERS[Job.INGEST](parts, IngestJob(paths=(gone,)).payload())
    assert _states(parts) == {PhotoState.MISSING: 1}


def test_slow_files_are_put_off_before_the_time_limit(tmp_path: Path, photos: list[str]) -> None:
    queue = HoldingQueue()
    parts = FakeParts(tmp_path, given_queue=queue, options={"job_seconds": 1e-9})
    HANDLERS[Job.INGEST](parts, IngestJob(paths=tuple(photos)).payload())
    later = [IngestJob.of(payload) for job, payload in queue.jobs if job is Job.INGEST]
    assert [len(job.paths) for job in later] == [5]
