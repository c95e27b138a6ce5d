"""The socket that a page is served on."""

import ipaddress
import socket

_ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}  # RFC 5737, 3849
_HERE = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


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


def reached_at(listener: socket.socket) -> str | None:
    """An address of this machine, where it listens on all of them; None where on one."""
    if not ipaddress.ip_address(listener.getsockname()[0]).is_unspecified:
        return None
    family = listener.family
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ELSEWHERE[family], 9))  # only looks up the route: nothing is sent
            return str(probe.getsockname()[0])
        except OSError:  # no network
            return _HERE[family]
