"""aesplugin serve: the review page and its HTTP API."""

import os
import socket
import sys
import threading
from collections.abc import Sequence
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

    from aesplugin.web.guard import Access

_PACKAGES = ("fastapi", "uvicorn", "python_multipart")
_DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY")
_NO_TOKEN = (
    "no token is asked for: every program and every person on this machine can see the photos of"
    " this catalog, decide about them and have sidecars written"
)


def command(  # noqa: PLR0913 - typer: one parameter per option
    *,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; beyond loopback never tokenless.")
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
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Let in whoever is on this machine.")
    ] = False,
    behind_tls: Annotated[
        bool, typer.Option("--behind-tls", help="A TLS proxy stands before it: Secure cookies.")
    ] = False,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option("--trust-proxy", metavar="ADDRESS", help="Whose X-Forwarded-Proto counts."),
    ] = None,
    open_page: Annotated[
        bool | None,
        typer.Option(
            "--open/--no-open", help="Open the page in a browser (default: in a terminal)."
        ),
    ] = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Serve the review page, by default to this machine only.

    The address it prints holds a token, kept in your data folder. Example: aesplugin serve
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    absent = [name for name in _PACKAGES if find_spec(name) is None]
    if absent:
        raise UsageError(f"the page needs {' and '.join(absent)}: pip install {' '.join(absent)}")
    from aesplugin.web.app import create_app
    from aesplugin.web.desk import Desk
    from aesplugin.web.guard import Access

    workshop = Workshop(load_settings(catalog=catalog, model=model, device=device))
    token = None if no_token else _token(token_file)
    _require_token_beyond_here(host, token, token_file)
    hosts = [*(allow_host or ()), host]
    access = Access(token=token, hosts=hosts, is_behind_tls=behind_tls)
    listener = _listen(host, port)
    app = create_app(Desk(workshop, access, roots=root or ()))
    say(f"review page: {_address(listener, host, token)}  (Ctrl-C ends it)")
    if token is None:
        say(_NO_TOKEN)
    if workshop.catalog.read_only:
        say(workshop.catalog.read_only)
    if _may_open(wanted=open_page):
        _open(access, listener, host)
    _run(app, listener, trusted=trust_proxy or ())


def _token(file: Path | None) -> str:
    """The file's token, else the environment's, else this person's own, made at the first start."""
    from aesplugin.settings import token_file
    from aesplugin.web.token import checked, kept_token, new_token, read_token

    if file is not None:
        return read_token(file)
    if given := os.environ.get("AES_TOKEN", ""):
        return checked(given, where="AES_TOKEN")
    try:
        return kept_token(token_file())
    except OSError as error:
        reason = error.strerror or error
        say(f"the token cannot be kept in {token_file()} ({reason}): this one ends with this page")
        return new_token()


def _require_token_beyond_here(host: str, token: str | None, file: Path | None) -> None:
    from aesplugin.web.guard import is_loopback

    if token is None and file is not None:
        raise UsageError("--no-token and --token-file: one of them")
    if token is None and not is_loopback(host):
        raise UsageError(f"--no-token is for this machine only, and {host} is reached from others")


def _may_open(*, wanted: bool | None) -> bool:
    """Unless told: where it was started from a terminal on a desktop, not over SSH."""
    if wanted is not None:
        return wanted
    is_desktop = sys.platform in ("win32", "darwin") or any(map(os.environ.get, _DESKTOPS))
    return sys.stderr.isatty() and is_desktop and "SSH_CONNECTION" not in os.environ


def _open(access: "Access", listener: socket.socket, host: str) -> None:
    """Hands the page to a browser, by a ticket for one sign-in: others see what it is called with.

    The listener takes the connection before the server runs.
    """
    import webbrowser

    ticket = access.new_ticket() if access.token else None
    shown = _address(listener, host, ticket)
    threading.Thread(target=webbrowser.open, args=(shown,), daemon=True).start()


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


def _run(app: "ASGIApp", listener: socket.socket, *, trusted: Sequence[str]) -> None:
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
        forwarded_allow_ips=["127.0.0.1", "::1", *trusted],
    )
    uvicorn.Server(config).run([listener])
