"""Pictures of which a part is missing or was replaced, in formats whose decoders do not say so.

GIF and JPEG XL find out by themselves, JPEG does with `jpeg`, TIFF with `tiff_data`.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np
from PIL import ImageFile

from aesplugin.imaging.formats.detect import Kind
from aesplugin.imaging.formats.heif_items import ENTROPY_CODED, coded_parts
from aesplugin.imaging.formats.zeros import breaks_off, filled, has_zeros
from aesplugin.imaging.picture import DECODER_FAILURES, refused

_RUN: Final = 64
# VP8 and VP8L may have them: some pictures with large areas of one colour do.
_WEBP_RUN: Final = 256
_WEBP_CODECS: Final = (b"VP8 ", b"VP8L")
_RIFF_HEAD, _FRAME_HEAD = 12, 16
_PNG_HEAD: Final = 8
_SPARE: Final = 16  # bytes that a decoder may leave of sound data: no more than 8 were seen


def check_filled(data: bytes, kind: Kind, image: ImageFile.ImageFile) -> None:
    """Refuses a picture that zeros have a part of, or, where that can be told, other bytes.

    Raises:
        DamagedPhoto: by what is missing.
    """
    if kind in (Kind.HEIF, Kind.AVIF):
        parts = list(coded_parts(data))
        if not all(part.is_whole for part in parts):
            raise refused(kind, EOFError("image data beyond the end of the file"), is_known=True)
        is_filled = any(_is_filled_code(part.data) for part in parts if part.kind in ENTROPY_CODED)
    elif kind is Kind.WEBP:
        check_webp(data)
        is_filled = False
    elif kind is Kind.PNG:
        is_filled = _is_filled_png(data)
    else:
        is_filled = kind is Kind.BMP and _is_filled_bitmap(data, image)
    if is_filled:
        raise filled(kind)


def _is_filled_code(coded: bytes) -> bool:
    """No encoder writes so many equal bytes of the one kind or the other in a row."""
    return has_zeros(coded, _RUN) or coded.find(b"\xff" * _RUN) >= 0


def _is_filled_png(data: bytes) -> bool:
    """Whether the checksum tells of zeros: Pillow leaves out that of the part it ends in."""
    at = _PNG_HEAD
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 8 + size
        if name == b"IDAT" and has_zeros(data, _RUN, at + 8, end):
            known = int.from_bytes(data[end : end + 4], "big")
            if zlib.crc32(memoryview(data)[at + 4 : end]) != known:
                return True
        at = end + 4
    return False


def check_webp(data: bytes, *, kind: str = Kind.WEBP) -> None:
    """Refuses a WebP whose decoder comes to the end of the picture before that of its data.

    Sound data are needed to the end, except for a few bytes. What follows a hole or other bytes is
    read out of step, and there is no checksum that tells: of other bytes, one lossy file in 20 and
    one lossless in three still get by. Zeros of which none is needed are filling that a writer
    left.

    Raises:
        DamagedPhoto: of this `kind`.
    """
    found = next(_webp_chunks(data[_RIFF_HEAD:]), None)
    if found is None:
        return
    name, coded = found
    if not _decodes(name, coded[:-_SPARE]):
        return
    content = coded.rstrip(b"\0")
    tail = len(coded) - len(content)
    if tail < _SPARE or not _decodes(name, content + bytes(_SPARE // 2)):
        if tail >= _RUN or has_zeros(coded, _WEBP_RUN):
            raise filled(kind)
        raise refused(kind, EOFError("image data behind the end of the picture"), is_known=True)


def _webp_chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of the pictures in a WebP, those of its frames too."""
    at = 0
    while at + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, at)
        chunk = body[at + 8 : at + 8 + size]
        if name in _WEBP_CODECS:
            yield name, chunk
        elif name == b"ANMF":
            yield from _webp_chunks(chunk[_FRAME_HEAD:])
        at += 8 + size + size % 2


def _decodes(name: bytes, coded: bytes) -> bool:
    import imagecodecs  # only once such a file comes

    body = coded + bytes(len(coded) % 2)
    head = struct.pack("<4sI4s4sI", b"RIFF", 12 + len(body), b"WEBP", name, len(coded))
    try:
        imagecodecs.webp_decode(head + body)
    except DECODER_FAILURES:
        return False
    return True


def _is_filled_bitmap(data: bytes, image: ImageFile.ImageFile) -> bool:
    codec, _, start, details = image.tile[0]
    if codec != "raw":  # run lengths: the mark at their end is not zero
        return not data[start:][-_RUN:].strip(b"\0")
    row = int(details[1]) if isinstance(details, tuple) else 0
    end = start + row * image.height
    if row <= 0 or end > len(data):
        return False
    return breaks_off(data, start, end, row, np.dtype(np.uint8), max(1, row // image.width))
