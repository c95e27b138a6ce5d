"""What becomes of a job that fails, told by a runner without a broker."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from celery.worker import state

from aesplugin.errors import CatalogError, ModelAway, WeightsMissing
from aesplugin.jobs import Job, Payload
from aesplugin.models.base import AestheticModel
from aesplugin.photo import PhotoState
from aesplugin.services.pipeline.messages import AssessJob, IngestJob
from aesplugin.workers.runtime import Pulse, Runtime
from aesplugin.workers.tasks import JobRunner
from tests.workers.fakes import REVISION, FailingModel, FakeParts, HoldingQueue, write_photo


class Again(Exception):
    """Celery's retry, as far as we use it."""


@dataclass
class Request:
    redelivered: bool = False
    id: str = "job"
    retries: int = 0

    @property
    def delivery_info(self) -> dict[str, Any]:
        return {"redelivered": self.redelivered}


@dataclass
class Task:
    request: Request = field(default_factory=Request)
    countdowns: list[float] = field(default_factory=list)

    def retry(self, *, exc: Exception, countdown: float, max_retries: int | None) -> Exception:
        assert max_retries is None
        self.countdowns.append(countdown)
        return Again(str(exc))


class Bench:
    def __init__(self, tmp_path: Path, model: AestheticModel | None = None) -> None:
        self.queue = HoldingQueue()
        self.parts = FakeParts(tmp_path, given_queue=self.queue)
        if model is not None:
            self.parts.model = model
        self.runtime = Runtime(self.parts.settings)
        self.runtime._parts = self.parts  # type: ignore[assignment]
        import os

        self.runtime._made_in = os.getpid()
        self.runner = JobRunner(self.runtime)

    def run(self, job: Job, payload: Payload, request: Request | None = None) -> Task:
        task = Task(request or Request())
        self.runner.run(task, job, payload)
        return task

    def batch(self, tmp_path: Path, count: int = 2) -> Payload:
        """The assess job of some photos that were ingested."""
        paths = tuple(write_photo(tmp_path / "photos" / f"{n}.jpg", n) for n in range(count))
        self.run(Job.INGEST, IngestJob(paths=paths).payload())
        _, payload = self.queue.jobs.pop()
        return payload

    def states(self) -> dict[PhotoState, int]:
        self.queue.do(self.parts)
        return {s: n for s, n in self.parts.catalog.counts(REVISION).items() if n}


@pytest.fixture(autouse=True)
def _no_shutdown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "should_stop", None)


def test_a_redelivered_job_is_treated_as_lost(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run(Job.ASSESS, bench.batch(tmp_path), Request(redelivered=True))
    jobs = [AssessJob.of(payload) for job, payload in bench.queue.jobs if job is Job.ASSESS]
    assert [len(job.photos) for job in jobs] == [1, 1]
    assert bench.states() == {PhotoState.ASSESSED: 2}


@pytest.mark.parametrize(("retries", "wait"), [(0, 1.0), (3, 8.0), (40, 24.0)])
def test_a_catalog_in_trouble_is_tried_again_with_growing_pauses(
    tmp_path: Path, retries: int, wait: float
) -> None:
    class FullDisk:
        def record_failures(self, _: object) -> None:
            raise CatalogError("the disk is full")

    bench = Bench(tmp_path)
    vars(bench.parts)["catalog"] = FullDisk()
    task = Task(Request(retries=retries))
    payload = IngestJob(paths=(str(tmp_path / "gone.jpg"),)).payload()
    with pytest.raises(Again, match="disk is full"):
        bench.runner.run(task, Job.INGEST, payload)
    assert task.countdowns == [wait]


def test_a_worker_without_its_model_gives_the_job_back_and_ends(tmp_path: Path) -> None:
    model = FailingModel(WeightsMissing("no weights: aesplugin models pull"))
    bench = Bench(tmp_path, model)
    payload = bench.batch(tmp_path)
    model._contents = {photo["content_hash"] for photo in payload["photos"]}
    bench.run(Job.ASSESS, payload)
    assert bench.queue.jobs == [(Job.ASSESS, payload)]
    assert state.should_stop == WeightsMissing.exit_code
    assert bench.parts.catalog.counts(REVISION)[PhotoState.PENDING] == 2


def test_a_model_that_is_away_is_waited_for_and_costs_no_photo(tmp_path: Path) -> None:
    model = FailingModel(ModelAway("the server does not answer: start it"))
    bench = Bench(tmp_path, model)
    payload = bench.batch(tmp_path)
    model._contents = {photo["content_hash"] for photo in payload["photos"]}
    task = Task(Request(retries=3))
    with pytest.raises(Again, match="does not answer"):
        bench.runner.run(task, Job.ASSESS, payload)
    assert task.countdowns == [8.0]
    assert state.should_stop is None and bench.queue.jobs == []
    assert bench.parts.catalog.counts(REVISION)[PhotoState.PENDING] == 2
    model._contents = set()
    bench.run(Job.ASSESS, payload)
    assert bench.states() == {PhotoState.ASSESSED: 2}


def test_an_unforeseen_error_costs_the_culprit_only_and_ends_the_third_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = FailingModel(ZeroDivisionError("a bug"))
    bench = Bench(tmp_path, model)
    payload = bench.batch(tmp_path)
    culprit = payload["photos"][0]["content_hash"]
    model._contents = {culprit}
    bench.run(Job.ASSESS, payload)
    assert state.should_stop is None
    while jobs := [one for one in bench.queue.jobs if one[0] is Job.ASSESS]:
        bench.queue.jobs = [one for one in bench.queue.jobs if one[0] is not Job.ASSESS]
        for _, again in jobs:
            bench.run(Job.ASSESS, again)
    assert model.looks.count(culprit) == 3
    assert "ZeroDivisionError" in caplog.text
    assert bench.states() == {PhotoState.ASSESSED: 1, PhotoState.QUARANTINED: 1}
    (failure,) = bench.parts.catalog.last_failures(REVISION)
    assert failure.reason == "unexpected ZeroDivisionError: a bug"


def test_a_job_over_its_time_limit_ends_the_process(tmp_path: Path) -> None:
    from aesplugin.broker import WorkerBeat
    from aesplugin.workers.logs import LastError

    class Deaf:
        def beat(self, _: object) -> None:
            pass

    bench = Bench(tmp_path)
    bench.runtime._settings = bench.parts.settings.model_copy(update={"job_seconds": 0.0})
    left: list[int] = []
    base = WorkerBeat(queue="gpu", host="h", pid=1)
    pulse = Pulse(bench.runtime, base, LastError(), leave=left.append)
    pulse._queue = Deaf()  # type: ignore[assignment]
    pulse._beat()
    assert left == []
    with bench.runtime.job(1):
        pulse._beat()
    assert left == [75]


def test_a_gpu_worker_loads_neither_database_nor_decoder() -> None:
    import subprocess
    import sys

    code = (
        "import sys, aesplugin.workers.app, aesplugin.models.fake\n"
        "print([m for m in ('sqlalchemy', 'PIL', 'exifread', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
