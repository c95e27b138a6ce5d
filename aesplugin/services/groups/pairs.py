"""RAW and JPEG of one exposure are one photo.

Rule: the same folder, the same name but for the extension (`IMG_1.CR3`, `IMG_1.JPG`), one of
them RAW; and not contradicted by their clocks (an edited export of another frame may carry the
name too). Wherever else copies of the two lie, they are a pair where they lie together.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import PurePath

from aesplugin.services.groups.frame import Frame

RAW_FORMATS = frozenset(
    {"3FR", "ARW", "CR2", "CR3", "DNG", "ERF", "FFF", "IIQ", "KDC", "MRW", "NEF", "NRW"}
    | {"ORF", "PEF", "RAF", "RAW", "RW2", "RWL", "SR2", "SRF", "SRW", "X3F"}
)
_SAME_MOMENT = timedelta(seconds=2)


def pair_up(frames: Sequence[Frame]) -> dict[str, tuple[str, ...]]:
    """Content hash of each photo → the files that share its fate; a RAW with a partner is no key.

    The developed file (JPEG, HEIF) stands for the pair. Order of `frames` is kept.
    """
    developed: dict[tuple[str, str], Frame] = {}
    for frame in frames:
        if not is_raw(frame):
            for name in _names(frame):
                developed.setdefault(name, frame)
    partner = {
        frame.key: other.key
        for frame in frames
        if is_raw(frame) and (other := _partner(frame, developed)) is not None
    }
    units: dict[str, tuple[str, ...]] = {f.key: () for f in frames if f.key not in partner}
    for raw, other_key in partner.items():
        units[other_key] = (*units[other_key], raw)
    return units


def is_raw(frame: Frame) -> bool:
    """True where the file is a camera's RAW, by its decoded format or its extension."""
    extension = PurePath(frame.path).suffix.lstrip(".").upper()
    return frame.photo.format.upper() in RAW_FORMATS or extension in RAW_FORMATS


def _partner(raw: Frame, developed: Mapping[tuple[str, str], Frame]) -> Frame | None:
    named = (developed[name] for name in _names(raw) if name in developed)
    return next((frame for frame in named if not _clocks_differ(raw, frame)), None)


def _names(frame: Frame) -> Iterator[tuple[str, str]]:
    for path in map(PurePath, (frame.path, *frame.copies)):
        yield str(path.parent), path.stem.lower()


def _clocks_differ(one: Frame, other: Frame) -> bool:
    if one.time is None or other.time is None:
        return False
    return abs(one.time - other.time) > _SAME_MOMENT
