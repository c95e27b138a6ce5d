"""aesplugin serve: the review page and its HTTP API."""

import os
import secrets
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_LEAST_TOKEN = 16  # characters


def command(  # noqa: PLR0913 - typer: one parameter per option
    *,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; beyond loopback a token is needed.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8765,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name this machine is reached by."),
    ] = None,
    root: Annotated[
        list[str] | None,
        typer.Option("--root", metavar="DIR", help="A folder the page may have scored."),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="File that holds the token to ask for.")
    ] = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Serve the review page, by default to this machine only.

    Example: aesplugin serve --port 8765
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise UsageError("the page needs more packages: pip install 'aesplugin[web]'")
    from aesplugin.web.app import create_app
    from aesplugin.web.desk import Desk
    from aesplugin.web.guard import Access, is_loopback

    workshop = Workshop(load_settings(catalog=catalog, model=model, device=device))
    token = _token(token_file, is_needed=not is_loopback(host))
    access = Access(token=token, hosts=[*(allow_host or ()), host])
    listener = _listen(host, port)
    app = create_app(Desk(workshop, access, roots=root or ()))
    say(f"review page: {_address(listener, host, token)}  (Ctrl-C ends it)")
    _run(app, listener)


def _token(file: Path | None, *, is_needed: bool) -> str | None:
    """The file's token, else the environment's, else a new one for this run where one is needed."""
    if file is not None:
        try:
            found = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise UsageError(f"{file} cannot be read as a token: {error}") from None
    else:
        found = os.environ.get("AES_TOKEN", "")
        if not found:
            return secrets.token_urlsafe(24) if is_needed else None
    if len(found) < _LEAST_TOKEN or not (found.isascii() and found.isprintable()):
        raise UsageError(f"a token needs {_LEAST_TOKEN} ASCII characters or more")
    return found


def _address(listener: socket.socket, host: str, token: str | None) -> str:
    """What a browser opens; with the token, which it keeps from then on."""
    from aesplugin.web.listener import reached_at

    shown, port = reached_at(listener) or host, listener.getsockname()[1]
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/" + (f"?token={quote(token, safe='')}" if token else "")


def _listen(host: str, port: int) -> socket.socket:
    from aesplugin.web.listener import listen

    try:
        return listen(host, port)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(
            f"cannot listen on {host} port {port}: {reason}; choose another --port"
        ) from None


def _run(app: "ASGIApp", listener: socket.socket) -> None:
    import logging

    import uvicorn

    logging.basicConfig()  # where a job stopped that met what nobody foresaw
    # No access log: it would hold the token of the first address.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run([listener])
