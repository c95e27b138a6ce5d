"""Where each format keeps its EXIF: the TIFF blocks to be read, one after the other."""

from typing import Final

from aesplugin.imaging.tiff import byte_order

_PREFIX: Final = b"Exif\0\0"
# RAW formats that are TIFF but for their magic number (Olympus, Panasonic).
_ALMOST_TIFF: Final = {b"IIRO": b"II*\0", b"IIRS": b"II*\0", b"IIU\0": b"II*\0", b"MMOR": b"MM\0*"}
_SEARCHED: Final = 1 << 18  # bytes; Fujifilm and Canon put theirs near the start
_CR3_BOXES: Final = (b"CMT1", b"CMT2")  # camera, then exposure


def exif_blocks(data: bytes, embedded: bytes | None) -> list[bytes]:
    """TIFF blocks of a file; `embedded` is the one its decoder found, where it found one."""
    if embedded:
        return [embedded.removeprefix(_PREFIX)]
    magic = data[:4]
    if magic in _ALMOST_TIFF:
        return [_ALMOST_TIFF[magic] + data[4:]]
    if magic in (b"II*\0", b"MM\0*"):
        return [data]
    if data[4:12] == b"ftypcrx ":
        return [block for box in _CR3_BOXES if (block := _cr3_box(data, box))]
    if magic == b"FUJI":
        at = data.find(_PREFIX, 0, _SEARCHED)
        return [data[at + len(_PREFIX) : at + len(_PREFIX) + _SEARCHED]] if at >= 0 else []
    return []


def _cr3_box(data: bytes, name: bytes) -> bytes | None:
    at = data.find(name, 0, _SEARCHED)
    if at < 4:
        return None
    size = int.from_bytes(data[at - 4 : at], "big")
    block = data[at + 4 : at - 4 + size]
    return block if byte_order(block) else None
