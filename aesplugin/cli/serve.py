"""aesplugin serve: the review page and its HTTP API."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.errors import ModelError, UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from aesplugin.web.guard import Access

_PACKAGES = ("fastapi", "uvicorn", "python_multipart")
_DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY")
_NO_TOKEN = (
    "no token is required: every program and user on this machine can see this catalog's photos,"
    " change decisions and write sidecars"
)


def command(  # noqa: PLR0913 - typer: one parameter per option
    *,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; any but loopback needs a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 = any free.")
    ] = 8765,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", metavar="NAME", help="Host name by which browsers reach this machine."
        ),
    ] = None,
    root: Annotated[
        list[str] | None,
        typer.Option(
            "--root",
            metavar="DIR",
            help="Folder that may be scored from the page (default: your home folder, where only"
            " you can open the page).",
        ),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="File with the access token.")
    ] = None,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Let everyone on this machine in.")
    ] = False,
    behind_tls: Annotated[
        bool, typer.Option("--behind-tls", help="Behind a TLS proxy: set Secure cookies.")
    ] = False,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--trust-proxy", metavar="ADDRESS", help="Proxy whose X-Forwarded-Proto is trusted."
        ),
    ] = None,
    open_page: Annotated[
        bool | None,
        typer.Option(
            "--open/--no-open",
            help="Open the page in a browser (default: when started from a desktop terminal).",
        ),
    ] = None,
    qr_code: Annotated[
        bool | None,
        typer.Option(
            "--qr/--no-qr",
            help="Print the address as a QR code for a phone (default: where it can reach it).",
        ),
    ] = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Serve the review page, by default to this machine only.

    The printed address contains an access token, which is stored in your data folder.

    Example: aesplugin serve
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    absent = [name for name in _PACKAGES if find_spec(name) is None]
    if absent:
        raise UsageError(f"the page needs {' and '.join(absent)}: pip install {' '.join(absent)}")
    from aesplugin.web.app import create_app
    from aesplugin.web.guard import Access, is_loopback
    from aesplugin.web.state import Desk

    workshop = Workshop(load_settings(catalog=catalog, model=model, device=device))
    try:
        workshop.refresh_card()
    except ModelError as error:  # what is scored already can be shown without it
        say(f"the model cannot be used now: {error}")
    token = None if no_token else _token(token_file)
    _require_token_beyond_here(host, token, token_file)
    hosts = [*(allow_host or ()), host]
    access = Access(token=token, hosts=hosts, is_behind_tls=behind_tls)
    listener = _listen(host, port)
    is_ours_alone = token is not None and not (allow_host or behind_tls or trust_proxy)
    roots = root or (_home() if is_ours_alone and is_loopback(host) else ())
    desk = Desk(workshop, access, roots=roots)
    say(f"review page: {_address(listener, host, token)}  (Ctrl-C to stop)")
    if _shows_code(host, wanted=qr_code):
        _print_code(_address(listener, host, token))
    if token is None:
        say(_NO_TOKEN)
    if workshop.catalog.read_only:
        say(workshop.catalog.read_only)
    if _may_open(wanted=open_page):
        _open(access, listener, host)
    _run(create_app(desk), listener, trusted=trust_proxy or (), on_end=desk.jobs.end_events)


def _home() -> list[str]:
    """The user's home folder; none where it is the whole disk, or does not exist (a service)."""
    home = os.path.realpath(os.path.expanduser("~"))
    is_whole_disk = os.path.dirname(home) == home
    return [home] if os.path.isdir(home) and not is_whole_disk else []


def _token(file: Path | None) -> str:
    """The file's token, else the environment's, else this person's own, made at the first start."""
    from aesplugin.settings import token_file
    from aesplugin.web.token import checked, new_token, read_token, stored_token

    if file is not None:
        return read_token(file)
    if given := os.environ.get("AES_TOKEN", ""):
        return checked(given, where="AES_TOKEN")
    try:
        return stored_token(token_file())
    except OSError as error:
        reason = error.strerror or error
        say(
            f"cannot store the token in {token_file()} ({reason}): it is valid until the page stops"
        )
        return new_token()


def _require_token_beyond_here(host: str, token: str | None, file: Path | None) -> None:
    from aesplugin.web.guard import is_loopback

    if token is None and file is not None:
        raise UsageError("give --no-token or --token-file, not both")
    if token is None and not is_loopback(host):
        raise UsageError(f"--no-token works on loopback only, and other machines can reach {host}")


def _shows_code(host: str, *, wanted: bool | None) -> bool:
    """By default: on a terminal, where other machines can reach the page."""
    from aesplugin.web.guard import is_loopback

    return sys.stderr.isatty() and not is_loopback(host) if wanted is None else wanted


def _print_code(address: str) -> None:
    """A QR code of an address, two rows of it in each line."""
    import segno

    try:
        segno.make(address, error="l").terminal(out=sys.stderr, border=2, compact=True)
    except UnicodeEncodeError:
        say("no QR code: this terminal cannot show its characters")


def _may_open(*, wanted: bool | None) -> bool:
    """By default: where it was started from a terminal on a desktop, not over SSH."""
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


def _run(
    app: "ASGIApp",
    listener: socket.socket,
    *,
    trusted: Sequence[str],
    on_end: Callable[[], None],
) -> None:
    """Until a signal ends it; `on_end` is called then, before the open connections are awaited."""
    import logging

    import uvicorn

    logging.basicConfig()  # shows the traceback of a job that met an unexpected error
    # No access log: it would hold the token of the first address.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        forwarded_allow_ips=["127.0.0.1", "::1", *trusted],
    )

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            on_end()
            super().handle_exit(sig, frame)

    Server(config).run([listener])
