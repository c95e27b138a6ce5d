"""Faces inside a group: the same face in its frames, which of them matter, and how each frame does.

Faces are matched by place and size alone, never by whose they are. For the order of the frames, a
face that cannot be judged counts as its median; between two frames it is not compared.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from aesplugin.counting import counted
from aesplugin.face import Eyes, Face, Facing

Faces = tuple[Face, ...]
_Track = Mapping[int, Face]  # one person's face: index of the frame → the face there

_MOST: Final = 12  # faces of one frame that are compared, the largest first
_NEAR: Final = 1.0  # of its size a face moves from one frame to the next, at most
_STILL: Final = 0.5  # fits from which nobody asks whether the camera was turned
_STILLNESS: Final = 0.5  # by so much a turn has to fit better
_REMEMBERED: Final = 24  # faces, those seen last
_PAN: Final = 0.3  # of the picture all of them move together, at most
_SAME: Final = 0.4  # of its size two boxes of one face lie apart, at most
_HALF_OPEN: Final = 0.1  # of closed eyes: decides between frames that are equal otherwise
_TURNED_AWAY: Final = 0.2  # of closed eyes: that alone rejects no frame at the usual strictness
_ALIKE: Final = 1.5  # ratio of the sizes of one face in two frames, at most
_LARGE: Final = 0.5  # of the largest face's size
_IN_FOCUS: Final = 0.4  # of the sharpest face's sharpness, each in its best frame
_FINEST: Final = 128.0  # px: no face is measured for sharpness on more
_COMPARABLE: Final = 1.25  # ratio of such widths up to which sharpness can be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFaces:
    """The main faces of one frame beside those of the other frames.

    Attributes:
        main: how many main faces the group has.
        seen, open, closed, away: how many of them are in this frame, have open, and closed eyes in
            it, are turned away in it.
        closed_share: of the group's main faces, how many have closed eyes here, 0..1, only those
            counted whose eyes are open elsewhere; a face that cannot be judged here counts as its
            median. One turned away counts in part. None where none can be judged here.
        shut: the same of each of them, 0 for open eyes and 1 for closed ones; None where it cannot
            be judged here, or its eyes are open nowhere.
        sharpness: of the main faces, each over its median in the group, their mean; None where
            none can be compared.
        sharp: that of each of them, None where it cannot be compared.
    """

    main: int
    seen: int
    open: int
    closed: int
    away: int
    closed_share: float | None
    shut: tuple[float | None, ...]
    sharpness: float | None
    sharp: tuple[float | None, ...]


def compare_faces(frames: Sequence[Faces | None]) -> list[FrameFaces | None]:
    """Each frame's main faces, in order; None where faces were not read."""
    main = _main(_tracks(frames), sum(bool(faces) for faces in frames))
    shut = [_shut(track) for track in main]
    sharp = [_sharpness(track) for track in main]
    return [
        None if faces is None else _frame(at, main, shut, sharp) for at, faces in enumerate(frames)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a group shows of people: main faces in a frame, and the size of the largest.

    `size` is the side of a square as large as the face, in a picture of side 1.
    """

    faces: int
    size: float


def faces_shown(frames: Iterable[Faces | None]) -> Shown | None:
    """The middle of the frames whose faces were read; None where none was."""
    known = [_once(faces) for faces in frames if faces is not None]
    if not known:
        return None
    sizes = [[one.size for one in faces] for faces in known]
    largest = [max(some, default=0.0) for some in sizes]
    counts = [
        sum(size >= _LARGE * most for size in some)
        for some, most in zip(sizes, largest, strict=True)
    ]
    return Shown(faces=round(median(counts)), size=median(largest))


def eyes_phrase(one: FrameFaces, others: Sequence[FrameFaces | None], *, better: bool) -> str:
    """What its eyes make of a frame, beside one or more others.

    "everyone's eyes open; closed in 2 of 3 other frames", "closed eyes in 1 of 4 faces".
    Empty where it is better although as many eyes are closed, of other people.
    """
    known = [other for other in others if other is not None]
    alone = one.main == 1
    if not better and one.closed:
        return "eyes closed" if alone else f"closed eyes in {one.closed} of {one.main} faces"
    if not better and one.away:
        return "turned away" if alone else f"{one.away} of {one.main} faces turned away"
    if not better:
        return "eyes less open" if alone else "not everyone's eyes open"
    shut = sum(other.closed > one.closed for other in known)
    frames = shut or sum(other.away > one.away for other in known)
    if one.open < one.main:
        than = f" than {counted(frames, 'other frame')}" if len(others) > 1 else ""
        return f"fewer {'closed eyes' if shut else 'faces turned away'}{than}" if frames else ""
    words = "eyes open" if alone else "everyone's eyes open"
    if not frames:
        return words
    where = "the other frame" if len(others) == 1 else f"{frames} of {len(others)} other frames"
    return f"{words}; {'closed' if shut else 'turned away'} in {where}"


def _frame(
    at: int,
    main: Sequence[_Track],
    shut: Sequence[Mapping[int, float]],
    sharp: Sequence[Mapping[int, float]],
) -> FrameFaces:
    here = [track[at] for track in main if at in track]
    eyes = [face.eyes for face in here]
    away = sum(face.facing is Facing.AWAY for face in here)
    is_judged = away > 0 or any(
        face.openness is not None or face.eyes is not Eyes.UNSURE for face in here
    )
    filled = [values.get(at, median(values.values())) for values in shut if values]
    compared = [values[at] for values in sharp if at in values]
    return FrameFaces(
        main=len(main),
        seen=len(here),
        open=eyes.count(Eyes.OPEN),
        closed=eyes.count(Eyes.CLOSED),
        away=away,
        closed_share=sum(filled) / max(len(main), 1) if is_judged else None,
        shut=tuple(values.get(at) for values in shut),
        sharpness=sum(compared) / len(compared) if compared else None,
        sharp=tuple(values.get(at) for values in sharp),
    )


def _main(tracks: Iterable[_Track], frames: int) -> list[_Track]:
    """Those that are large, in focus, and there in at least half of the frames with a face.

    A passer-by or a blurred face in the background decides nothing.
    """
    tracks = [track for track in tracks if 2 * len(track) >= frames]
    sizes = [median(_size(face) for face in track.values()) for track in tracks]
    least = _LARGE * max(sizes, default=0.0)
    large = [track for track, size in zip(tracks, sizes, strict=True) if size >= least]
    best = [max(face.sharpness or 0.0 for face in track.values()) for track in large]
    blurred = _IN_FOCUS * max(best, default=0.0)
    return [track for track, sharpness in zip(large, best, strict=True) if sharpness >= blurred]


def _shut(track: _Track) -> dict[int, float]:
    """0 for open eyes and 1 for closed ones, in the frames where that can be judged.

    Empty where they are open in no frame: then they are meant to be closed, or cannot be judged.
    A face turned away counts in part, if it looks into the camera in another frame.
    """
    sure = {at: face.eyes for at, face in track.items() if face.eyes is not Eyes.UNSURE}
    if Eyes.OPEN not in sure.values():
        return {}
    told = {at: float(eyes is Eyes.CLOSED) for at, eyes in sure.items()}
    halfway = {at: _HALF_OPEN for at, face in track.items() if face.openness is not None}
    turned = {at: _TURNED_AWAY for at, face in track.items() if face.facing is Facing.AWAY}
    looks = any(face.facing is Facing.CAMERA for face in track.values())
    return halfway | (turned if looks else {}) | told


def _sharpness(track: _Track) -> dict[int, float]:
    """Over its median, in the frames where the face was measured on about as many pixels."""
    widths = {at: min(face.measured_width, _FINEST) for at, face in track.items()}
    usual = median(widths.values())
    values = {
        at: face.sharpness
        for at, face in track.items()
        if face.sharpness is not None and 1 / _COMPARABLE <= widths[at] / usual <= _COMPARABLE
    }
    middle = median(values.values()) if values else 0.0
    return {at: value / middle for at, value in values.items()} if middle > 0 else {}


class _Place(NamedTuple):
    """Centre and size of a face, in a picture of side 1."""

    x: float
    y: float
    size: float
    face: Face


def _tracks(frames: Sequence[Faces | None]) -> list[dict[int, Face]]:
    """Each person's face through the frames."""
    tracks: list[dict[int, Face]] = []
    last: dict[int, _Place] = {}  # track → where it was seen last, the latest at the end
    for at, faces in enumerate(frames):
        some = _once(faces or ())[:_MOST]
        known = list(last)[-_REMEMBERED:]
        places = _matched([last[track] for track in known], some)
        for place, one in zip(places, some, strict=True):
            track = len(tracks) if place is None else known[place]
            if place is None:
                tracks.append({})
            tracks[track][at] = one.face
            last.pop(track, None)
            last[track] = one
    return tracks


def _matched(before: Sequence[_Place], faces: Sequence[_Place]) -> list[int | None]:
    """The place in `before` of each of `faces`; None where it is not among them."""
    if not before or not faces:
        return [None] * len(faces)
    fits = _fits(before, faces)
    if sum(fit > _STILL for fit, _, _ in fits) < min(len(before), len(faces)):
        moved = _fits_moved(before, faces)
        fits = moved if _sum(moved) > _sum(fits) + _STILLNESS else fits
    found: list[int | None] = [None] * len(faces)
    for _, was, now in sorted(fits, reverse=True):
        if found[now] is None and was not in found:
            found[now] = was
    return found


_Fits = list[tuple[float, int, int]]  # how well, up to 1; which one before; which one now


def _fits(before: Sequence[_Place], faces: Sequence[_Place]) -> _Fits:
    """The pairs that may be one face, where the camera was held still."""
    fits = []
    for was, old in enumerate(before):
        for now, new in enumerate(faces):
            size = math.sqrt(old.size * new.size)
            distance = math.hypot(new.x - old.x, new.y - old.y)
            is_alike = new.size <= _ALIKE * old.size and old.size <= _ALIKE * new.size
            if is_alike and distance < _NEAR * size:
                fits.append((1 - distance / (_NEAR * size), was, now))
    return fits


def _sum(fits: _Fits) -> float:
    """How well the faces fit together, each with the one it fits best."""
    best: dict[int, float] = {}
    for fit, _, now in fits:
        best[now] = max(fit, best.get(now, 0.0))
    return sum(best.values())


def _fits_moved(before: Sequence[_Place], faces: Sequence[_Place]) -> _Fits:
    """The pairs that may be one face, where the camera was turned.

    That moves all faces alike: of the moves that carry one face to another, the one by which most
    fit.
    """
    old, new = (np.array([one[:3] for one in places]) for places in (before, faces))  # [., 3]
    moves = (new[None, :, :2] - old[:, None, :2]).reshape(-1, 2)  # [B * F, 2]
    moves = moves[(np.abs(moves) <= _PAN).all(axis=1)]
    if not len(moves):
        return []
    sizes = np.sqrt(old[:, None, 2] * new[None, :, 2])  # [B, F]
    larger = np.maximum(old[:, None, 2], new[None, :, 2])
    apart = new[None, None, :, :2] - old[None, :, None, :2] - moves[:, None, None]  # [M, B, F, 2]
    distance = np.hypot(apart[..., 0], apart[..., 1]) / np.maximum(sizes, 1e-6)
    is_alike = larger**2 <= _ALIKE * sizes**2
    fits = np.where(is_alike, np.clip(1 - distance / _NEAR, 0, 1), 0)  # [M, B, F]
    by_move = fits[fits.max(axis=1).sum(axis=1).argmax()]
    return [(float(by_move[was, now]), int(was), int(now)) for was, now in np.argwhere(by_move > 0)]


def _once(faces: Iterable[Face]) -> list[_Place]:
    """The largest first; of faces in one place only one: somebody may have been found twice."""
    kept: list[_Place] = []
    for one in sorted(map(_place, faces), key=lambda place: -place.size):
        apart = (math.hypot(one.x - other.x, one.y - other.y) / other.size for other in kept)
        if one.size > 0 and all(distance > _SAME for distance in apart):
            kept.append(one)
    return kept


def _place(face: Face) -> _Place:
    left, top, right, bottom = face.box
    return _Place((left + right) / 2, (top + bottom) / 2, _size(face), face)


def _size(face: Face) -> float:
    left, top, right, bottom = face.box
    return math.sqrt(max(right - left, 0.0) * max(bottom - top, 0.0))
