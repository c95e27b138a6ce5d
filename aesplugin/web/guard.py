"""Access control and security headers; plain ASGI, before any route.

* The Host header must name us: a page that rebinds its DNS name to 127.0.0.1 gets nothing. Where a
  token is in force any number will do, for rebinding needs a name, and which numbers lead here
  (of other networks, of a router) is not known.
* Where a token is in force it is required, as a cookie or a bearer, on loopback too: other people
  and programs of this machine reach it there. A ticket does for one sign-in: an address that is
  handed to a browser is seen by others.
* A request that changes something needs the page's own CSRF token, a bearer, or (programs on this
  machine, which send no Origin) the header ``X-AES-Client``.
* A body is counted while it comes in, and refused once it is too large.
"""

import hashlib
import hmac
import ipaddress
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_COOKIE = "aes_token"
CSRF_HEADER = "x-csrf-token"
CLIENT_HEADER = "x-aes-client"
MOST_BODY_BYTES = 2 * 2**20  # the longest list of photos takes a sixth of it
MOST_PICTURE_BYTES = 128 * 2**20  # a large RAW file to score
_PICTURES = frozenset({"/api/v1/score"})  # where a body is a picture
TICKET_SECONDS = 600.0  # a browser that has to start takes a minute
_YEAR = 365 * 24 * 3600  # s
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
    "x-frame-options": "DENY",
}


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine only."""
    if host == "localhost":
        return True
    return _is_number(host) and ipaddress.ip_address(host).is_loopback


def _is_number(host: str) -> bool:
    """Whether a host is an address, of IPv4 or IPv6, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who is let in. `token` None: anyone who can connect, on loopback only this machine.

    Behind TLS, as set here or reported by a trusted proxy, cookies are sent only over TLS.
    """

    token: str | None = None
    tickets: set[str] = field(default_factory=set)
    is_behind_tls: bool = False
    hosts: Sequence[str] = _LOOPBACK_NAMES
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def new_ticket(self, *, seconds: float = TICKET_SECONDS) -> str:
        """A ticket for one sign-in within this time: an unused one does not stay valid."""
        ticket = secrets.token_urlsafe(24)
        self.tickets.add(ticket)
        ending = threading.Timer(seconds, self.tickets.discard, [ticket])
        ending.daemon = True
        ending.start()
        return ticket


Said = Callable[[Headers, str], str]


class Guard:
    """Wraps the whole application; `said` puts a refusal into the language of who asks."""

    def __init__(self, app: ASGIApp, access: Access, said: Said = lambda _, text: text) -> None:
        self._app = app
        self._said = said
        self._access = access
        self._hosts = {host.lower() for host in (*access.hosts, *_LOOPBACK_NAMES)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers refused requests; passes on the others."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        answer = self._refusal(scope) or self._sign_in(scope)
        await (answer or self._app)(scope, _counted(receive, _most_bytes(scope)), send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._is_our_host(_host_name(headers.get("host", ""))):
            line = "this host name is not ours; see --allow-host in docs/review.md"
            return _refuse(421, self._said(headers, line))
        if not self._may_enter(scope, headers):
            line = "a token is needed: open the address that `aesplugin serve` prints"
            return _sign_in_first(headers, self._said(headers, line))
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > (most := _most_bytes(scope)):
            return _refuse(413, self._said(headers, _too_large(most)))
        if scope["method"] not in _SAFE and not self._is_ours(headers):
            line = "this request did not come from the page (CSRF); reload the page"
            return _refuse(403, self._said(headers, line))
        return None

    def _is_our_host(self, name: str) -> bool:
        return name in self._hosts or (self._access.token is not None and _is_number(name))

    def _may_enter(self, scope: Scope, headers: Headers) -> bool:
        if self._access.token is None:
            return True
        asked = dict(_query(scope)).get("token")
        given = (_bearer(headers), asked, *_stored_tokens(headers))
        return asked in self._access.tickets or any(self._is_token(value) for value in given)

    def _is_token(self, value: str | None) -> bool:
        token = self._access.token
        return bool(token and value) and hmac.compare_digest(
            str(value).encode(), str(token).encode()
        )

    def _is_ours(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return False
        if hmac.compare_digest(headers.get(CSRF_HEADER, "").encode(), self._access.csrf.encode()):
            return True
        if self._is_token(_bearer(headers)):
            return True
        from_browser = origin is not None or "sec-fetch-site" in headers
        # With a token in force a cookie alone proves nothing, so programs must send the bearer.
        return self._access.token is None and not from_browser and CLIENT_HEADER in headers

    def _sign_in(self, scope: Scope) -> Response | None:
        """A token in the address becomes a cookie, and leaves the address and the history."""
        query = _query(scope)
        if self._access.token is None or "token" not in dict(query):
            return None
        given = dict(query)["token"]
        if not (self._is_token(given) or given in self._access.tickets):
            return None  # a wrong token beside a valid cookie
        self._access.tickets.discard(given)
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        path = "/" + scope["path"].lstrip("/")  # "//host" would lead elsewhere
        answer = RedirectResponse(f"{path}?{rest}" if rest else path, status_code=303)
        answer.set_cookie(
            _cookie_name(self._access.token),
            self._access.token,
            max_age=_YEAR,
            httponly=True,
            samesite="lax",  # an address that is clicked elsewhere leads here; GET changes nothing
            secure=is_secure(scope, self._access),
        )
        return answer


def is_secure(scope: Scope, access: Access) -> bool:
    """Whether the browser uses TLS, as set at the start or reported by a trusted proxy.

    The server replaces the scheme with a trusted proxy's ``X-Forwarded-Proto``.
    """
    return access.is_behind_tls or scope.get("scheme") == "https"


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _most_bytes(scope: Scope) -> int:
    return MOST_PICTURE_BYTES if scope["path"] in _PICTURES else MOST_BODY_BYTES


def _too_large(most: int) -> str:
    return f"the request is too large: at most {most >> 20} MiB"


def _counted(receive: Receive, most: int) -> Receive:
    """The same body, refused as soon as it exceeds the limit: its length may be unknown."""
    taken = 0

    async def receive_counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, _too_large(most))
        return message

    return receive_counted


def _sign_in_first(headers: Headers, message: str) -> Response:
    if "text/html" not in headers.get("accept", ""):
        return _refuse(401, message)
    page = f"<!doctype html><title>aesplugin</title><h1>aesplugin</h1><p>{message}.</p>"
    return HTMLResponse(page, status_code=401)


def _refuse(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status)


def _host_name(host: str) -> str:
    """The Host header without its port, IPv6 brackets removed."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _bearer(headers: Headers) -> str | None:
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else None


def _cookie_name(token: str) -> str:
    """A name for each token: pages on all ports of a machine share its cookies."""
    return f"{TOKEN_COOKIE}_{hashlib.sha256(token.encode()).hexdigest()[:8]}"


def _stored_tokens(headers: Headers) -> list[str]:
    """Read leniently: other programs on this machine set cookies of any form."""
    cookies = cookie_parser(headers.get("cookie", ""))
    return [value for name, value in cookies.items() if name.startswith(TOKEN_COOKIE)]
