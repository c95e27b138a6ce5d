"""Small pictures for pages and reports, kept on disk by content hash; never any metadata."""

import io
import os
from pathlib import Path

from PIL import Image

LONG_SIDE = 480  # px: sharp on a double-density screen at half that width


def thumbnail(jpeg: bytes, *, long_side: int = LONG_SIDE) -> bytes:
    """A rendition's JPEG bytes made small; carries no EXIF, so no GPS."""
    with Image.open(io.BytesIO(jpeg)) as image:
        image.draft("RGB", (long_side, long_side))  # DCT scaling: decodes an eighth to a half
        small = image.convert("RGB")
    small.thumbnail((long_side, long_side), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82, optimize=False)
    return out.getvalue()


class ThumbnailStore:
    """Thumbnails under ``root/ab/abcdef….jpg``. A cache: deleting it loses nothing."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, content_hash: str) -> Path:
        """Where the thumbnail of this content stands or would stand."""
        return self._root / content_hash[:2] / f"{content_hash}.jpg"

    def add(self, content_hash: str, jpeg: bytes) -> Path:
        """Makes the thumbnail from a rendition unless it is there; whole or not at all."""
        target = self.path(content_hash)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}.part")
            partial.write_bytes(thumbnail(jpeg))
            partial.replace(target)
        return target
