import socket

import pytest

from aesplugin.web.listener import listen


def test_what_is_sent_to_a_reader_does_not_wait() -> None:
    with listen("127.0.0.1", 0) as listener:
        reader = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with reader, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_an_error() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match=r"(?i)in use"):
        listen("127.0.0.1", listener.getsockname()[1])
