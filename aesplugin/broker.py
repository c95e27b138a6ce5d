"""The queue on Redis, through Celery: jobs are sent by name, so a sender needs no worker's code.

What holds for every process on one broker is set here: msgpack only (nothing can be unpickled),
acknowledgement after the work, one job at a time per process, and a visibility timeout above
the hard time limit, after which the job of a worker that died is given to another.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import redis
from celery import Celery
from kombu.connection import Connection as KombuConnection
from kombu.entity import Queue as KombuQueue
from kombu.exceptions import OperationalError

from aesplugin.errors import QueueError, SettingsError
from aesplugin.jobs import QUEUE_OF, Depth, Job, JobData, Queue, plain

PREFIX = "aesplugin:"  # of every key, so that one Redis can serve other programs too
_BEAT_SECONDS = 20  # a worker unheard of for so long is not alive
_BEGUN_SECONDS = 24 * 3600  # what a lost worker had begun is known for so long
_ANSWER_SECONDS = 5.0
_RETRY_SECONDS = 0.5
_SCHEMES = ("redis", "rediss")
_RESTORE_SHARE = 0.1  # of the visibility timeout: how often lost jobs are looked for


def visibility_timeout(job_seconds: float) -> float:
    """Seconds after which an unfinished job is given to another worker: above the hard limit."""
    return 1.25 * job_seconds


def longest_delay(job_seconds: float) -> float:
    """The longest a job may be put off: with its work, it stays below the visibility timeout.

    A delayed job waits inside a worker; waiting too long would look like a lost worker.
    """
    return 0.2 * job_seconds


def make_app(url: str, *, job_seconds: float) -> Celery:
    """Celery's application with what senders and workers must agree on.

    Raises:
        SettingsError: the URL is none of a Redis.
    """
    _check_form(url)
    app = Celery("aesplugin", broker=url, set_as_current=False)
    visible = visibility_timeout(job_seconds)
    app.conf.update(
        accept_content=["msgpack"],
        task_serializer="msgpack",
        event_serializer="msgpack",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_queues=[KombuQueue(queue.value) for queue in Queue],  # type: ignore[no-untyped-call]
        task_routes={job.value: {"queue": queue.value} for job, queue in QUEUE_OF.items()},
        task_default_queue=Queue.INGEST.value,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "global_keyprefix": PREFIX,
            "visibility_timeout": visible,
            "unacked_restore_interval": min(10.0, max(0.5, visible * _RESTORE_SHARE)),
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 30,  # a worker that dies while restoring stops nobody for long
            "socket_connect_timeout": _ANSWER_SECONDS,
            "socket_keepalive": True,
        },
    )
    return app


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerBeat:
    """What a living worker says of itself. `rate` is photos a second over the last minute."""

    queue: str
    host: str
    pid: int
    photos: int = 0
    rate: float = 0.0
    model: str = ""  # name@revision; empty where the worker has no model
    last_error: str = ""


class CeleryQueue:
    """A `JobQueue` on Redis."""

    def __init__(self, url: str, *, job_seconds: float, send_seconds: float = 10.0) -> None:
        self._url = url
        self._app = make_app(url, job_seconds=job_seconds)
        self._longest_delay = longest_delay(job_seconds)
        self._send_seconds = send_seconds
        self._client = redis.Redis.from_url(
            url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
        )

    def send(self, job: Job, payload: JobData, *, delay: float = 0.0) -> None:
        """Hands the job to the broker; tries for `send_seconds` while it does not answer.

        A delay longer than may be is shortened (see `longest_delay`).
        """
        data = plain(payload)
        delay = min(delay, self._longest_delay)
        deadline = time.monotonic() + self._send_seconds
        while True:
            try:
                with self._explained():
                    self._app.send_task(
                        job.value, args=(data,), countdown=delay or None, retry=False
                    )
                return
            except QueueError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_RETRY_SECONDS)

    def depth(self) -> Depth:
        """The jobs that wait, and those handed to a worker and not acknowledged."""
        with self._explained():
            pipe = self._client.pipeline(transaction=True)
            for queue in Queue:
                pipe.llen(PREFIX + queue.value)
            pipe.hlen(f"{PREFIX}unacked")
            *waiting, taken = pipe.execute()
        return Depth(dict(zip(Queue, waiting, strict=True)), taken)

    def run_due(self) -> None:
        """Nothing: the workers do the work."""

    def ping(self) -> None:
        """Asks the broker for a sign of life.

        Raises:
            QueueError: it gives none.
        """
        with self._explained():
            self._client.ping()

    def begin(self, job_id: str) -> bool:
        """Notes that a worker begins this job; whether one began it before and did not end it."""
        with self._explained():
            return self._client.set(_begun_key(job_id), 1, ex=_BEGUN_SECONDS, get=True) is not None

    def end(self, job_id: str) -> None:
        """Notes that the worker is through with this job, whatever came of it."""
        with self._explained():
            self._client.delete(_begun_key(job_id))

    def beat(self, worker: WorkerBeat) -> None:
        """Tells the others that this worker lives; forgotten after a while."""
        with self._explained():
            self._client.set(_beat_key(worker), json.dumps(asdict(worker)), ex=_BEAT_SECONDS)

    def depart(self, worker: WorkerBeat) -> None:
        """Tells the others that this worker ends."""
        with self._explained():
            self._client.delete(_beat_key(worker))

    def workers(self) -> list[WorkerBeat]:
        """The workers that live, by queue, host and process."""
        with self._explained():
            keys = sorted(self._client.scan_iter(f"{PREFIX}worker:*", count=1000))
            found: list[Any] = self._client.mget(keys) if keys else []
        return [WorkerBeat(**json.loads(beat)) for beat in found if beat is not None]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, redis.RedisError, OSError) as error:
            raise QueueError(
                f"the broker {shown(self._url)} does not answer ({_first_line(error)}): check"
                " that Redis runs there, and the setting `broker`"
            ) from None


def _check_form(url: str) -> None:
    """Refuses what redis-py, Celery or both would stumble over, each in words of its own."""
    try:
        parts = urlsplit(url)
        number = parts.path.strip("/") or "0"
        _ = parts.port  # reading it raises where it is none
        is_sound = parts.scheme in _SCHEMES and parts.hostname and number.isdecimal()
        redis.ConnectionPool.from_url(url).make_connection()  # connects to nothing yet
        KombuConnection(url)  # type: ignore[no-untyped-call] # likewise; knows fewer options
    except (ValueError, TypeError, KeyError, redis.RedisError):  # options none of them has
        is_sound = False
    if not is_sound:
        raise SettingsError(
            f"the setting `broker` is not a Redis URL: {shown(url)!r}; write"
            " redis://host:6379/0, or redis://:PASSWORD@host:6379/0 (%23 for #, %2F for /, and so"
            " on in the password), without spaces or options"
        )


def shown(url: str) -> str:
    """The URL without its password."""
    before, separator, rest = url.rpartition("@")
    scheme, slashes, _ = before.partition("://")
    return f"{scheme}{slashes}{rest}" if separator and slashes else rest


def _beat_key(worker: WorkerBeat) -> str:
    return f"{PREFIX}worker:{worker.queue}:{worker.host}:{worker.pid}"


def _begun_key(job_id: str) -> str:
    return f"{PREFIX}begun:{job_id}"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
