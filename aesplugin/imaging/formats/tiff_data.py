"""Whether the strips or tiles of a TIFF page are all there, where their decoders do not say so."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from tifffile import COMPRESSION

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.formats.filled import check_webp
from aesplugin.imaging.formats.jpeg import invents_pixels
from aesplugin.imaging.formats.jpeg_end import is_usual
from aesplugin.imaging.formats.zeros import breaks_off, end_of_content, filled, has_zeros
from aesplugin.imaging.picture import refused

_RUN: Final = 64
_FAX_RUN: Final = 256  # no code is that long, nor do faxes fill up a line with as much
_FAX: Final = frozenset({2, 3, 4})
_WEBP: Final = frozenset({34927, 50001})
# Their codestreams end in a mark, or in bits that are set.
_NO_ZEROS_AT_END: Final = frozenset({22610, 33003, 33004, 33005, 34712, 34934})


def check_data(page: Any, data: bytes) -> None:
    """Refuses a page whose samples lie beyond the file, or were replaced.

    Raises:
        DamagedPhoto: by what is missing.
    """
    parts = _parts(page, data)
    if page.compression == COMPRESSION.NONE:
        is_filled = _is_broken_off(page, data, parts)
    else:
        is_filled = any(_is_filled(page, data, start, end) for start, end in parts)
    if is_filled:
        raise filled("TIFF")


def _parts(page: Any, data: bytes) -> list[tuple[int, int]]:
    """Where each strip or tile begins and ends: a reader would fill in those that are not there."""
    offsets, counts = page.dataoffsets, page.databytecounts
    needed = int(np.prod(page.chunked))
    if min(len(offsets), len(counts)) < needed or not all(counts[:needed]):
        raise DamagedPhoto("a TIFF file whose image data is incomplete; copy it again")
    pairs = zip(offsets[:needed], counts[:needed], strict=True)
    parts = [(offset, offset + count) for offset, count in pairs]
    if max(end for _, end in parts) > len(data):
        raise DamagedPhoto("a TIFF file that ends before its image data does; copy it again")
    return parts


def _is_filled(page: Any, data: bytes, start: int, end: int) -> bool:
    """Of one strip or tile that is compressed; LZW, Deflate and others find out by themselves.

    Raises:
        DamagedPhoto: other bytes than zeros have a part of it.
    """
    kind = page.compression
    if kind == COMPRESSION.JPEG:
        part = _whole_jpeg(page, data, start, end)
        has_hole = has_zeros(data, _RUN, start, end)
        if (has_hole or is_usual(part)) and invents_pixels(part):
            if has_hole:
                return True
            raise refused("TIFF", ValueError("a JPEG in it is damaged"), is_known=True)
        return False
    if kind in _WEBP:
        check_webp(data[start:end], kind="TIFF")
        return False
    if kind in _FAX:
        return has_zeros(data, _FAX_RUN, start, end)
    return kind in _NO_ZEROS_AT_END and end - end_of_content(data, start, end) >= _RUN


def _whole_jpeg(page: Any, data: bytes, start: int, end: int) -> bytes:
    """With the tables that all strips share."""
    tables = page.jpegtables
    part = data[start:end]
    return part if tables is None else tables[:-2] + part[2:]


def _is_broken_off(page: Any, data: bytes, parts: list[tuple[int, int]]) -> bool:
    """Of samples that are not packed: strips anywhere, tiles only where all later ones are black.

    A tile is narrow: an edge in the picture may well look like a row that is broken off. Not so if
    the tile to the right is black.
    """
    width = page.tilewidth if page.is_tiled else page.imagewidth
    channels = page.samplesperpixel if page.planarconfig == 1 else 1
    samples = width * channels
    bits = page.bitspersample
    if not isinstance(bits, int):
        return False
    dtype = np.dtype(page.parent.byteorder + np.dtype(page.dtype).char)
    if dtype.itemsize * 8 != bits:
        dtype = np.dtype(np.uint8)
        channels = 1  # packed
    row = -(-samples * bits // 8)
    if not page.is_tiled:
        return any(
            breaks_off(data, start, end, row, dtype, channels) for start, end in _joined(parts)
        )
    across, last = -(-page.imagewidth // width), max(end for _, end in parts)
    for (start, end), number in sorted(zip(parts, range(len(parts)), strict=True), reverse=True):
        if end_of_content(data, start, end) > start:
            is_at_edge = number % across == across - 1
            return not is_at_edge and breaks_off(data, start, last, row, dtype, channels)
    return False


def _joined(parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """In the file's order; strips that follow each other as one."""
    first, last = None, 0
    for start, end in sorted(parts):
        if first is not None and start != last:
            yield first, last
            first = None
        if first is None:
            first = start
        last = end
    if first is not None:
        yield first, last
