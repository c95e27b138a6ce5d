"""JSON over HTTP to one server; each way in which a request can fail is told apart."""

import json
import logging
import ssl
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from aesplugin.errors import ModelAway, ModelError, SettingsError
from aesplugin.models.server.address import KEY_NAME, server_base, server_key

_MOST_BYTES: Final = 8 * 2**20
_LONGEST_REASON: Final = 200  # characters of what the server says
_CONNECT_SECONDS: Final = 5.0
_STREAMED: Final = ("text/event-stream", "application/x-ndjson")
_BUSY: Final = (429, 503)  # 503 also while a model is being loaded


class ServerAway(ModelAway):
    """It takes no connection, or has no time: whoever is asked about, it is not their fault."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds


class ServerBroke(ModelError):
    """It took the request and did not answer it: the photo's fault, or the server's."""

    def __init__(self, message: str, reason: str, *, is_slow: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.is_slow = is_slow  # it was given all the time there is


class ServerRefused(ModelError):
    """It does not accept the request, and would not accept it again."""

    def __init__(self, message: str, reason: str, status: int) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status


class ServerClient:
    """Requests to one server, from several threads; connections are kept.

    Redirects are not followed: the key must not travel to another host. Proxies and certificates
    are those of the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE), as httpx reads them.
    """

    def __init__(self, url: str, *, seconds: float) -> None:
        """A request may take `seconds`.

        Raises:
            SettingsError: the address, the key, a proxy or a certificate cannot be used.
        """
        self.base = server_base(url)
        self._key = server_key()
        self._seconds = seconds
        headers = {"accept": "application/json"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of every request
        try:
            timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
            self._client = httpx.Client(headers=headers, timeout=timeout)
        except (ValueError, ImportError, httpx.InvalidURL):  # their text may repeat a password
            raise SettingsError(
                "a proxy of the environment cannot be used: correct HTTP_PROXY, HTTPS_PROXY and"
                " ALL_PROXY, or name the server's host in NO_PROXY"
            ) from None
        except OSError:
            raise SettingsError(
                "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: name a"
                " PEM file"
            ) from None

    @property
    def where(self) -> str:
        """What messages call it."""
        return f"the server at {self.base}"

    def ask(self, path: str, body: object = None) -> Any:
        """The decoded answer to a GET, or to a POST of `body`.

        Raises:
            ServerAway, ServerBroke, ServerRefused: see there.
            ModelError: what answers is not such a server, refuses the key, or is not trusted.
        """
        try:
            return self._decoded(*self._exchange(path, body))
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
                raise self._away("does not answer (no connection within seconds)") from None
            raise self._slow() from None
        except (httpx.ConnectError, httpx.ProxyError) as error:
            raise self._unconnected(error) from None
        except (httpx.HTTPError, httpx.StreamError):
            raise self._broke("closed the connection without a whole answer over HTTP") from None
        except (httpx.InvalidURL, UnicodeError):
            raise SettingsError("the setting `server_url` is not an address") from None

    def _exchange(self, path: str, body: object) -> tuple[httpx.Response, bytes]:
        method, url = ("GET" if body is None else "POST"), self.base + path
        deadline = time.monotonic() + self._seconds
        with self._client.stream(method, url, json=body) as answer:
            if answer.headers.get("content-type", "").startswith(_STREAMED):
                raise self._streams()
            parts, count = [], 0
            for part in answer.iter_bytes():
                parts.append(part)
                count += len(part)
                if count > _MOST_BYTES:
                    raise self._broke(f"answered more than {_MOST_BYTES >> 20} MiB")
                if time.monotonic() > deadline:
                    raise self._slow()
            return answer, b"".join(parts)

    def _decoded(self, answer: httpx.Response, data: bytes) -> Any:
        status = answer.status_code
        said = self._reason(data)
        named = f"{status}{f': {said}' if said else ''}"
        if status in (401, 403):
            raise ModelError(f"{self.where} refuses the key ({status}): put its key in {KEY_NAME}")
        if status in _BUSY:
            wait = _seconds_until(answer.headers.get("retry-after", ""))
            raise self._away(f"is busy ({named})", retry_after=wait)
        if 300 <= status < 400:
            raise ModelError(
                f"{self.where} sends requests elsewhere ({status}): set `server_url` to the address"
                " that it leads to"
            )
        if status >= 500:
            raise self._broke(f"answered {named}")
        if status >= 400:
            reason = f"answered {named}"
            raise ServerRefused(f"{self.where} {reason}", reason, status)
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            if data.lstrip().startswith(b"data:"):
                raise self._streams() from None
            what = "in HTML" if data.lstrip()[:1] == b"<" else "in something else than JSON"
            raise ModelError(
                f"{self.where} answers {what}: check `server_url`, its port above all"
            ) from None

    def _unconnected(self, error: Exception) -> ModelError:
        causes: list[BaseException] = [error]
        while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
            causes.append(cause)
        text = " ".join(str(one) for one in causes)
        if "CERTIFICATE" in text or any(isinstance(c, ssl.CertificateError) for c in causes):
            return ModelError(
                f"{self.where} shows a certificate that is not trusted here: set SSL_CERT_FILE to"
                " the PEM file of the authority that signed it, or of the certificate itself"
            )
        if "[SSL" in text or any(isinstance(c, ssl.SSLError) for c in causes):
            return ModelError(f"{self.where} does not speak TLS there: try http:// in `server_url`")
        if isinstance(error, httpx.ProxyError):
            return self._away("cannot be reached through the proxy of the environment")
        return self._away(f"does not answer ({self.clean(str(error)) or 'no connection'})")

    def _away(self, reason: str, *, retry_after: float | None = None) -> ServerAway:
        return ServerAway(
            f"{self.where} {reason}: start it, or check `server_url`; what is not scored yet waits",
            retry_after=retry_after,
        )

    def _streams(self) -> ModelError:
        return ModelError(
            f"{self.where} streams although it was asked for a whole answer: switch streaming off"
            " in it"
        )

    def _slow(self) -> ServerBroke:
        return self._broke(
            f"did not answer within {self._seconds:.0f} seconds; `job_seconds` allows more",
            is_slow=True,
        )

    def _broke(self, reason: str, *, is_slow: bool = False) -> ServerBroke:
        return ServerBroke(f"{self.where} {reason}", reason, is_slow=is_slow)

    def _reason(self, data: bytes) -> str:
        """What the server says in an error, however it wraps it."""
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            return ""
        for _ in range(3):
            if not isinstance(found, dict):
                break
            found = found.get("error") or found.get("message") or found.get("detail")
        return self.clean(found) if isinstance(found, str) else ""

    def clean(self, text: str) -> str:
        """In one line, without what no terminal should be sent, and without the key."""
        if self._key:
            text = text.replace(self._key, "***")
        shown = "".join(one if one.isprintable() else " " for one in text)
        return " ".join(shown.split())[:_LONGEST_REASON].rstrip(" .:")


def _seconds_until(given: str) -> float | None:
    """Retry-After as seconds from now: a number, or a date."""
    if given.strip().isdecimal():
        return float(given)
    try:
        when = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
