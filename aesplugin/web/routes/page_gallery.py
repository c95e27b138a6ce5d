"""Pages: the gallery and its windows, the profile switch, progress, files without a score."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field, StringConstraints

from aesplugin.catalog.filters import Filters, Measure, Order
from aesplugin.services.review import Tile
from aesplugin.web.guard import is_secure
from aesplugin.web.pages import render
from aesplugin.web.query import USER_COOKIE, as_query, lenient_filters, order_of
from aesplugin.web.routes.common import AtDesk
from aesplugin.web.scenes import is_by_time, scene_starts
from aesplugin.web.schemas import (
    HASH,
    MOST_MARKED,
    Closed,
    DecisionOut,
    UserName,
    decision_out,
    readable,
)
from aesplugin.web.state import Desk

router = APIRouter(include_in_schema=False)
_FIRST = 60  # tiles in the page itself; the others are loaded on scrolling
_YEAR = 365 * 24 * 3600


class SelectedIn(Closed):
    photos: list[Annotated[str, StringConstraints(pattern=HASH)]] = Field(max_length=MOST_MARKED)


class RangeOut(BaseModel):
    """Photos in the gallery's order, and what the person decided of some of them."""

    photos: list[str]
    decisions: list[DecisionOut]


class PlacesOut(BaseModel):
    """The place of each photo in the gallery, from 0 on; what does not match is left out."""

    places: dict[str, int]
    decisions: list[DecisionOut]


@router.get("/")
def gallery(request: Request, desk: AtDesk) -> HTMLResponse:
    """The photos that match, as tiles. For htmx only the part that filters change."""
    filters = desk.review.as_of_now(lenient_filters(request))
    order = order_of(request, filters)
    is_scoring = desk.jobs.is_scoring
    if is_scoring and filters.scored_by is None:  # what comes meanwhile must not move the others
        filters = replace(filters, scored_by=time.time_ns() // 1_000_000)
    days = desk.review.days(filters, order)  # first: they are counted along with them
    window = desk.review.window(filters, order, limit=_FIRST, offset=0)
    values: dict[str, Any] = {
        "window": window,
        "filters": filters,
        "order": order,
        "query": as_query(filters, order),
        "days": [(day and day.isoformat(), n) for day, n in days],
        "scenes": scene_starts(window.tiles, order),
        "gone": _gone(desk, filters) if not window.total else "",
    }
    if "hx-request" in request.headers:
        return render(request, "_results.html", **values)
    lists = desk.choices.lists()
    return render(
        request,
        "gallery.html",
        cameras=lists.cameras,
        folders=lists.folders,
        measures=list(Measure),
        saved=desk.workshop.catalog.saved_filters.of(filters.user),
        did=None,
        is_scoring=is_scoring,
        is_unfinished=desk.jobs.is_unfinished,
        **values,
    )


def _gone(desk: Desk, filters: Filters) -> str:
    """What a saved filter asks for and the catalog has no more, in one line."""
    gallery = desk.workshop.catalog.gallery
    if filters.camera and filters.camera not in gallery.cameras():
        return f"No photo of the camera “{filters.camera}” is in the catalog."
    if filters.folder and not gallery.has_folder(filters.folder):
        return f"No photo of the folder {readable(filters.folder)} is in the catalog."
    return ""


@router.get("/arrived")
def arrived(request: Request, desk: AtDesk) -> dict[str, int]:
    """How many photos match now, with those that were scored since; and all files."""
    filters = replace(lenient_filters(request), scored_by=None)
    window = desk.review.window(filters, Order.SCORE, limit=1, offset=0)
    return {"total": window.total, "files": sum(desk.counts().values())}


@router.get("/tiles")
def tiles(
    request: Request,
    desk: AtDesk,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = _FIRST,
) -> HTMLResponse:
    """One window of tiles."""
    filters = lenient_filters(request)
    order = order_of(request, filters)
    window = desk.review.window(filters, order, limit=limit, offset=offset)
    before: tuple[Tile, ...] = ()
    if offset and is_by_time(order):
        before = desk.review.window(filters, order, limit=1, offset=offset - 1).tiles
    return render(
        request,
        "_tiles.html",
        window=window,
        order=order,
        query=as_query(filters, order),
        scenes=scene_starts((*before, *window.tiles), order),
    )


@router.get("/hashes")
def hashes(
    request: Request,
    desk: AtDesk,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_MARKED)] = MOST_MARKED,
) -> RangeOut:
    """The photos of a range of the gallery that is to be selected, in its order."""
    filters = lenient_filters(request)
    order = order_of(request, filters)
    photos = desk.review.hashes(filters, order, limit=limit, offset=offset)
    return RangeOut(photos=photos, decisions=_decided(desk, filters, photos))


@router.post("/hashes")
def places(request: Request, desk: AtDesk, selected: SelectedIn) -> PlacesOut:
    """Where photos that were selected before stand in the gallery now; changes nothing."""
    filters = lenient_filters(request)
    order = order_of(request, filters)
    found = desk.review.places(filters, order, selected.photos)
    return PlacesOut(places=found, decisions=_decided(desk, filters, list(found)))


def _decided(desk: Desk, filters: Filters, photos: Sequence[str]) -> list[DecisionOut]:
    found = desk.workshop.catalog.gallery.decisions_of(filters.user, photos)
    return [decision_out(decision) for decision in found.values()]


@router.post("/profile")
def profile(request: Request, desk: AtDesk, name: Annotated[UserName, Form()]) -> Response:
    """Changes the profile: a name, not an account. The tab keeps it; the cookie is for new tabs."""
    answer = JSONResponse({"name": name.strip()})
    value = quote(name.strip(), safe="")
    # Not hidden from scripts: each tab sets it to its own person before it loads a page.
    secure = is_secure(request.scope, desk.access)
    answer.set_cookie(USER_COOKIE, value, max_age=_YEAR, samesite="lax", secure=secure)
    return answer


@router.get("/csrf")
def csrf(desk: AtDesk) -> dict[str, str]:
    """The current CSRF token: a page left open while the server restarts asks for it.

    Other sites cannot read this answer.
    """
    return {"csrf": desk.access.csrf}


@router.get("/progress")
def progress(request: Request, desk: AtDesk) -> HTMLResponse:
    """Running jobs and files by state, live."""
    failures = desk.workshop.catalog.last_failures(desk.review.revision, limit=200)
    return render(
        request,
        "progress.html",
        counts=desk.counts(),
        jobs=desk.jobs.all(),
        failures=failures,
        folders=desk.choices.lists().filled,
    )
