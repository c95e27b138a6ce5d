"""Which queue lacks a worker is said after a while, and seldom again."""

import pytest

from aesplugin.broker import WorkerBeat
from aesplugin.jobs import Depth, Queue
from aesplugin.services.pipeline.worker_alerts import Staffing


def test_a_queue_without_a_worker_is_named_after_a_while_and_seldom_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 0.0
    alive: list[WorkerBeat] = []
    staffing = Staffing(lambda: alive, clock=lambda: now)

    def pass_time(seconds: int, **waiting: int) -> int:
        nonlocal now
        before = caplog.text.count("start one")
        for _ in range(seconds):
            now += 1.0
            staffing.look(Depth({queue: waiting.get(queue.value, 0) for queue in Queue}))
        return caplog.text.count("start one") - before

    assert pass_time(600) == 0  # nothing waits
    assert pass_time(8, gpu=4) == 0  # it may just be starting
    assert pass_time(300, gpu=4) == 1
    way_out = "start one: aesplugin worker --queue gpu"
    assert f"queue gpu, where 4 jobs are waiting; {way_out}" in caplog.text
    assert pass_time(600, gpu=4) == 1
    alive.append(WorkerBeat(queue="gpu", host="a", pid=1))
    assert pass_time(900, gpu=4) == 0
    assert pass_time(30, gpu=4, ingest=1) == 1
