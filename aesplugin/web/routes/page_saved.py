"""The gallery's saved filters: kept, replaced and deleted, each with a way back."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator, StringConstraints

from aesplugin.web.pages import render
from aesplugin.web.query import lasting_query
from aesplugin.web.routes.common import AtDesk, User
from aesplugin.web.schemas import printable

router = APIRouter(include_in_schema=False, prefix="/saved")

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(printable),
]
Address = Annotated[str, StringConstraints(max_length=8192)]


@router.post("")
def save(
    request: Request,
    desk: AtDesk,
    user: User,
    name: Annotated[Name, Form()],
    query: Annotated[Address, Form()] = "",
) -> HTMLResponse:
    """Keeps the filters, order and words of an address under a name."""
    saved = desk.workshop.catalog.saved_filters
    lasting = lasting_query(query)
    before = saved.save(user, name, lasting)
    replaced = None if before in (None, lasting) else before
    return _list(request, desk, user, name=name, is_deleted=False, before=replaced)


@router.delete("")
def delete(
    request: Request, desk: AtDesk, user: User, name: Annotated[Name, Query()]
) -> HTMLResponse:
    """Deletes one; the answer offers to undo that."""
    before = desk.workshop.catalog.saved_filters.delete(user, name)
    return _list(request, desk, user, name=name, is_deleted=True, before=before)


def _list(
    request: Request, desk: AtDesk, user: str, *, name: str, is_deleted: bool, before: str | None
) -> HTMLResponse:
    return render(
        request,
        "_saved.html",
        saved=desk.workshop.catalog.saved_filters.of(user),
        did={"name": name, "is_deleted": is_deleted, "before": before},
    )
