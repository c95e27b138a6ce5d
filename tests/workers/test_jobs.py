"""The queue's protocol, the in-process queue, and what travels through both."""

import math
import os
from dataclasses import replace
from typing import Any

import msgpack
import pytest

from aesplugin.assessment import Content, Flaw, Kind, Reason, Suggestion
from aesplugin.errors import DamagedPhoto
from aesplugin.jobs import InlineQueue, Job, JobData, Payload, Queue
from aesplugin.models.base import Answer
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.assess import Assessed
from aesplugin.services.pipeline.messages import AssessJob, Candidate, IngestJob, RecordJob


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
    content = Content(kind=Kind.PET, subject="a dog", keywords=("dog", "grass"))
    reasons = (Reason(text="soft light", points=0.4), Reason(text="tilted", points=-0.2))
    answers = (
        Assessed("a", Answer(score=5.5, embedding=b"\x00\x01", comment="ja"), 1),
        Assessed("b", Answer(score=1.0, suggestions=(suggestion,)), None),
        Assessed("c", Answer(score=2.0, suggestions=(replace(suggestion, amount=2.5),)), 3),
        Assessed("d", Answer(score=2.0, suggestions=(), uncertainty=0.7, reasons=()), 3),
        Assessed("e", Answer(score=2.0, content=content, reasons=reasons), 3),
        Assessed("f", Answer(score=2.0, content=Content()), 3),
    )
    failure = Assessed("g", DamagedPhoto("g cannot be decoded"), 2)
    sent = RecordJob(model="m", revision="r", results=(*answers, failure))
    got = RecordJob.of(_carried(sent.payload()))
    assert got.results[:-1] == answers
    assert (got.results[-1].content_hash, str(got.results[-1].outcome)) == (
        "g",
        str(failure.outcome),
    )
    assert isinstance(got.results[-1].outcome, Exception)


def test_an_answer_of_the_release_before_is_understood() -> None:
    sent = RecordJob(model="m", revision="r", results=(Assessed("a", Answer(score=5.5), 1),))
    payload = sent.payload()
    for name in ("uncertainty", "content", "reasons"):
        del payload["results"][0]["answer"][name]
    assert RecordJob.of(_carried(payload)) == sent


def test_an_answer_of_a_later_release_is_understood_as_far_as_it_goes() -> None:
    sent = RecordJob(model="m", revision="r", results=(Assessed("a", Answer(score=5.5), 1),))
    payload = sent.payload()
    payload["results"][0]["answer"]["mood"] = "calm"
    assert RecordJob.of(_carried(payload)) == sent


@pytest.mark.parametrize("score", [math.nan, math.inf, 11, -1.0])
def test_a_score_that_is_none_travels_to_where_it_is_refused(score: float) -> None:
    sent = RecordJob(model="m", revision="r", results=(Assessed("a", Answer(score=score), 1),))
    [got] = RecordJob.of(_carried(sent.payload())).results
    assert isinstance(got.outcome, Answer)
    assert got.outcome.score == pytest.approx(score, nan_ok=True)


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


def test_inline_hands_a_message_on_as_it_is() -> None:
    recorder, message = Recorder(), IngestJob(paths=("/photos/a.jpg",))
    recorder.queue.send(Job.INGEST, message)
    assert recorder.done[0][1] is message


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
    def fail(_: JobData) -> None:
        raise DamagedPhoto("no")

    with pytest.raises(DamagedPhoto):
        InlineQueue(dict.fromkeys(Job, fail)).send(Job.INGEST, {})
