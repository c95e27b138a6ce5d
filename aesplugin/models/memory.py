"""Too little memory, told as one error however the library words it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from aesplugin.errors import OutOfMemory


@contextmanager
def within_memory(what: str) -> Iterator[None]:
    """`what` names the thing and the way out, such as "8 photos do not fit: ...".

    Raises:
        OutOfMemory: the block ran out of the device's or the machine's memory.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_memory_error(error):
            raise
        raise OutOfMemory(what) from None


def is_memory_error(error: Exception) -> bool:
    """Whether it tells of too little memory; the CPU's allocator raises a plain RuntimeError."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
