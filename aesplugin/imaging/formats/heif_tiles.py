"""HEIC pictures of tiles: libheif leaves out one that it cannot decode, and says nothing.

What stays in its place is zero in every channel as coded, which is one certain colour. Where that
is seen, each tile is made a file of its own: with those libheif does say what it cannot decode.
"""

import io
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.imaging.formats.boxes import properties_of, shown_item
from aesplugin.imaging.formats.detect import Kind
from aesplugin.imaging.formats.heif_items import ENTROPY_CODED, CodedPart, coded_parts
from aesplugin.imaging.picture import DECODER_FAILURES, refused

_STEP: Final = 16  # px between the points looked at, beside all those at the border
_GBR, _YCGCO = 0, 8  # matrix coefficients (ITU-T H.273) in which nothing is not green
_LEAST_GREEN, _MOST_GREEN = 0.28, 0.56  # of white; the matrices in use give 0.30 to 0.53
_MOST_PROPERTIES: Final = 100  # libheif reads no file with more
_ITEM: Final = 1  # the only one of the file made for a tile
_IN_META: Final = 1
_HANDLER: Final = bytes(8) + b"pict" + bytes(13)


def check_tiles(data: bytes, pixels: NDArray[np.integer[Any]], info: Mapping[Any, Any]) -> None:
    """Refuses a tiled HEIF picture [H, W] or [H, W, C] of which a tile was left out.

    `info` is what pillow-heif says of it.

    Raises:
        DamagedPhoto: a tile cannot be decoded.
    """
    seen = _may_be_nothing(pixels, (info.get("nclx_profile") or {}).get("matrix_coefficients"))
    if not seen.any():
        return
    tiles = [part for part in coded_parts(data) if part.kind in ENTROPY_CODED]
    if len(tiles) < 2:
        return
    lost = [not _can_be_decoded(file) for file in _files(data, tiles)]
    if not lost:
        return
    # Where none can be, it is the files made here that are not understood, or the picture is empty.
    if seen.all() if all(lost) else any(lost):
        raise refused(Kind.HEIF, EOFError("a tile cannot be decoded"), is_known=True)


def _may_be_nothing(pixels: NDArray[np.integer[Any]], matrix: int | None) -> NDArray[np.bool_]:
    """Which of some points may be of a tile that was left out: all border, and some within."""
    lines = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    channels = pixels.shape[2] if pixels.ndim > 2 else 1
    parts = (pixels[::_STEP, ::_STEP], *lines)
    points = np.concatenate([part.reshape(-1, channels) for part in parts])  # [N, C]
    colours = 3 if channels > 2 else 1
    nothing = _are_nothing(points[:, :colours], matrix)
    return nothing | (points[:, -1] == 0) if channels > colours else nothing


def _are_nothing(points: NDArray[np.integer[Any]], matrix: int | None) -> NDArray[np.bool_]:
    """Which of them [N, C] are of the colour, or one of those, that zeros stand for."""
    white = np.iinfo(points.dtype).max
    nothing: NDArray[np.bool_] = points[:, 0] == 0
    if points.shape[1] == 1:
        return nothing
    _, green, blue = points.T
    if matrix == _GBR:
        nothing &= (green == 0) & (blue == 0)
    elif matrix == _YCGCO:
        nothing &= (green == 0) & (blue > white / 2)
    else:
        nothing &= (green > _LEAST_GREEN * white) & (green < _MOST_GREEN * white) & (blue == 0)
    return nothing


def _can_be_decoded(file: bytes) -> bool:
    import pillow_heif

    try:
        np.asarray(pillow_heif.open_heif(io.BytesIO(file), convert_hdr_to_8bit=False))
    except DECODER_FAILURES:
        return False
    return True


def _files(data: bytes, tiles: list[CodedPart]) -> Iterator[bytes]:
    """A HEIF file of each tile alone, but of those whose properties cannot be told."""
    for tile in tiles:
        properties = _properties(data, tile.item)
        if not properties or len(properties) > _MOST_PROPERTIES:
            continue
        entry = struct.pack(">BxxxHH4sx", 2, _ITEM, 0, tile.kind)
        held = b"".join(_box(name, body) for name, body in properties)
        indices = bytes(range(1, len(properties) + 1))
        used = struct.pack(">4xIHB", 1, _ITEM, len(indices)) + indices
        place = struct.pack(
            ">BxxxBBHHHHHII", 1, 0x44, 0, 1, _ITEM, _IN_META, 0, 1, 0, len(tile.data)
        )
        meta = (
            _box(b"hdlr", _HANDLER),
            _box(b"pitm", struct.pack(">4xH", _ITEM)),
            _box(b"iinf", struct.pack(">4xH", 1) + _box(b"infe", entry)),
            _box(b"iprp", _box(b"ipco", held) + _box(b"ipma", used)),
            _box(b"iloc", place),
            _box(b"idat", tile.data),
        )
        yield _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _box(b"meta", bytes(4) + b"".join(meta))


def _properties(data: bytes, item: int) -> list[tuple[bytes, bytes]]:
    """Each of an item once; none where the file does not tell them in a way that is read here."""
    try:
        _, parts = shown_item(data)
        found = properties_of(item, parts)
    except (StopIteration, LookupError, struct.error):
        return []
    return list(dict.fromkeys((name, bytes(body)) for name, body in found))


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body
