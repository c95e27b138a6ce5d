"""Pages: preview what would be written into sidecars, write it, and undo it."""

from dataclasses import fields
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter, ValidationError

from aesplugin.catalog.records import RunKind
from aesplugin.services.publish import PublishOptions
from aesplugin.web.pages import render
from aesplugin.web.routes.common import AtDesk, User, go

router = APIRouter(include_in_schema=False, prefix="/publish")
_SHOWN = 50  # differences in the dry run of the page; the command line prints all
_LOOKED_AT = 2000

_OPTIONS = TypeAdapter(PublishOptions)

Folder = Annotated[str, Form(max_length=4096)]


@router.get("")
def publish_page(request: Request, desk: AtDesk) -> HTMLResponse:
    """The options that the format of sidecars has, and the previous runs."""
    runs = desk.workshop.catalog.runs.latest(RunKind.PUBLISH, 20)
    files = {run.id: len(desk.workshop.catalog.runs.published(run.id)) for run in runs}
    folders = desk.choices.lists().folders
    return render(
        request,
        "publish.html",
        runs=runs,
        files=files,
        folders=folders,
        sidecars=desk.workshop.sidecars,
    )


async def _chosen(request: Request, user: User) -> PublishOptions:
    """The form's fields, by the options' names."""
    form = await request.form()
    given = {field.name: form[field.name] for field in fields(PublishOptions) if field.name in form}
    try:
        return _OPTIONS.validate_python(given | {"user": user})
    except ValidationError as error:
        raise RequestValidationError(error.errors(), body=given) from None


Chosen = Annotated[PublishOptions, Depends(_chosen)]


@router.post("/preview")
def preview(
    *, request: Request, desk: AtDesk, options: Chosen, folder: Folder = ""
) -> HTMLResponse:
    """A dry run: the first differences; nothing is written."""
    entries = desk.workshop.catalog.entries(
        desk.review.revision, under=folder or None, readable=True
    )
    looked_at = islice(
        desk.publisher(options.user).publish(entries, options, dry_run=True), _LOOKED_AT
    )
    results = list(looked_at)
    differing = [r for r in results if r.changes or r.kept or r.reason]
    return render(
        request,
        "_differences.html",
        results=differing[:_SHOWN],
        more=len(differing) - _SHOWN,
        count=len(results),
        would_write=sum(r.outcome == "written" for r in results),
        is_all=len(results) < _LOOKED_AT,
    )


@router.post("/run")
def run(*, request: Request, desk: AtDesk, options: Chosen, folder: Folder = "") -> Response:
    """Writes the sidecars, as a job."""
    label = f"publish {folder or 'all'}"
    desk.jobs.start("publish", label, lambda: desk.publish(folder or None, options))
    return go(request, "/progress")


@router.post("/undo/{run_id}")
def undo(request: Request, desk: AtDesk, run_id: Annotated[int, Path(ge=1, le=2**31)]) -> Response:
    """Undoes a run, as a job."""
    desk.workshop.catalog.runs.find(run_id)
    desk.jobs.start("unpublish", f"undo publish run {run_id}", lambda: desk.unpublish(run_id))
    return go(request, "/progress")
