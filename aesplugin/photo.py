"""What we know of one photo: frozen values, standard library only."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

_64_BITS = (1 << 64) - 1
MAX_ATTEMPTS = 3  # a photo that failed so often in the model is quarantined


class PhotoState(StrEnum):
    """Where a file stands. Every file ends in exactly one; only `ASSESSED` has a score."""

    PENDING = "pending"  # ingested, waits for the model
    ASSESSED = "assessed"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"
    OVERSIZED = "oversized"
    STUCK = "stuck"
    QUARANTINED = "quarantined"  # failed in the model three times; see `aesplugin retry`


@dataclass(frozen=True, slots=True, kw_only=True)
class Exif:
    """The camera's own record of a photo; every field is None where the file does not say.

    `latitude`/`longitude` are degrees (north and east positive), `altitude` metres;
    `exposure_time` seconds, `focal_length` millimetres, `exposure_bias` EV;
    `rating` is the user's stars already in the file, -1 (rejected) or 0..5.
    """

    taken_at: datetime | None = None  # with sub-seconds; aware where the file gives an offset
    make: str | None = None
    model: str | None = None
    serial: str | None = None
    lens: str | None = None
    exposure_time: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    focal_length_35mm: float | None = None
    exposure_bias: float | None = None
    exposure_mode: str | None = None  # "auto", "manual", "bracket"
    flash_fired: bool | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    rating: int | None = None
    burst_id: str | None = None  # the maker's identifier shared by the frames of one burst
    sequence_number: int | None = None  # the maker's position within a burst or bracket


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo by its content; the same bytes under two paths are one photo.

    `content_hash` is the SHA-256 of the file's bytes (hex), `perceptual_hash` 64 bits whose Hamming
    distance grows with visual difference (equal for copies that differ in metadata only). `width`
    and `height` are the original's, in pixels, after EXIF orientation.
    """

    content_hash: str
    perceptual_hash: int
    width: int
    height: int
    format: str  # "JPEG", "HEIF", "DNG", ...
    exif: Exif
    exif_problem: str | None = None  # why EXIF is empty, where reading it failed
    note: str | None = None  # what was done or ignored to see it, such as tone mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A photo's small copy, as jobs carry it: sRGB JPEG, upright, long side at most 1024 px."""

    content_hash: str
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStatus:
    """A file and its state; `reason` is one line for its owner where it has no score."""

    path: str
    state: PhotoState
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What tells cheaply that a file has not changed: size in bytes, mtime in nanoseconds.

    `changed_ns` (ctime) and `inode` tell two files of one size and time apart; None where the
    file could not be seen. They make no other stamp: rights given to a file change them, too.
    """

    path: str
    size: int
    mtime_ns: int
    changed_ns: int | None = field(default=None, compare=False)
    inode: int | None = field(default=None, compare=False)

    @classmethod
    def of(cls, path: str, facts: os.stat_result) -> Self:
        """The stamp in what `os.stat` answered."""
        return cls(
            path=path,
            size=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
            changed_ns=facts.st_ctime_ns,
            inode=(facts.st_ino & _64_BITS) ^ (facts.st_ino >> 64),  # 128 bits on ReFS
        )
