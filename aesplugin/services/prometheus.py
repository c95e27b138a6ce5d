"""The status as Prometheus metrics; read again for every scrape."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from aesplugin.errors import AesError, UsageError
from aesplugin.jobs import Queue
from aesplugin.services.status import Status

_log = logging.getLogger(__name__)


class StatusCollector(Collector):
    """Metrics of one installation, named ``aesplugin_*``."""

    def __init__(self, read: Callable[[], Status]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """Reads the status; if the catalog does not answer, reports only that."""
        try:
            status = self._read()
        except AesError as error:
            _log.error("%s", error)
            yield GaugeMetricFamily("aesplugin_up", "1 if the catalog answers", value=0)
            return
        yield GaugeMetricFamily("aesplugin_up", "1 if the catalog answers", value=1)
        yield from _photos(status)
        yield from _queue(status)
        yield InfoMetricFamily(
            "aesplugin_model",
            "The model in use",
            value={"name": status.model.name, "revision": status.model.revision},
        )
        if status.last_error:
            yield InfoMetricFamily(
                "aesplugin_last_error", "The last error", value={"error": status.last_error}
            )

    def describe(self) -> list[Metric]:
        """Nothing: registering must not open the catalog."""
        return []


def serve_metrics(read: Callable[[], Status], port: int) -> None:
    """Answers ``GET /metrics`` on this host's `port`, from its own thread.

    Raises:
        UsageError: the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(StatusCollector(read))
    try:
        start_http_server(port, addr="127.0.0.1", registry=registry)
    except OSError as error:
        raise UsageError(
            f"no metrics on port {port} ({error.strerror}): choose another `metrics_port`, or 0"
        ) from None
    _log.info("metrics at http://127.0.0.1:%d/metrics", port)


def _photos(status: Status) -> Iterator[Metric]:
    states = GaugeMetricFamily("aesplugin_photos", "Files by state", labels=["state"])
    for state, count in status.states.items():
        states.add_metric([state.value], count)
    yield states
    yield GaugeMetricFamily(
        "aesplugin_photos_per_second", "Photos assessed, over the last minute", value=status.rate
    )
    if status.eta is not None:
        yield GaugeMetricFamily(
            "aesplugin_eta_seconds", "Until the pending photos are done", value=status.eta
        )


def _queue(status: Status) -> Iterator[Metric]:
    if status.depth is None and status.problem is None:
        return  # no broker is set
    yield GaugeMetricFamily(
        "aesplugin_broker_up", "1 if the broker answers", value=int(status.depth is not None)
    )
    if status.depth is not None:
        depth = GaugeMetricFamily(
            "aesplugin_queue_jobs", "Jobs waiting in the queue", labels=["queue"]
        )
        for queue, count in status.depth.waiting.items():
            depth.add_metric([queue.value], count)
        yield depth
        yield GaugeMetricFamily(
            "aesplugin_queue_jobs_taken", "Jobs workers have taken", value=status.depth.taken
        )
    alive = Counter(worker.queue for worker in status.workers)
    workers = GaugeMetricFamily("aesplugin_workers_alive", "Living workers", labels=["queue"])
    for queue in Queue:
        workers.add_metric([queue.value], alive[queue.value])
    yield workers
