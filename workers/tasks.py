"""Celery's tasks: one per job, each a line around its handler; what goes wrong is sorted here."""

import logging
from typing import Any

from celery import Celery, Task
from celery.worker import state

from aesplugin.broker import longest_delay
from aesplugin.errors import CatalogError, ModelAway, QueueError
from aesplugin.jobs import Job, Payload
from aesplugin.services.pipeline.handlers import AFTER_LOSS, HANDLERS, NO_MODEL, go_on_after
from aesplugin.workers.redelivery import CarefulRequest, Others, beginning
from aesplugin.workers.runtime import Runtime

_log = logging.getLogger(__name__)
IT_WILL_PASS = (CatalogError, QueueError, ModelAway)  # a full disk, a server that is away
_MOST_SURPRISES = 3  # unexpected errors in a row before a process is not trusted any more
SURPRISED = 70  # exit code; sysexits: an error of ours


class JobRunner:
    """Does jobs with a runtime and decides what becomes of one that fails."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._others = Others(runtime)
        self._surprises = 0

    def run(self, task: Task, job: Job, payload: Payload) -> None:
        """Does one job; a job it cannot do now is sent again before this one is acknowledged."""
        is_redelivered = bool((task.request.delivery_info or {}).get("redelivered"))
        queue = self._runtime.parts.queue
        with beginning(queue, task.request.id, is_redelivered=is_redelivered) as is_lost:
            self._do(task, job, payload, is_lost=is_lost)

    def _do(self, task: Task, job: Job, payload: Payload, *, is_lost: bool) -> None:
        verb = (AFTER_LOSS if is_lost else HANDLERS)[job]
        if is_lost:
            _log.warning("taking over after a lost worker", extra={"job": job.value})
        try:
            if not is_lost and self._others.take(job, payload):  # what was lost needs no model
                return
            with self._runtime.job(_photos_in(payload)):
                verb(self._runtime.parts, payload)
            self._surprises = 0
        except IT_WILL_PASS as error:
            wait = self._backoff(task.request.retries)
            _log.error("%s", error, extra={"job": job.value, "again_in": wait})
            raise task.retry(exc=error, countdown=wait, max_retries=None) from None
        except NO_MODEL as error:  # not the photos' fault: others may do it, this process cannot
            _log.error("this worker stops: %s", error, extra={"job": job.value})
            self._runtime.parts.queue.send(job, payload)
            state.should_stop = error.exit_code
        except Exception as error:  # noqa: BLE001 - whatever it was, the photos go on
            self._surprise(job, payload, error)

    def _surprise(self, job: Job, payload: Payload, error: Exception) -> None:
        """An error nobody foresaw: go on as if the worker had stopped; soon it really does."""
        go_on_after(error, self._runtime.parts, job, payload)
        self._surprises += 1
        if self._surprises >= _MOST_SURPRISES:
            _log.error("this worker stops: %d unexpected errors in a row", self._surprises)
            state.should_stop = SURPRISED

    def _backoff(self, retries: int) -> float:
        """Doubling, as long as may be."""
        return min(2.0**retries, longest_delay(self._runtime.parts.settings.job_seconds))


def register(app: Celery, runtime: Runtime) -> None:
    """One task per job."""
    runner = JobRunner(runtime)

    def task_of(job: Job) -> None:
        def do(task: Task, payload: Payload) -> None:
            runner.run(task, job, payload)

        app.task(do, name=job.value, bind=True, Request=CarefulRequest)

    for job in Job:
        task_of(job)


def _photos_in(payload: dict[str, Any]) -> int:
    return next((len(payload[key]) for key in ("photos", "paths", "results") if key in payload), 0)
