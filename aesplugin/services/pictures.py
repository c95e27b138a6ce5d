"""Pictures for the page: full size on demand, cached for a while; never with metadata."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from aesplugin.errors import PhotoError
from aesplugin.imaging.renditions import thumbnail_of

Render = Callable[[str, str], bytes]  # path, content hash → JPEG bytes

_KEPT = 600  # pictures on disk, up to a few MB each
_AT_ONCE = 2  # decoding a 100 MP photo takes 300 MB


class FullPictures:
    """Full-size pictures by content hash under `root`. A cache: deleting it loses nothing."""

    def __init__(self, root: Path, render: Render) -> None:
        self._root = root
        self._render = render
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    def preview(
        self,
        path: str,
        content_hash: str,
        *,
        long_side: int = 1600,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> bytes:
        """The same, reduced to screen size.

        Raises:
            PhotoError: as for `get`.
        """
        target = self._root / f"{content_hash}.{long_side}.jpg"
        try:
            return target.read_bytes()
        except OSError:
            data = thumbnail_of(
                self.get(path, content_hash, is_wanted=is_wanted), long_side=long_side
            )
        self._keep(target, data)
        return data

    def get(
        self, path: str, content_hash: str, *, is_wanted: Callable[[], bool] = lambda: True
    ) -> bytes:
        """JPEG bytes; `is_wanted` is asked when its turn to be decoded has come.

        Raises:
            PhotoError: the file is gone, changed or cannot be decoded, or nobody wants it.
        """
        target = self._root / f"{content_hash}.jpg"
        try:
            data = target.read_bytes()
            os.utime(target)  # seen now: the last to go
            return data
        except OSError:
            pass
        with self._slots:
            if not is_wanted():
                raise PhotoError("nobody waits for this picture any more")
            data = self._render(path, content_hash)
        self._keep(target, data)
        return data

    def _keep(self, target: Path, data: bytes) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
            partial.write_bytes(data)
            partial.replace(target)
            kept = sorted(self._root.glob("*.jpg"), key=lambda file: file.stat().st_mtime)
            for old in kept[:-_KEPT]:
                old.unlink(missing_ok=True)
        except OSError:  # a full disk: the page still gets its picture
            return
