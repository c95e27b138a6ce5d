"""Which file is a photo's sidecar: IMG.CR2.xmp (darktable, digiKam, Immich) or IMG.xmp (Adobe)."""

import os
import re
from collections.abc import Iterator
from enum import StrEnum

from aesplugin.errors import SidecarError

# Proprietary RAW: the formats Adobe keeps a sidecar for. DNG, JPEG, TIFF, PNG and HEIC carry
# their XMP inside, so an IMG.xmp beside them belongs to another file.
_RAW = re.compile(
    r"\.(3fr|arw|bay|cap|cr2|cr3|crw|dcr|erf|fff|gpr|iiq|k25|kdc|mef|mos|mrw|nef|nrw|orf|ori|pef"
    r"|raf|raw|rw2|rwl|sr2|srf|srw|x3f)",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    _RAW.pattern + r"|\.(dng|jpe?g|jpe|tiff?|png|webp|hei[cf]|hif|avif)", re.IGNORECASE
)


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
    if not _is_raw(original):
        raise SidecarError(
            f"{original}: Adobe programs read a sidecar only beside a RAW file; use --naming full"
        )
    if rival := _rival(original, _ORIGINAL):
        raise SidecarError(
            f"{original} and {os.path.basename(rival)} would share one sidecar; use --naming full"
        )
    return os.path.splitext(original)[0] + suffix


def sidecars_of(original: str, *, suffix: str = ".xmp") -> Iterator[str]:
    """The sidecars that exist for `original`, the one that wins first."""
    names = [original + suffix, original + suffix.upper()]
    stem = os.path.splitext(original)[0]
    if _is_raw(original) and stem + suffix != original:
        names += [stem + suffix, stem + suffix.upper()]
    for name in names:
        if os.path.lexists(name):
            # Two RAW files of one stem: nobody can say whose the shared sidecar is.
            if not name.startswith(original) and _rival(original, _RAW):
                continue
            yield name


def _is_raw(path: str) -> bool:
    return _RAW.fullmatch(os.path.splitext(path)[1]) is not None


def _rival(original: str, kind: re.Pattern[str]) -> str | None:
    """Another original of the same stem in the same folder."""
    stem = os.path.basename(os.path.splitext(original)[0])
    folder = os.path.dirname(original) or "."
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    for name in names:
        other, extension = os.path.splitext(name)
        if other == stem and kind.fullmatch(extension) and name != os.path.basename(original):
            return os.path.join(folder, name)
    return None
