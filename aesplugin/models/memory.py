"""Too little memory, told as one error however the library words it."""

from collections.abc import Iterator
from contextlib import contextmanager

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
    """Whether it tells of too little memory, on a device or on this machine.

    Told by torch's words: its CPU allocator raises a plain RuntimeError, and asking for the class
    that devices raise would load torch.
    """
    if isinstance(error, MemoryError):
        return True
    said = str(error)
    return isinstance(error, RuntimeError) and (
        "can't allocate memory" in said or "out of memory" in said
    )
