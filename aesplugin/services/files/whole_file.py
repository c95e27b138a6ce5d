"""Atomic writing of a file: written beside its place, then renamed.

(Sidecars need more, `sidecars.atomic`: other programs write those at the same time.)
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aesplugin.errors import UsageError
from aesplugin.extensions import PHOTO_EXTENSIONS


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Gives the path to write to; it takes the place of `target` if no error leaves the block.

    A link stays a link. What is no regular file (a device, a pipe) is written to as it is. A
    slip of the command line must not cost a photo: its name is refused, a sidecar's as well.

    Raises:
        UsageError: the target cannot be written, or may not be.
    """
    if target.suffix.lower() in {*PHOTO_EXTENSIONS, ".xmp"}:
        raise UsageError(f"{target} is the name of a photo or a sidecar; name another file")
    place = Path(os.path.realpath(target))
    is_other = place.exists() and not place.is_file()
    partial = place if is_other else place.with_name(f"{place.name}.part")
    try:
        yield partial
        if not is_other:
            partial.replace(place)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from None
    finally:
        if not is_other:
            with suppress(OSError):  # there is none: it was renamed, or never begun
                partial.unlink()
