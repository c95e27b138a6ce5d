"""Where the server is, and the key it wants: checked before a request, and never shown."""

import os
from typing import Final
from urllib.parse import urlsplit

from aesplugin.errors import SettingsError

KEY_NAME: Final = "AES_SERVER_KEY"
_EXAMPLE: Final = "write it as http://127.0.0.1:8000"


def server_key() -> str:
    """The key in the environment; empty where there is none.

    Raises:
        SettingsError: it cannot stand in a header. The message does not repeat it.
    """
    key = os.environ.get(KEY_NAME, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(f"{KEY_NAME} holds characters that a key cannot have: copy it again")
    return key


def server_base(url: str) -> str:
    """The address that requests are appended to, from one with or without ``/v1`` or ``/api``.

    Raises:
        SettingsError: it is empty, is no address, or has a key or a password in it. The message
            does not repeat it, since nobody can tell where in it a secret stands.
    """
    url = url.strip()
    if not url:
        raise SettingsError(f"set `server_url` to the address of the server: {_EXAMPLE}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(f"the setting `server_url` is not an address: {_EXAMPLE}") from None
    key = server_key()
    if "@" in parts.netloc or parts.query or parts.fragment or (key and key in url):
        raise SettingsError(
            "the setting `server_url` holds a key, a password or a query, which would end up in"
            f" logs: write the address alone, and put the key into {KEY_NAME}"
        )
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or port == 0:
        raise SettingsError(f"the setting `server_url` is not an address: {_EXAMPLE}")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise SettingsError(f"the setting `server_url` is not an address: {_EXAMPLE}")
    base = url.rstrip("/")
    for ending in ("/chat/completions", "/v1", "/api"):
        base = base.removesuffix(ending).rstrip("/")
    return base
