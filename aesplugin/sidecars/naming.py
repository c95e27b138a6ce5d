"""Which file is a photo's sidecar: IMG.CR2.xmp (darktable, digiKam, Immich) or IMG.xmp (Adobe)."""

import os
from collections.abc import Iterator
from enum import StrEnum

from aesplugin.errors import SidecarError
from aesplugin.extensions import PHOTO_EXTENSIONS, RAW_EXTENSIONS
from aesplugin.paths import refused_by_windows
from aesplugin.spellings import is_one_file, plain

# The formats Adobe keeps a sidecar for. DNG, JPEG, TIFF, PNG and HEIC carry their XMP inside, so
# beside one of them and a RAW an IMG.xmp belongs to the RAW; beside one alone other programs
# (Capture One, Photo Mechanic, Apple Photos) may have put it.
_RAW = RAW_EXTENSIONS - {".dng"}
_ORIGINAL = PHOTO_EXTENSIONS | {".jp2", ".psd", ".psb"}


class Naming(StrEnum):
    """How a sidecar that does not exist yet is named."""

    FULL = "full"  # IMG.CR2.xmp
    ADOBE = "adobe"  # IMG.xmp


def sidecar_for(
    original: str,
    *,
    suffix: str = ".xmp",
    naming: Naming = Naming.FULL,
    is_windows: bool = os.name == "nt",
) -> str:
    """The file to write to: the one that exists, else a new name by `naming`.

    Where both IMG.EXT.xmp and IMG.xmp exist, the first wins, as in darktable.

    Raises:
        SidecarError: Windows gives no file this name; Adobe naming for a photo it is not made for,
            or where two originals share the stem and so would share the sidecar.
    """
    if is_windows and (why := refused_by_windows(_name(original))):
        raise SidecarError(f"{original}: {why}; rename the photo")
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
    yield from _there(original, suffix)
    for name in _there(stem, suffix) if stem != original else ():
        if _owner(original) == _name(original):
            yield name


def _there(stem: str, suffix: str) -> Iterator[str]:
    """Of the two names of a sidecar those that are there; one where the disk takes both for it."""
    usual, capital = stem + suffix, stem + suffix.upper()
    is_there = os.path.lexists(usual)
    if is_there:
        yield usual
    if os.path.lexists(capital) and not (is_there and is_one_file(usual, capital)):
        yield capital


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
    """The names of the originals of this stem in its folder, itself included.

    A stem that differs in letter case is the same where the disk takes it so.
    """
    folder, own = os.path.split(original)
    stem = os.path.splitext(own)[0]
    try:
        names = os.listdir(folder or ".")
    except OSError:
        names = []
    originals = [name for name in names if _extension(name) in _ORIGINAL]
    alike = {name for name in originals if os.path.splitext(name)[0] == stem}
    key = plain(stem)
    for name in originals:
        its_stem, ending = os.path.splitext(name)
        if its_stem != stem and plain(its_stem) == key:
            respelt = os.path.join(folder, stem + ending)
            if is_one_file(os.path.join(folder, name), respelt):
                alike.add(name)
    is_listed = own in alike  # else by another spelling, or not at all
    others = {n for n in alike if is_listed or not is_one_file(os.path.join(folder, n), original)}
    return sorted(others | {own})


def _name(path: str) -> str:
    return os.path.basename(path)


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()
