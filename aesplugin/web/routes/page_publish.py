"""Pages: what would be written into sidecars, writing it, and taking it back."""

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from aesplugin.catalog.records import RunKind
from aesplugin.services.publish import PublishOptions
from aesplugin.sidecars.naming import Naming
from aesplugin.web.pages import render
from aesplugin.web.routes.common import AtDesk, User, go

router = APIRouter(include_in_schema=False, prefix="/publish")
_SHOWN = 50  # differences in the dry run of the page; the command line prints all
_LOOKED_AT = 2000

Ticked = Annotated[bool, Form()]
Folder = Annotated[str, Form(max_length=4096)]


@router.get("")
def publish_page(request: Request, desk: AtDesk) -> HTMLResponse:
    """What may be written, and the runs so far."""
    runs = desk.workshop.catalog.runs.latest(RunKind.PUBLISH, 20)
    files = {run.id: len(desk.workshop.catalog.runs.published(run.id)) for run in runs}
    folders = desk.choices.lists().folders
    return render(request, "publish.html", runs=runs, files=files, folders=folders)


def _chosen(  # noqa: PLR0913 - one parameter per field
    *,
    user: User,
    ratings: Ticked = False,
    only_mine: Ticked = False,
    labels: Ticked = False,
    tags: Ticked = False,
    description: Ticked = False,
    naming: Annotated[Naming, Form()] = Naming.FULL,
) -> PublishOptions:
    return PublishOptions(
        user=user,
        ratings=ratings,
        only_mine=only_mine,
        labels=labels,
        tags=tags,
        description=description,
        naming=naming,
    )


Chosen = Annotated[PublishOptions, Depends(_chosen)]


@router.post("/preview")
def preview(
    *, request: Request, desk: AtDesk, options: Chosen, folder: Folder = ""
) -> HTMLResponse:
    """A dry run: the first differences, nothing written."""
    entries = desk.workshop.catalog.entries(
        desk.review.revision, under=folder or None, readable=True
    )
    looked_at = islice(
        desk.publisher(options.user).publish(entries, options, dry_run=True), _LOOKED_AT
    )
    results = list(looked_at)
    told = [r for r in results if r.changes or r.kept or r.reason]
    return render(
        request,
        "_differences.html",
        results=told[:_SHOWN],
        more=len(told) - _SHOWN,
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
    """Takes a run back, as a job."""
    desk.workshop.catalog.runs.find(run_id)
    desk.jobs.start("unpublish", f"undo publish run {run_id}", lambda: desk.unpublish(run_id))
    return go(request, "/progress")
