"""JSON over HTTP with the standard library: one client for every library that speaks it."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from aesplugin.errors import LibraryError

_MOST_BYTES = 64 * 2**20
_SAID = {
    401: "refuses the API key",
    403: "refuses the API key for this: give it more rights",
    404: "does not know that address; is it an Immich server?",
}


class _NoRedirect(HTTPRedirectHandler):
    """A key must not travel to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follows nothing."""


class JsonClient:
    """Requests to one server; `name` is what messages call it."""

    def __init__(self, base: str, headers: Mapping[str, str], name: str, seconds: float) -> None:
        self._base = base
        self._headers = dict(headers) | {"accept": "application/json"}
        self._name = name
        self._seconds = seconds
        self._opener = build_opener(_NoRedirect())

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer; an empty one is an empty mapping.

        Raises:
            LibraryError: no answer, a refusal, or no JSON.
        """
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._base + path, data=data, method=method, headers=self._headers)
        if data is not None:
            request.add_header("content-type", "application/json")
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                text = answer.read(_MOST_BYTES)
        except HTTPError as error:
            said = _SAID.get(error.code) or f"answered {error.code} to {method} {path}"
            raise LibraryError(f"{self._name} at {self._base} {said}") from None
        except (URLError, HTTPException, OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise LibraryError(f"{self._name} at {self._base} does not answer: {reason}") from None
        try:
            return json.loads(text) if text.strip() else {}
        except ValueError:
            raise LibraryError(f"{self._name} at {self._base} answered no JSON") from None
