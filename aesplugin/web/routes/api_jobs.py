"""API: jobs and their progress, and scoring a picture that is not in the catalog."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from aesplugin.errors import OversizedPhoto, UsageError
from aesplugin.services.record import grounded
from aesplugin.services.serialise import attribute_dict, said_dict, suggestion_dict
from aesplugin.web.guard import MOST_BODY_BYTES
from aesplugin.web.jobs import JobState, events
from aesplugin.web.routes.common import ERRORS, AtDesk
from aesplugin.web.schemas import AttributeOut, JobIn, JobOut, SaidOut, SuggestionOut, readable

router = APIRouter(prefix="/api/v1", tags=["jobs"], responses=ERRORS)
JobNumber = Annotated[int, Path(ge=1, le=2**31)]
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
    data = await _body(request)
    found, answer = await run_in_threadpool(desk.score_bytes, data)
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


async def _body(request: Request) -> bytes:
    """The body, refused while it arrives once it is too large."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BODY_BYTES:
            raise OversizedPhoto(f"more than {MOST_BODY_BYTES >> 20} MiB")
    return bytes(data)


def _found(job: JobState | None) -> JobOut:
    if job is None:
        raise UsageError("there is no such job")
    return _job_out(job)


def _job_out(job: JobState) -> JobOut:
    return JobOut(
        id=job.id, kind=job.kind, label=job.label, state=job.state, total=job.total,
        done=job.done, failed=job.failed, error=job.error, problems=list(job.problems),
    )  # fmt: skip
