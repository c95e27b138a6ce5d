"""Pages: the gallery and its windows, the profile switch, progress, files without a score."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from aesplugin.catalog.filters import Order, Shown
from aesplugin.web.guard import is_secure
from aesplugin.web.pages import render
from aesplugin.web.query import USER_COOKIE, as_query, lenient_filters, order_of
from aesplugin.web.routes.common import AtDesk
from aesplugin.web.schemas import UserName

router = APIRouter(include_in_schema=False)
_FIRST = 60  # tiles in the page itself; the rest comes as one scrolls
_YEAR = 365 * 24 * 3600


@router.get("/")
def gallery(request: Request, desk: AtDesk) -> HTMLResponse:
    """The photos that match, as tiles. To htmx only the part that filters change."""
    filters, order = desk.review.as_of_now(lenient_filters(request)), order_of(request)
    window = desk.review.window(filters, order, limit=_FIRST, offset=0)
    values: dict[str, Any] = {
        "window": window,
        "filters": filters,
        "order": order,
        "query": as_query(filters, order),
    }
    if "hx-request" in request.headers:
        return render(request, "_results.html", **values)
    lists = desk.choices.lists()
    return render(
        request,
        "gallery.html",
        cameras=lists.cameras,
        folders=lists.folders,
        orders=list(Order),
        shown=list(Shown),
        **values,
    )


@router.get("/tiles")
def tiles(
    request: Request,
    desk: AtDesk,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = _FIRST,
) -> HTMLResponse:
    """One window of tiles."""
    filters, order = lenient_filters(request), order_of(request)
    window = desk.review.window(filters, order, limit=limit, offset=offset)
    return render(request, "_tiles.html", window=window, query=as_query(filters, order))


@router.post("/profile")
def profile(request: Request, desk: AtDesk, name: Annotated[UserName, Form()]) -> Response:
    """Who is looking; a name, no account. The tab keeps it, and the cookie is for new tabs."""
    answer = JSONResponse({"name": name.strip()})
    value = quote(name.strip(), safe="")
    # Not hidden from scripts: each tab sets it to its own person before it loads a page.
    secure = is_secure(request.scope, desk.access)
    answer.set_cookie(USER_COOKIE, value, max_age=_YEAR, samesite="lax", secure=secure)
    return answer


@router.get("/csrf")
def csrf(desk: AtDesk) -> dict[str, str]:
    """The page's token as of now: a page that is open while the server starts anew asks for it.

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
