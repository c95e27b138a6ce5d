import socket

import pytest

from aesplugin.web.listener import listen, reached_at
from tests.web.conftest import IPV6


def test_what_is_sent_to_a_reader_does_not_wait() -> None:
    with listen("127.0.0.1", 0) as listener:
        reader = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with reader, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_an_error() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match=r"(?i)in use"):
        listen("127.0.0.1", listener.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=IPV6)])
def test_a_page_on_one_address_is_reached_there(host: str) -> None:
    with listen(host, 0) as listener:
        assert reached_at(listener) is None


@pytest.mark.parametrize("host", ["0.0.0.0", pytest.param("::", marks=IPV6)])
def test_a_page_on_all_addresses_is_reached_at_one(host: str) -> None:
    with listen(host, 0) as listener:
        address = reached_at(listener)
        assert address is not None
        socket.create_connection((address, listener.getsockname()[1])).close()
