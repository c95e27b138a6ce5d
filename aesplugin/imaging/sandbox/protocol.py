"""How parent and decoding child talk: msgpack values, each after its length in four bytes.

Not pickle: the child handles hostile files, and whatever it sends must stay data.
"""

import dataclasses
import struct
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgpack

from aesplugin import errors
from aesplugin.errors import PhotoError
from aesplugin.imaging.examine import Examination

if TYPE_CHECKING:
    from pydantic import TypeAdapter

HEADER: Final = struct.Struct("<I")
LARGEST: Final = 64 << 20  # bytes; an examination is about 0.3 MB
# Said by the child where it limits its own memory, else by the parent that ended it.
TOO_LARGE: Final = (
    "needs more memory to decode than allowed; raise decode_memory_mb or scale it down"
)
_STATES: Final[dict[str, type[PhotoError]]] = {
    kind.state: kind
    for kind in (
        errors.MissingPhoto,
        errors.UnreadablePhoto,
        errors.EmptyPhoto,
        errors.UnsupportedPhoto,
        errors.DamagedPhoto,
        errors.OversizedPhoto,
        errors.StuckPhoto,
    )
}


class BrokenFrame(Exception):
    """What arrived is not what the other side can have sent."""


def frame(message: dict[str, Any]) -> bytes:
    """One message ready to be written."""
    body: bytes = msgpack.packb(message, default=_plain)
    return HEADER.pack(len(body)) + body


def read_frame(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message of a blocking stream; None at its end."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    return unpack(stream.read(length))


def unpack(body: bytes | bytearray) -> dict[str, Any]:
    """A message from its bytes.

    Raises:
        BrokenFrame: not msgpack, or not a map.
    """
    try:
        message = msgpack.unpackb(body)
    except (ValueError, msgpack.UnpackException) as error:
        raise BrokenFrame(str(error)) from None
    if not isinstance(message, dict):
        raise BrokenFrame("not a map")
    return message


def pack_result(result: Examination | PhotoError) -> dict[str, Any]:
    """A result as a map of plain values."""
    if isinstance(result, PhotoError):
        return {"state": result.state, "reason": str(result)}
    return dataclasses.asdict(result)


def unpack_result(message: dict[str, Any]) -> Examination | PhotoError:
    """The reverse of `pack_result`.

    Raises:
        BrokenFrame: the map does not hold a result.
    """
    try:
        if "state" in message:
            return _STATES[message["state"]](str(message["reason"]))
        return _examinations().validate_python(message)
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenFrame(f"{type(error).__name__}: {error}") from None


@cache
def _examinations() -> "TypeAdapter[Examination]":
    from pydantic import TypeAdapter  # for the parent only: 50 ms of the child's start

    return TypeAdapter(Examination)


def _plain(value: object) -> str:
    """What msgpack has no type of."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"cannot send {type(value).__name__}")
