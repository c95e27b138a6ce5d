"""The application: routes, access control around them, and error responses."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from aesplugin import __version__
from aesplugin.errors import (
    AesError,
    CatalogError,
    MissingPhoto,
    ModelError,
    PhotoError,
    UsageError,
)
from aesplugin.web import pages
from aesplugin.web.error_lines import error_line
from aesplugin.web.guard import Guard
from aesplugin.web.languages.language import Language, languages
from aesplugin.web.query import asked_language, refusals_in
from aesplugin.web.routes import (
    api_folders,
    api_groups,
    api_hooks,
    api_jobs,
    api_people,
    api_photos,
    api_shares,
    api_steps,
    page_compare,
    page_cull,
    page_gallery,
    page_photo,
    page_publish,
    page_saved,
    texts,
)
from aesplugin.web.state import Desk

_STATIC = Path(__file__).parent / "static"
_ABOUT = """The review page's HTTP API. Programs send `Authorization: Bearer TOKEN` with every
request (the token is in the user's data folder, see docs/review.md); where the page was started
with `--no-token` they send the header `X-AES-Client: NAME` with requests that change something."""
_ROUTERS = (
    api_folders,
    api_photos,
    api_people,
    api_steps,
    api_groups,
    api_hooks,
    api_jobs,
    api_shares,
    page_compare,
    page_cull,
    page_gallery,
    page_photo,
    page_publish,
    page_saved,
    texts,
)
# HTTP status of each error class; the first match counts.
_STATUS = (
    (MissingPhoto, 404),
    (PhotoError, 422),
    (UsageError, 404),
    (CatalogError, 409),
    (ModelError, 409),
    (AesError, 409),
)


def create_app(desk: Desk, known: Mapping[str, Language] | None = None) -> ASGIApp:
    """The page and its API, guarded; `known` are the languages of the page, by their code."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.jobs.close()
        desk.sharing.close()

    app = FastAPI(
        title="aesplugin",
        version=__version__,
        description=_ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # the usual API viewers load scripts from other sites
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.desk = desk
    spoken = app.state.languages = languages() if known is None else known
    for module in _ROUTERS:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(AesError, _explain)
    app.add_exception_handler(RequestValidationError, _explain_values)
    app.add_exception_handler(HTTPException, _explain_http)
    app.add_exception_handler(Exception, _explain_unforeseen)
    return Guard(app, desk.access, refusals_in(spoken))


def _explain(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return _answer(request, status, str(error))


def _explain_values(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return _answer(request, 422, f"{where}: {first['msg']}")


def _explain_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = _answer(request, error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _explain_unforeseen(request: Request, error: Exception) -> Response:
    """Starlette raises it again after the response, so that the terminal shows the traceback."""
    return _answer(request, 500, error_line(error))


def _answer(request: Request, status: int, message: str) -> Response:
    """JSON for programs, a page for people."""
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        told = asked_language(request).phrase(message)
        return JSONResponse({"error": told}, status_code=status)
    return pages.render(request, "error.html", status=status, status_code=status, message=message)
