"""API: galleries for clients, and the choices that they send back."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from aesplugin.printable import printable
from aesplugin.services.sharing.choices import ChosenPhoto, parse
from aesplugin.services.sharing.page import MOST_TITLE
from aesplugin.web.languages.language import Language
from aesplugin.web.routes.api_jobs import job_out
from aesplugin.web.routes.common import ERRORS, AtDesk, Told
from aesplugin.web.schemas import HASH, MOST_MARKED, Closed, JobOut, UserName
from aesplugin.web.sharing import Form

router = APIRouter(prefix="/api/v1/shares", tags=["shares"], responses=ERRORS)
Hash = Annotated[str, StringConstraints(pattern=HASH)]
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_TITLE, strip_whitespace=True)
]
_MOST_TOLD = 50  # comments, and photos that are not in the catalog
_JSON = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/html": {}, "application/zip": {}},
        "description": "the gallery, to be saved",
    }
}


class ShareIn(Closed):
    """Photos for a client, in this order; one HTML file, or a ZIP for more than 200."""

    photos: list[Hash] = Field(min_length=1, max_length=MOST_MARKED)
    title: Title
    form: Form = "html"
    scores: bool = Field(default=False, description="whether the client sees them")


class ChoicesOut(BaseModel):
    """What reading a client's choices did; `run` is null where nothing is new."""

    line: str
    user: str
    run: int | None
    comments: list[str]
    unknown: list[str] = Field(description="names of photos that are not in the catalog")


@router.post("", status_code=202)
def share(desk: AtDesk, wanted: ShareIn) -> JobOut:
    """Writes a gallery, as a job; once it is done its `link` leads to the file."""
    return job_out(
        desk.sharing.start(
            wanted.photos, title=wanted.title, form=wanted.form, scores=wanted.scores
        )
    )


@router.get("/{share}/file", response_class=FileResponse, responses=_FILE)
def file(desk: AtDesk, share: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> FileResponse:
    """A gallery that was written, until the page ends or later ones take its place."""
    found = desk.sharing.file(share)
    return FileResponse(found, filename=found.name)


@router.post("/choices", openapi_extra=_JSON)
async def choices(
    desk: AtDesk,
    request: Request,
    told: Told,
    user: Annotated[UserName | None, Query(description="default: the gallery's title")] = None,
) -> ChoicesOut:
    """Stores the choices in the body, the file that a client sent back, as decisions of `user`."""
    given = parse(await request.body(), "the file")
    done = await run_in_threadpool(desk.review.take_choices, given, user)
    return ChoicesOut(
        line=told.phrase(done.line),
        user=done.user,
        run=done.run.id if done.run else None,
        comments=[printable(f"{one.name}: {one.comment}") for one in done.comments[:_MOST_TOLD]],
        unknown=_names(done.unknown, told),
    )


def _names(photos: tuple[ChosenPhoto, ...], told: Language) -> list[str]:
    names = [printable(one.name) for one in photos[:_MOST_TOLD]]
    more = len(photos) - _MOST_TOLD
    rest = f"and {more} more"
    return [*names, told.phrase(rest)] if more > 0 else names
