"""A page on a free port of this machine, in a thread: for benchmarks, pictures and tests."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import uvicorn
from starlette.types import ASGIApp

from aesplugin.compose import Workshop
from aesplugin.errors import AesError
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.listener import listen
from aesplugin.web.state import Desk

_START_SECONDS = 30.0
_ANSWER_SECONDS = 120.0


@contextmanager
def served(app: ASGIApp, *, port: int = 0) -> Iterator[int]:
    """Serves `app`, on a free port unless one is named, and gives the port.

    Raises:
        AesError: it does not start.
    """
    listener = listen("127.0.0.1", port)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise AesError("the page did not start")
        time.sleep(0.01)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def probed(workshop: Workshop, user: str = "benchmark") -> Iterator[Callable[[str], int]]:
    """A page over the workshop's catalog, and a way to ask it: address → status.

    Raises:
        AesError: the page does not start, or does not answer.
    """
    desk = Desk(workshop, Access())
    desk.taste.learn(user)  # a large catalog's is learnt behind the page: not while it is timed
    with served(create_app(desk)) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)

        def ask(address: str) -> int:
            try:
                connection.request("GET", address, headers={"cookie": f"aes_user={user}"})
                answer = connection.getresponse()
                answer.read()
            except TimeoutError:
                late = f"the page did not answer {address} within {_ANSWER_SECONDS:.0f} s"
                raise AesError(f"{late}; time it on a machine that is less busy") from None
            return answer.status

        yield ask
        connection.close()
