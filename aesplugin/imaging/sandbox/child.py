"""The decoding process: ``python -m aesplugin.imaging.sandbox.child``, started by the pool.

Asked over standard input, it answers over standard output, and ends when its input does. It may
hang or crash on a hostile file: the parent kills and replaces it.

It reads no faces: `aesplugin.services.pipeline.photo_reader` is the same with a reader of faces.
"""

import argparse
import math
import os
import signal
import sys
from typing import BinaryIO

from aesplugin import platform
from aesplugin.errors import PhotoError, StuckPhoto
from aesplugin.imaging.examine import Examination, ReadFaces, Stage, examine
from aesplugin.imaging.sandbox import protocol

_NICER = 5
_GRACE = 10  # s after the parent's limit: only an orphan lives that long


def main(read_faces: ReadFaces | None = None) -> None:
    """Answers requests until the parent closes the pipe."""
    limits = _arguments()
    platform.step_back(_NICER)  # the network, which decoders run ahead of, goes first
    # Ctrl-C goes to every process of the terminal; the parent decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    platform.limit_memory(limits.memory_mb)
    replies = _take_over_output()
    send(replies, {"ready": os.getpid()})
    _silence()
    alarm = math.ceil(limits.seconds) + _GRACE
    while (request := protocol.read_frame(sys.stdin.buffer)) is not None:
        with platform.ends_after(alarm):  # should the parent be gone
            found = answer(request, limits.max_megapixels, replies, read_faces)
            send(replies, protocol.pack_result(found))


def answer(
    request: dict[str, object],
    max_megapixels: float,
    replies: BinaryIO,
    read_faces: ReadFaces | None,
) -> Examination | PhotoError:
    """Examines the file asked for; every way it can fail short of a crash is a `PhotoError`."""

    def tell(stage: Stage) -> None:
        send(replies, {"stage": stage.value})

    path = request["path"]
    assert isinstance(path, bytes)
    try:
        return examine(
            os.fsdecode(path),
            max_megapixels=max_megapixels,
            read_exif=bool(request["read_exif"]),
            read_faces=read_faces if request["read_faces"] else None,
            before=tell,
        )
    except PhotoError as error:
        return error
    except MemoryError:
        return StuckPhoto(protocol.TOO_LARGE)


def send(replies: BinaryIO, message: dict[str, object]) -> None:
    """Writes one message; a parent that is gone ends this process quietly."""
    try:
        replies.write(protocol.frame(message))
        replies.flush()
    except BrokenPipeError:
        os._exit(0)


def _take_over_output() -> BinaryIO:
    """The real standard output for replies; what libraries print goes nowhere."""
    replies = os.fdopen(os.dup(1), "wb")
    _point_at_nothing(1)
    return replies


def _silence() -> None:
    """libtiff's and libheif's warnings end here; errors of the start went to the parent."""
    _point_at_nothing(2)


def _point_at_nothing(descriptor: int) -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aesplugin.imaging.sandbox.child")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--memory-mb", type=int, required=True)
    parser.add_argument("--max-megapixels", type=float, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
