"""The socket that a page is served on."""

import socket


def listen(host: str, port: int) -> socket.socket:
    """A listener on `host`, an address of IPv4 or IPv6; port 0 takes a free one.

    Raises:
        OSError: nobody may listen there, or somebody does already.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # Inherited by each connection: else a body waits 40 ms until its headers are acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
