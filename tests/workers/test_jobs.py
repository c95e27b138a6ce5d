"""The queue's protocol, the in-process queue, and what travels through both."""

import os
from typing import Any

import msgpack
import pytest

from aesplugin.assessment import Flaw, Suggestion
from aesplugin.errors import DamagedPhoto
from aesplugin.jobs import InlineQueue, Job, Payload, Queue
from aesplugin.models.base import Answer
from aesplugin.photo import Rendition
from aesplugin.services.assess import Assessed
from aesplugin.services.messages import AssessJob, Candidate, IngestJob, RecordJob


def _carried(payload: Payload) -> Payload:
    """As it arrives: through msgpack, as kombu writes and reads it."""
    packed = msgpack.packb(payload, use_bin_type=True)
    data: dict[str, Any] = msgpack.unpackb(packed, raw=False)
    return data


def test_paths_travel_whatever_bytes_are_in_them() -> None:
    job = IngestJob(paths=("/a/b.jpg", os.fsdecode(b"/a/\xff\xfe.jpg")), watched=True, losses=1)
    assert IngestJob.of(_carried(job.payload())) == job


def test_renditions_travel_with_their_bytes() -> None:
    rendition = Rendition(content_hash="ab", jpeg=bytes(range(256)), width=3, height=2)
    job = AssessJob(revision="r", photos=(Candidate(rendition, 2),))
    assert AssessJob.of(_carried(job.payload())) == job


def test_answers_and_failures_travel() -> None:
    suggestion = Suggestion(flaw=Flaw.BLUR, direction="sharpen", strength=0.5, advice="hold still")
    answers = (
        Assessed("a", Answer(score=5.5, embedding=b"\x00\x01", comment="ja"), 1),
        Assessed("b", Answer(score=1.0, suggestions=(suggestion,)), None),
        Assessed("c", Answer(score=2.0, suggestions=()), 3),
    )
    failure = Assessed("d", DamagedPhoto("d cannot be decoded"), 2)
    sent = RecordJob(model="m", revision="r", results=(*answers, failure))
    got = RecordJob.of(_carried(sent.payload()))
    assert got.results[:3] == answers
    assert (got.results[3].content_hash, str(got.results[3].outcome)) == ("d", str(failure.outcome))
    assert isinstance(got.results[3].outcome, Exception)


class Recorder:
    """Handlers that note what they are given."""

    def __init__(self) -> None:
        self.now = 0.0
        self.done: list[tuple[Job, Payload]] = []
        self.queue = InlineQueue({job: self._handler(job) for job in Job}, clock=lambda: self.now)

    def _handler(self, job: Job) -> Any:
        return lambda payload: self.done.append((job, payload))


def test_inline_does_a_job_at_once() -> None:
    recorder = Recorder()
    recorder.queue.send(Job.INGEST, {"n": 1})
    assert recorder.done == [(Job.INGEST, {"n": 1})]
    assert recorder.queue.depth().total == 0


def test_inline_does_a_delayed_job_when_it_is_due_and_in_order() -> None:
    recorder = Recorder()
    recorder.queue.send(Job.ASSESS, {"n": 2}, delay=10)
    recorder.queue.send(Job.ASSESS, {"n": 1}, delay=5)
    recorder.queue.send(Job.ASSESS, {"n": 3}, delay=10)
    assert recorder.queue.depth().waiting[Queue.GPU] == 3
    recorder.now = 4.9
    recorder.queue.run_due()
    assert recorder.done == []
    recorder.now = 10
    recorder.queue.run_due()
    assert [payload["n"] for _, payload in recorder.done] == [1, 2, 3]
    assert recorder.queue.depth().total == 0


def test_inline_lets_a_handlers_error_through() -> None:
    def fail(_: Payload) -> None:
        raise DamagedPhoto("no")

    with pytest.raises(DamagedPhoto):
        InlineQueue(dict.fromkeys(Job, fail)).send(Job.INGEST, {})
