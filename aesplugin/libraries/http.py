"""JSON over HTTP: one client, with its connections kept, for every library that speaks it."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx

from aesplugin.errors import LibraryError

_MOST_BYTES: Final = 64 * 2**20
_REFUSALS: Final = {
    401: "refuses the API key",
    403: "refuses this API key: give it more permissions",
    404: "does not know this address: check that it is an Immich server",
}


class JsonClient:
    """Requests to one server; `name` is what messages call it.

    Redirects are not followed: a key must not travel to another host.
    """

    def __init__(self, base: str, headers: Mapping[str, str], name: str, seconds: float) -> None:
        self._base = base
        self._name = name
        accepted = dict(headers) | {"accept": "application/json"}
        self._client = httpx.Client(headers=accepted, timeout=seconds)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer; an empty one is an empty mapping.

        Raises:
            LibraryError: no answer, a refusal, or no JSON.
        """
        data = None if body is None else json.dumps(body).encode()
        typed = None if data is None else {"content-type": "application/json"}
        url = self._base + path
        try:
            with self._client.stream(method, url, content=data, headers=typed) as answer:
                status, text = answer.status_code, self._read(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._error(f"does not answer: {error}") from None
        if not httpx.codes.is_success(status):
            raise self._error(_REFUSALS.get(status) or f"answered {status} to {method} {path}")
        try:
            return json.loads(text) if text.strip() else {}
        except ValueError:
            raise self._error("did not answer in JSON") from None

    def _read(self, answer: httpx.Response) -> bytes:
        parts, count = [], 0
        for part in answer.iter_bytes():
            parts.append(part)
            count += len(part)
            if count > _MOST_BYTES:
                raise self._error(f"answered more than {_MOST_BYTES >> 20} MiB at once")
        return b"".join(parts)

    def _error(self, reason: str) -> LibraryError:
        return LibraryError(f"{self._name} at {self._base} {reason}")
