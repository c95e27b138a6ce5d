"""API: jobs and their progress, and scoring a picture that is not in the catalog."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from aesplugin.assessment import Attribute, Suggestion
from aesplugin.errors import UsageError
from aesplugin.face import Face
from aesplugin.services.pipeline.record import grounded
from aesplugin.services.serialise import answer_dict
from aesplugin.web.jobs import JobState, events
from aesplugin.web.routes.common import ERRORS, AtDesk, Told
from aesplugin.web.schemas import AnswerOut, JobIn, JobOut

router = APIRouter(prefix="/api/v1", tags=["jobs"], responses=ERRORS)
JobNumber = Annotated[int, InPath(ge=1, le=2**31)]
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ScoredOut(AnswerOut):
    """The model's answer for a picture; nothing is stored."""

    score: float
    comment: str | None
    suggestions: list[Suggestion]
    attributes: dict[str, Attribute]
    faces: list[Face] | None = Field(description="the largest first; null where nobody looked")
    model: str
    width: int
    height: int


@router.get("/status")
def status(desk: AtDesk) -> dict[str, Any]:
    """Files by state, and the current model."""
    card = desk.workshop.card
    return {"model": card.name, "model_revision": card.revision, "states": desk.counts()}


@router.get("/jobs")
def jobs(desk: AtDesk) -> list[JobOut]:
    """Jobs of this page, newest first."""
    return [job_out(job) for job in desk.jobs.all()]


@router.post("/jobs", status_code=202)
def start(desk: AtDesk, wanted: JobIn) -> JobOut:
    """Scores photos and folders that may be scored: see `/api/v1/folders`."""
    paths = [desk.folders.checked(path) for path in wanted.paths]
    return job_out(desk.score(paths))


@router.get(
    "/jobs/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "events `progress`"}},
)
async def progress(
    *,
    desk: AtDesk,
    told: Told,
    once: Annotated[bool, Query(description="end after the first event")] = False,
) -> StreamingResponse:
    """Server-sent events: `{"jobs": [...], "states": {...}}` whenever something changes."""
    return StreamingResponse(
        events(desk.jobs, desk.counts, once=once, told=told.phrase), media_type="text/event-stream"
    )


@router.get("/jobs/{job}")
def one_job(desk: AtDesk, job: JobNumber) -> JobOut:
    """One job."""
    return _found(desk.jobs.find(job))


@router.delete("/jobs/{job}")
def cancel(desk: AtDesk, job: JobNumber) -> JobOut:
    """Stops a job; finished work is kept."""
    return _found(desk.jobs.cancel(job))


@router.post("/jobs/{job}/pause")
def pause(desk: AtDesk, job: JobNumber) -> JobOut:
    """Stops scoring after the current photos, until it is resumed."""
    return _found(desk.jobs.pause(job))


@router.post("/jobs/{job}/resume")
def resume(desk: AtDesk, job: JobNumber) -> JobOut:
    """Continues a job that is paused, or interrupted: the server ended while it ran."""
    return _found(desk.jobs.resume(job))


@router.post("/score", openapi_extra=_BYTES)
async def score(desk: AtDesk, request: Request) -> ScoredOut:
    """Scores the picture in the body: any format the plug-in reads."""
    with tempfile.TemporaryDirectory(prefix="aesplugin-") as folder:
        file = Path(folder) / "photo"
        with file.open("wb") as kept:  # streamed: memory does not grow with the picture
            async for chunk in request.stream():
                kept.write(chunk)
        found, answer = await run_in_threadpool(desk.score_file, file)
    return ScoredOut.model_validate(
        {
            "score": answer.score,
            "comment": answer.comment,
            "suggestions": grounded(answer, found.attributes),
            "attributes": found.attributes,
            "faces": found.faces,
            "model": f"{desk.workshop.card.name}@{desk.workshop.card.revision}",
            "width": found.photo.width,
            "height": found.photo.height,
        }
        | answer_dict(answer)
    )


def _found(job: JobState | None) -> JobOut:
    if job is None:
        raise UsageError("there is no such job")
    return job_out(job)


def job_out(job: JobState) -> JobOut:
    """A job in the API's form."""
    return JobOut(
        id=job.id, kind=job.kind, label=job.label, state=job.state, total=job.total,
        done=job.done, failed=job.failed, error=job.error, problems=list(job.problems),
        seconds_left=job.seconds_left, photos_per_second=job.photos_per_second, link=job.link,
    )  # fmt: skip
