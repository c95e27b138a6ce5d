"""Shared by all routes: the desk, and the error responses of the API."""

from typing import Annotated, Any, cast

from fastapi import Depends, Path, Request
from fastapi.responses import RedirectResponse, Response

from aesplugin.web.languages.language import Language
from aesplugin.web.query import asked_language, current_user
from aesplugin.web.schemas import HASH, ErrorOut
from aesplugin.web.state import Desk


def desk_of(request: Request) -> Desk:
    """The parts behind the page."""
    return cast(Desk, request.app.state.desk)


AtDesk = Annotated[Desk, Depends(desk_of)]
Told = Annotated[Language, Depends(asked_language)]
User = Annotated[str, Depends(current_user)]
PhotoHash = Annotated[str, Path(pattern=HASH, description="SHA-256 of the file's bytes")]

_DESCRIPTIONS = {
    400: "the request cannot be understood",
    401: "a token is needed",
    403: "not from the page, nor from a program that names itself (X-AES-Client)",
    404: "not in the catalog",
    409: "the catalog or the model cannot do it now",
    413: "the body is too large",
    421: "another host's name",
    422: "a value is out of range",
}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorOut, "description": text} for status, text in _DESCRIPTIONS.items()
}


def go(request: Request, address: str) -> Response:
    """Shows another page; for htmx by its own header, since it would follow a redirect in place."""
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"hx-redirect": address})
    return RedirectResponse(address, status_code=303)
