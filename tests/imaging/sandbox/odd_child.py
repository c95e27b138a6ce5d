"""A decoding child that misbehaves on demand: the file's name says how. Started as a program.

It speaks the real protocol under the real limits; only `examine` is replaced.
"""

import os
import signal
import sys
import time
from collections.abc import Callable

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.examine import Examination, ReadFaces, Stage, examine
from aesplugin.imaging.sandbox import child

FOREVER = 3600.0  # s


def odd_examine(  # noqa: C901 - one branch a misdeed
    path: str,
    *,
    max_megapixels: float,
    read_exif: bool,
    read_faces: ReadFaces | None,
    before: Callable[[Stage], None],
) -> Examination:
    name = os.path.basename(path)
    if name.startswith("unread"):  # as from a share that does not answer
        time.sleep(FOREVER)
    before(Stage.DECODING)
    if name.startswith("pid"):
        raise DamagedPhoto(str(os.getpid()))
    if name.startswith("crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if name.startswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("stuck"):
        time.sleep(FOREVER)
    if name.startswith("greedy"):
        bytearray(64 << 30)
    if name.startswith("chatty"):
        sys.stdout.write("noise on standard output")
        os.write(1, b"noise on descriptor 1")
        os.write(2, b"noise on descriptor 2")
    if name.startswith("garbage"):
        os.write(3, b"\xff" * 64)
        time.sleep(FOREVER)
    if name.startswith("faces") and read_faces is not None:
        _fail_in(Stage.FACES, name, before)
    if name.startswith("exif") and read_exif:
        _fail_in(Stage.EXIF, name, before)
    return examine(path, max_megapixels=max_megapixels, read_exif=False)


def _fail_in(stage: Stage, name: str, before: Callable[[Stage], None]) -> None:
    before(stage)
    if "crash" in name:
        os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(FOREVER)


if __name__ == "__main__":
    if "--broken" in sys.argv:
        sys.exit("ImportError: no such library")
    child.examine = odd_examine
    child.main(lambda image, **_: ())
