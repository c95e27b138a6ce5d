"""Which file is a photo's sidecar: IMG.CR2.xmp (darktable, digiKam, Immich) or IMG.xmp (Adobe)."""

import os
from collections.abc import Iterator
from enum import StrEnum

from aesplugin.errors import SidecarError
from aesplugin.extensions import PHOTO_EXTENSIONS, RAW_EXTENSIONS

# The formats Adobe keeps a sidecar for. DNG, JPEG, TIFF, PNG and HEIC carry their XMP inside, so
# beside one of them and a RAW an IMG.xmp belongs to the RAW; beside one alone other programs
# (Capture One, Photo Mechanic, Apple Photos) may have put it.
_RAW = RAW_EXTENSIONS - {".dng"}
_ORIGINAL = PHOTO_EXTENSIONS | {".jp2", ".psd", ".psb"}


class Naming(StrEnum):
    """How a sidecar that does not exist yet is named."""

    FULL = "full"  # IMG.CR2.xmp
    ADOBE = "adobe"  # IMG.xmp


def sidecar_for(original: str, *, suffix: str = ".xmp", naming: Naming = Naming.FULL) -> str:
    """The file to write to: the one that exists, else a new name by `naming`.

    Where both IMG.EXT.xmp and IMG.xmp exist, the first wins, as in darktable.

    Raises:
        SidecarError: Adobe naming for a photo it is not made for, or where two originals share
            the stem and so would share the sidecar.
    """
    existing = next(sidecars_of(original, suffix=suffix), None)
    if existing is not None:
        return existing
    if naming is Naming.FULL:
        return original + suffix
    if _extension(original) not in _RAW:
        raise SidecarError(
            f"{original}: Adobe programs read a sidecar only beside a RAW file; use --naming full"
        )
    if rival := next((name for name in _sharing(original) if name != _name(original)), None):
        raise SidecarError(f"{original} and {rival} would share one sidecar; use --naming full")
    return os.path.splitext(original)[0] + suffix


def sidecars_of(original: str, *, suffix: str = ".xmp") -> Iterator[str]:
    """The sidecars that exist for `original`, the one that wins first."""
    stem = os.path.splitext(original)[0]
    for name in (original + suffix, original + suffix.upper()):
        if os.path.lexists(name):
            yield name
    for name in (stem + suffix, stem + suffix.upper()):
        if stem != original and os.path.lexists(name) and _owner(original) == _name(original):
            yield name


def _owner(original: str) -> str | None:
    """The original whose IMG.xmp it is, by name: the only RAW of that stem, else the only DNG,
    else the only one. Of several none: nobody can say whose it is."""
    stem = os.path.splitext(original)[0]
    if _extension(stem) in _ORIGINAL and os.path.lexists(stem):
        return _name(stem)  # beside IMG.dng.jpg: IMG.dng.xmp is that of IMG.dng
    names = _sharing(original)
    for kind in (_RAW, RAW_EXTENSIONS, _ORIGINAL):
        if found := [name for name in names if _extension(name) in kind]:
            return found[0] if len(found) == 1 else None
    return None


def _sharing(original: str) -> list[str]:
    """The names of the originals of this stem in its folder, itself included."""
    stem = os.path.splitext(_name(original))[0]
    try:
        names = os.listdir(os.path.dirname(original) or ".")
    except OSError:
        names = []
    shared = {name for name in names if os.path.splitext(name)[0] == stem}
    return sorted({name for name in shared if _extension(name) in _ORIGINAL} | {_name(original)})


def _name(path: str) -> str:
    return os.path.basename(path)


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()
