"""Small networks on one thread: what is handed out takes longer to hand out than to work."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """NumPy's threads rest, and torch's where it is loaded; as before afterwards.

    They wait for each other in a loop, and longest where others need the cores: beside two decoders
    on two cores the judge took 150 ms a photo with them, and 92 so. `evaluate personal`, which asks
    a network of a few thousand weights some ten thousand times, takes 84 s so and took over 14
    minutes.
    """
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0
    if torch:
        torch.set_num_threads(1)
    try:
        with _pools().limit(limits=1, user_api="blas"):
            yield
    finally:
        if torch:
            torch.set_num_threads(before)


@lru_cache(maxsize=1)
def _pools() -> ThreadpoolController:
    """Of the libraries that are loaded by now, NumPy's among them."""
    import numpy  # noqa: F401

    return ThreadpoolController()
