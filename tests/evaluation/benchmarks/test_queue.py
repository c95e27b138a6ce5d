"""The queue's benchmarks count what they should; their times are not judged here."""

from collections.abc import Iterator

import pytest

from aesplugin.broker import CeleryQueue
from aesplugin.errors import QueueError
from aesplugin.evaluation.benchmarks.queue import measure
from aesplugin.evaluation.benchmarks.queue_real import compare
from aesplugin.models.fake import FakeModel
from aesplugin.settings import Settings
from tests.servers import RedisServer, redis_server


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


def test_a_run_ends_with_every_answer_and_an_empty_broker(redis: RedisServer) -> None:
    run = measure(redis.url, workers=2, photos=40, cost=0.02, rendition_bytes=1000)
    assert (run.workers, run.photos) == (2, 40)
    assert run.seconds > 40 * 0.02 / 2  # two workers slept that long at least
    assert run.photos_per_second == pytest.approx(40 / run.seconds)
    assert run.overhead_ms == pytest.approx(1000 * (run.seconds * 2 / 40 - 0.02))
    assert 0 < run.broker_mb < 20
    assert 0 < run.cpu_ms < 1000
    assert CeleryQueue(redis.url, job_seconds=120).depth().total == 0


def test_the_same_renditions_go_both_ways(redis: RedisServer) -> None:
    settings = Settings(model="fake", broker=redis.url)
    run = compare(settings, FakeModel(seconds_per_photo=0.01), photos=20)
    assert run.photos == 20
    assert run.inline_seconds >= 20 * 0.01
    assert run.queue_seconds > 0
    assert run.inline_cpu_seconds > 0
    assert run.queue_cpu_seconds > 0
    assert run.overhead_percent == pytest.approx(
        100 * (run.queue_seconds - run.inline_seconds) / run.inline_seconds
    )


def test_without_a_broker_it_says_so() -> None:
    with pytest.raises(QueueError, match=r"127\.0\.0\.1:1.*does not answer"):
        measure("redis://127.0.0.1:1/0", workers=1, photos=1, cost=0.0)
