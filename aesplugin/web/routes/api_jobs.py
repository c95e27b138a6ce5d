"""API: jobs and their progress, and scoring a picture that is not in the catalog."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from aesplugin.errors import UsageError
from aesplugin.services.record import grounded
from aesplugin.services.serialise import attribute_dict, said_dict, suggestion_dict
from aesplugin.web.jobs import JobState, events
from aesplugin.web.routes.common import ERRORS, AtDesk
from aesplugin.web.schemas import AttributeOut, JobIn, JobOut, SaidOut, SuggestionOut, readable

router = APIRouter(prefix="/api/v1", tags=["jobs"], responses=ERRORS)
JobNumber = Annotated[int, InPath(ge=1, le=2**31)]
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ScoredOut(SaidOut):
    """What the model says of a picture; nothing of it is kept."""

    score: float
    comment: str | None
    suggestions: list[SuggestionOut]
    attributes: dict[str, AttributeOut]
    model: str
    width: int
    height: int


@router.get("/status")
def status(desk: AtDesk) -> dict[str, Any]:
    """Files by state, and the model in force."""
    card = desk.workshop.card
    return {"model": card.name, "model_revision": card.revision, "states": desk.counts()}


@router.get("/jobs")
def jobs(desk: AtDesk) -> list[JobOut]:
    """Jobs of this page, newest first."""
    return [_job_out(job) for job in desk.jobs.all()]


@router.post("/jobs", status_code=202)
def start(desk: AtDesk, wanted: JobIn) -> JobOut:
    """Scores photos and folders that the catalog knows or that `--root` names."""
    paths = desk.allowed(wanted.paths)
    label = readable(", ".join(paths))
    return _job_out(desk.jobs.start(wanted.kind, label, lambda: desk.score_folder(paths)))


@router.get(
    "/jobs/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "events `progress`"}},
)
async def progress(
    *, desk: AtDesk, once: Annotated[bool, Query(description="end after the first event")] = False
) -> StreamingResponse:
    """Server-sent events: `{"jobs": [...], "states": {...}}` whenever something changes."""
    return StreamingResponse(
        events(desk.jobs, desk.counts, once=once), media_type="text/event-stream"
    )


@router.get("/jobs/{job}")
def one_job(desk: AtDesk, job: JobNumber) -> JobOut:
    """One job."""
    return _found(desk.jobs.find(job))


@router.delete("/jobs/{job}")
def cancel(desk: AtDesk, job: JobNumber) -> JobOut:
    """Stops a job; what is done stays done."""
    return _found(desk.jobs.cancel(job))


@router.post("/score", openapi_extra=_BYTES)
async def score(desk: AtDesk, request: Request) -> ScoredOut:
    """Scores the picture in the body: any format the plug-in reads."""
    with tempfile.TemporaryDirectory(prefix="aesplugin-") as folder:
        file = Path(folder) / "photo"
        with file.open("wb") as kept:  # as it comes: memory does not grow with the picture
            async for chunk in request.stream():
                kept.write(chunk)
        found, answer = await run_in_threadpool(desk.score_file, file)
    return ScoredOut.model_validate(
        {
            "score": answer.score,
            "comment": answer.comment,
            "suggestions": [suggestion_dict(s) for s in grounded(answer, found.attributes)],
            "attributes": {n: attribute_dict(a) for n, a in found.attributes.items()},
            "model": f"{desk.workshop.card.name}@{desk.workshop.card.revision}",
            "width": found.photo.width,
            "height": found.photo.height,
        }
        | said_dict(answer)
    )


def _found(job: JobState | None) -> JobOut:
    if job is None:
        raise UsageError("there is no such job")
    return _job_out(job)


def _job_out(job: JobState) -> JobOut:
    return JobOut(
        id=job.id, kind=job.kind, label=job.label, state=job.state, total=job.total,
        done=job.done, failed=job.failed, error=job.error, problems=list(job.problems),
    )  # fmt: skip
