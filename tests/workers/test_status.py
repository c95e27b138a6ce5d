"""Status and metrics: what they say, with and without a broker, and what they never say."""

import io
import json
import logging
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from aesplugin.broker import CeleryQueue, WorkerBeat
from aesplugin.errors import CatalogError, QueueError, SettingsError, UsageError
from aesplugin.jobs import Job, Queue
from aesplugin.photo import PhotoState
from aesplugin.services.pipeline.handlers import HANDLERS
from aesplugin.services.pipeline.messages import IngestJob
from aesplugin.services.prometheus import StatusCollector, serve_metrics
from aesplugin.services.status import Status, read_status
from aesplugin.workers.logs import JsonFormatter, LastError
from tests.servers import RedisServer, redis_server
from tests.workers.fakes import FakeParts, write_photo


@dataclass
class StatusParts(FakeParts):
    """Fake parts with a broker that may or may not be there."""

    def broker_queue(self, *, send_seconds: float = 0.0) -> CeleryQueue:
        return CeleryQueue(self.settings.broker, job_seconds=10, send_seconds=send_seconds)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def parts(tmp_path: Path) -> StatusParts:
    made = StatusParts(tmp_path)
    paths = tuple(write_photo(tmp_path / "photos" / f"{n}.jpg", n) for n in range(3))
    (tmp_path / "photos" / "empty.jpg").touch()
    job = IngestJob(paths=(*paths, str(tmp_path / "photos" / "empty.jpg")))
    HANDLERS[Job.INGEST](made, job.payload())
    return made


def _text(status: Status) -> str:
    registry = CollectorRegistry()
    registry.register(StatusCollector(lambda: status))
    return generate_latest(registry).decode()


def test_without_a_broker(parts: StatusParts) -> None:
    status = read_status(parts)
    assert status.states[PhotoState.ASSESSED] == 3
    assert status.rate > 0
    assert status.eta == 0
    assert status.depth is None
    assert "zero bytes" in str(status.last_error)
    text = _text(status)
    assert 'aesplugin_photos{state="assessed"} 3.0' in text
    assert 'aesplugin_model_info{name="fake",revision="fake-1"} 1.0' in text
    assert "aesplugin_broker_up" not in text
    watchers = replace(status, here="no room")
    assert 'aesplugin_last_error_info{error="no room"} 1.0' in _text(watchers)


def test_with_a_broker_and_workers(parts: StatusParts, redis: RedisServer) -> None:
    parts.options["broker"] = redis.url
    del vars(parts)["settings"]
    queue = parts.broker_queue()
    for number in range(3):
        queue.send(Job.ASSESS, {"n": number})
    queue.beat(WorkerBeat(queue="gpu", host="a", pid=7, model="fake@fake-1", last_error="warm"))
    leaver = WorkerBeat(queue="ingest", host="a", pid=8)
    queue.beat(leaver)
    queue.depart(leaver)
    status = read_status(parts)
    assert status.depth is not None
    assert status.depth.waiting[Queue.GPU] == 3
    assert [worker.pid for worker in status.workers] == [7]
    assert status.last_error == "gpu on a: warm"
    text = _text(status)
    assert 'aesplugin_queue_jobs{queue="gpu"} 3.0' in text
    assert 'aesplugin_workers_alive{queue="gpu"} 1.0' in text
    assert 'aesplugin_workers_alive{queue="ingest"} 0.0' in text


def test_a_broker_that_does_not_answer_is_said_without_its_password(parts: StatusParts) -> None:
    parts.options["broker"] = "redis://:secret@127.0.0.1:1/0"
    del vars(parts)["settings"]
    status = read_status(parts)
    assert status.depth is None
    assert "redis://127.0.0.1:1/0 does not answer" in str(status.problem)
    assert "secret" not in str(status.problem)
    assert "aesplugin_broker_up 0.0" in _text(status)
    with pytest.raises(QueueError, match="check that Redis runs"):
        parts.broker_queue().ping()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        ":secret@host:6379",
        "http://:secret@host:80",
        "redis://:secret@host:99999999/0",
        "redis://:secret@host:6379/abc",
        "redis://:secret@",
        "redis://:secret#1@host/0",
        "redis://[:secret@host/0",
        " redis://:secret@host/0",
        "redis://:secret@host/0?foo=bar",
        "redis://:secret@host/0?socket_timeout=3",
        "rediss://:secret@host/0?ssl_cert_reqs=bogus",
    ],
)
def test_a_broker_that_is_no_url_of_a_redis_is_refused_in_our_words(
    parts: StatusParts, url: str
) -> None:
    parts.options["broker"] = url
    del vars(parts)["settings"]
    with pytest.raises(SettingsError, match="redis://host:6379/0") as caught:
        read_status(parts)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("end", ["host/0", "host:6380/2?ssl_cert_reqs=required"])
def test_a_broker_behind_tls_may_have_its_options(end: str) -> None:
    CeleryQueue(f"rediss://:secret@{end}", job_seconds=10)


def test_a_catalog_that_does_not_answer_is_a_metric_too() -> None:
    def fail() -> Status:
        raise CatalogError("the disk is gone")

    registry = CollectorRegistry()
    registry.register(StatusCollector(fail))
    assert "aesplugin_up 0.0" in generate_latest(registry).decode()


def test_metrics_are_served_on_this_host_only(parts: StatusParts) -> None:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    serve_metrics(lambda: read_status(parts), port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert "aesplugin_photos_per_second" in answer.read().decode()
    with pytest.raises(UsageError, match="choose another `metrics_port`"):
        serve_metrics(lambda: read_status(parts), port)


def test_logs_are_json_lines_and_the_last_error_is_kept() -> None:
    now = 1000.0
    stream, last = io.StringIO(), LastError(clock=lambda: now)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.addHandler(last)
    logger.info("ingested", extra={"photo": "ab12"})
    logger.error("the disk\nis full")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["photo"], first["level"]) == ("ingested", "ab12", "info")
    assert second["event"] == "the disk\nis full"
    assert last.text == "the disk (since 00:16 UTC)"
    now += 500
    logger.error("the disk\nis still full")
    now += 500
    assert last.text == "the disk (since 00:16 UTC)"
    now += 101  # the disk has room again, and nothing more was said
    assert last.text == ""


def test_no_place_is_ever_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image
    from PIL.TiffImagePlugin import IFDRational

    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: tuple(map(IFDRational, (48, 51, 30))), 3: "E",
                    4: tuple(map(IFDRational, (2, 17, 40)))}  # fmt: skip
    path = tmp_path / "paris.jpg"
    Image.new("RGB", (32, 24), (9, 8, 7)).save(path, exif=exif)
    parts = FakeParts(tmp_path)
    with caplog.at_level(logging.DEBUG):
        HANDLERS[Job.INGEST](parts, IngestJob(paths=(str(path),)).payload())
    entry = parts.catalog.entry(str(path), "fake-1")
    assert entry is not None and entry.photo is not None
    assert entry.photo.exif.latitude == pytest.approx(48.858, abs=0.01)
    said = " ".join(str(record.__dict__) for record in caplog.records)
    assert entry.photo.content_hash in said
    assert "48.8" not in said
