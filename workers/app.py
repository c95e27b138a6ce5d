"""One worker of one queue: Celery set up and run in this process."""

import os
import socket
from typing import Any

from celery import Celery, signals

from aesplugin.broker import WorkerBeat, make_app
from aesplugin.compose import Workshop
from aesplugin.jobs import Queue
from aesplugin.settings import Settings
from aesplugin.workers.logs import log_as_json
from aesplugin.workers.runtime import Pulse, Runtime
from aesplugin.workers.tasks import register


def run_worker(settings: Settings, queue: Queue) -> int:
    """Works until asked to stop (SIGTERM: the current job is finished); returns an exit code.

    `gpu` and `catalog` are one process each, `ingest` has one child per decoder.

    Raises:
        QueueError: the broker cannot be reached at the start; later it is waited for.
        ModelError: a GPU worker's model cannot be loaded.
        CatalogError: a worker that needs the catalog cannot use it at the start; later it is
            waited for.
    """
    last_error = log_as_json()
    # A child of the ingest worker decodes one photo at a time; the children are the parallelism.
    ours = settings.model_copy(update={"decoders": 1}) if queue is Queue.INGEST else settings
    runtime = Runtime(ours)
    runtime.parts.broker_queue().ping()
    app = worker_app(settings, runtime)
    _warm_up(runtime, queue)
    pulse = Pulse(runtime, _introduction(runtime, queue), last_error)
    signals.worker_ready.connect(lambda **_: pulse.start(), weak=False)
    worker = _consumer(app, settings, queue)
    worker.start()
    if pulse.is_alive():
        pulse.stop()
    runtime.parts.close()
    return int(worker.exitcode or 0)


def _consumer(app: Celery, settings: Settings, queue: Queue) -> Any:
    """Celery's worker of one queue, without its talk between workers."""
    return app.Worker(
        queues=[queue.value],
        hostname=f"{queue.value}-{os.getpid()}@{socket.gethostname()}",
        loglevel="INFO",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
        **_pool(settings, queue),
    )


def worker_app(settings: Settings, runtime: Runtime) -> Celery:
    """Celery's application with our tasks and the worker's own settings."""
    app = make_app(settings.broker, job_seconds=settings.job_seconds)
    app.conf.update(
        worker_enable_remote_control=False,  # no messages but jobs: the broker stays small
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_detect_quorum_queues=False,
        worker_proc_alive_timeout=60.0,
        task_time_limit=settings.job_seconds,  # kept by the prefork pool; see Pulse for the others
    )
    signals.setup_logging.connect(_leave_logging_alone, weak=False)
    register(app, runtime)
    app.finalize()
    return app


def _warm_up(runtime: Runtime, queue: Queue) -> None:
    """Does the slow first steps before the first job, whose time limit they would eat."""
    if queue is Queue.GPU:
        _ = runtime.parts.model  # here, not before a fork: the solo pool works in this process
    elif queue is Queue.CATALOG:
        runtime.parts.catalog.counts("")
    elif queue is Queue.INGEST:
        _check_catalog(runtime)

        def start_decoders(**_: object) -> None:
            runtime.parts.catalog.counts("")
            list(runtime.parts.examiner.examine_all([os.devnull]))

        signals.worker_process_init.connect(start_decoders, weak=False)


def _check_catalog(runtime: Runtime) -> None:
    """Opens and closes it: no connection may be open when the children are forked."""
    with Workshop(runtime.parts.settings).catalog as catalog:
        catalog.check_writable()
        catalog.counts("")


def _pool(settings: Settings, queue: Queue) -> dict[str, object]:
    if queue is Queue.INGEST:
        return {"pool": "prefork", "concurrency": settings.decoders or os.cpu_count() or 1}
    return {"pool": "solo", "concurrency": 1}


def _introduction(runtime: Runtime, queue: Queue) -> WorkerBeat:
    card = runtime.parts.card if queue is Queue.GPU else None
    return WorkerBeat(
        queue=queue.value,
        host=socket.gethostname(),
        pid=os.getpid(),
        model=f"{card.name}@{card.revision}" if card else "",
    )


def _leave_logging_alone(**_: object) -> None:
    """Connected to Celery's signal, so that it does not set up logging of its own."""
