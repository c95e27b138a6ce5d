"""Small networks on one thread: what is handed out takes longer to hand out than to work."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch's own threads rest, and are as before afterwards.

    On two cores they wait for each other and for NumPy's: `evaluate personal`, which asks a network
    of a few thousand weights some ten thousand times, takes 84 s so and took over 14 minutes.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
