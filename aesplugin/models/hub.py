"""Is the model hub there? Asked before anything that would otherwise wait for it."""

import os
import socket
from typing import Final
from urllib.parse import urlsplit

PROBE_SECONDS: Final = 3.0


def hub_answers() -> bool:
    """Whether the hub takes a connection within seconds; never where HF_HUB_OFFLINE is set."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON"):
        return False
    from huggingface_hub.constants import ENDPOINT

    address = urlsplit(ENDPOINT)  # the library's own, or the user's HF_ENDPOINT
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        with socket.create_connection((address.hostname or "", port), PROBE_SECONDS):
            return True
    except OSError:
        return False
