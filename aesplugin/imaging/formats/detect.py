"""Which format a file is, told by its first bytes; the extension only helps with RAW."""

import os
import struct
from enum import StrEnum

from aesplugin.errors import UnsupportedPhoto
from aesplugin.extensions import PHOTO_EXTENSIONS, RAW_EXTENSIONS

HEAD_BYTES = 4096  # enough for every signature below and the first TIFF directory of a RAW file


class Kind(StrEnum):
    """What a decoder exists for."""

    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    BMP = "BMP"
    WEBP = "WEBP"
    TIFF = "TIFF"
    HEIF = "HEIF"
    AVIF = "AVIF"
    JXL = "JPEG XL"
    RAW = "RAW"


_SIGNATURES = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF8", Kind.GIF),
    (b"BM", Kind.BMP),
    (b"\xff\x0a", Kind.JXL),
    (b"\0\0\0\x0cJXL ", Kind.JXL),
    (b"FUJIFILMCCD-RAW", Kind.RAW),
    (b"FOVb", Kind.RAW),
    (b"\0MRM", Kind.RAW),
    (b"IIRO", Kind.RAW),
    (b"IIRS", Kind.RAW),
    (b"MMOR", Kind.RAW),
    (b"IIU\0", Kind.RAW),
    (b"II\x1a\0\0\0HEAPCCDR", Kind.RAW),
)
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIF_BRANDS = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 mif2 msf1 unif".split())
_AVIF_BRANDS = frozenset(b"avif avis".split())
_FOREIGN = (
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"8BPS", "Photoshop"),
    (b"%PDF", "PDF"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"gimp xcf", "GIMP"),
    (b"v/1\x01", "OpenEXR"),
)
_DNG_VERSION = 0xC612


def detect(head: bytes, path: str) -> Kind:
    """The format of a file that begins with `head` (its first `HEAD_BYTES`, or all of it).

    Raises:
        UnsupportedPhoto: not an image, or one we have no decoder for.
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    is_raw_name = os.path.splitext(path)[1].lower() in RAW_EXTENSIONS
    if head[:4] in _TIFF:
        return Kind.RAW if is_raw_name or _is_raw_tiff(head) else Kind.TIFF
    if head[4:8] == b"ftyp":
        return _detect_boxed(head)
    if is_raw_name and _looks_binary(head):
        return Kind.RAW
    raise UnsupportedPhoto(_refusal(head, path))


def _detect_boxed(head: bytes) -> Kind:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    if brands[0] == b"crx ":
        return Kind.RAW  # Canon CR3
    if _AVIF_BRANDS.intersection(brands):
        return Kind.AVIF
    if _HEIF_BRANDS.intersection(brands):
        return Kind.HEIF
    name = brands[0].decode("ascii", "replace").strip()
    raise UnsupportedPhoto(f"not a photo: a video or another {name!r} container; leave it out")


def _is_raw_tiff(head: bytes) -> bool:
    """Canon's CR2 mark, or a DNG version tag in the first directory."""
    if head[8:10] == b"CR":
        return True
    order = "<" if head[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(order + "I", head, 4)
        (count,) = struct.unpack_from(order + "H", head, start)
        tags = (struct.unpack_from(order + "H", head, start + 2 + 12 * i)[0] for i in range(count))
        return _DNG_VERSION in tags
    except struct.error:  # the directory lies beyond the head: the extension has to tell
        return False


def raw_name(head: bytes, path: str) -> str:
    """What a RAW file's format is called: "DNG", "CR2", "NEF", ...; "RAW" where nothing tells."""
    extension = os.path.splitext(path)[1].lower()
    if head[:4] in _TIFF and head[8:10] != b"CR" and _is_raw_tiff(head):
        return "DNG"
    return extension[1:].upper() if extension in RAW_EXTENSIONS else "RAW"


def _looks_binary(head: bytes) -> bool:
    return b"\0" in head


def _refusal(head: bytes, path: str) -> str:
    for signature, name in _FOREIGN:
        if head.lstrip().startswith(signature) or head.startswith(signature):
            return f"{name} is not supported; export it as JPEG, PNG or TIFF"
    if os.path.splitext(path)[1].lower() in PHOTO_EXTENSIONS:
        return "not an image, despite its name; delete or rename it"
    return "not an image in a supported format; export it as JPEG, PNG or TIFF"
