"""The camera's record of a photo, read with exifread into the typed `Exif`."""

import io
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

import exifread
from exifread.core.exceptions import ExifError

from aesplugin.imaging.metadata import exif_values as read
from aesplugin.imaging.metadata.iptc import read_iptc
from aesplugin.imaging.metadata.makernote import read_burst_mark
from aesplugin.imaging.metadata.tiff_directories import exif_blocks
from aesplugin.imaging.metadata.xmp_packet import Packet, read_packet, stars
from aesplugin.imaging.picture import DECODER_FAILURES
from aesplugin.photo import Exif

_T = TypeVar("_T")

_EXPOSURE_MODES: Final = {0: "auto", 1: "manual", 2: "bracket"}
# The sub-seconds and the offset that belong to each date.
_MOMENTS: Final = (
    ("EXIF DateTimeOriginal", "EXIF SubSecTimeOriginal", "EXIF OffsetTimeOriginal"),
    ("EXIF DateTimeDigitized", "EXIF SubSecTimeDigitized", "EXIF OffsetTimeDigitized"),
    ("Image DateTimeOriginal", "Image SubSecTimeOriginal", "Image OffsetTimeOriginal"),
)
_SAVED: Final = ("Image DateTime", "EXIF SubSecTime", "EXIF OffsetTime")

# exifread logs what it cannot read; our reason says it better.
logging.getLogger("exifread").addHandler(logging.NullHandler())


def read_exif(
    data: bytes, embedded: bytes | None, *, xmp: bytes | None = None, iptc: bytes | None = None
) -> tuple[Exif, str | None]:
    """The record of a file with these bytes, and why it is empty where reading failed.

    `embedded` is the EXIF block the decoder found, None to look for it in `data`, `xmp` and `iptc`
    likewise what it found. Hostile blocks can keep this busy for ever: it belongs into a process
    that can be killed.
    """
    try:
        blocks = exif_blocks(data, embedded)
        tags = Tags(blocks)
        exif = tags.exif()
        packet = read_packet(data, xmp)
        return _with_marks(_completed(exif, packet, iptc), packet, blocks), None
    except (ExifError, *DECODER_FAILURES) as error:
        brief = " ".join(f"{type(error).__name__} {error}".split())[:120]
        return Exif(), f"EXIF cannot be read ({brief})"
    except MemoryError:
        return Exif(), "EXIF cannot be read (it asks for too much memory)"


def _completed(exif: Exif, packet: Packet, iptc: bytes | None) -> Exif:
    """Date and camera from XMP, then IPTC, where EXIF does not tell them."""
    exif = replace(
        exif,
        taken_at=exif.taken_at or packet.taken_at or read_iptc(iptc),
        lens=exif.lens or packet.lens,
    )
    if exif.make or exif.model:  # never a mixture of two cameras
        return exif
    return replace(exif, make=packet.make, model=packet.model, serial=exif.serial or packet.serial)


def _with_marks(exif: Exif, packet: Packet, blocks: list[bytes]) -> Exif:
    """Adds what stands outside the tags exifread knows: bursts, and stars in XMP."""
    mark = read_burst_mark(blocks[0], exif.make) if blocks else None
    return replace(
        exif,
        rating=_rating(exif.rating, packet),
        burst_id=(mark.burst_id if mark else None) or packet.burst_id,
        sequence_number=mark.sequence_number if mark else None,
    )


def _rating(tag: int | None, packet: Packet) -> int | None:
    """XMP wins: programs that rate rewrite it always, the EXIF tag sometimes."""
    if packet.default_star:
        return None  # darktable writes it into both
    return tag if packet.rating is None else packet.rating


class Tags:
    """exifread's tags of one or more blocks; the first block wins."""

    def __init__(self, blocks: list[bytes]) -> None:
        self._values: dict[str, Any] = {}
        for block in blocks:
            found = exifread.process_file(io.BytesIO(block), details=False, extract_thumbnail=False)
            for name, tag in found.items():
                self._values.setdefault(name, getattr(tag, "values", None))

    def exif(self) -> Exif:
        """Typed fields; one that makes no sense is None, the others stay."""
        latitude, longitude, altitude = self._place()
        return Exif(
            taken_at=self._taken_at(),
            make=self._first(read.text, "Image Make"),
            model=self._first(read.text, "Image Model", "Image Tag 0xC614"),
            serial=self._first(read.text, "EXIF BodySerialNumber", "Image Tag 0xC62F"),
            lens=self._first(read.text, "EXIF LensModel", "Image LensModel"),
            exposure_time=self._exposure(read.positive, "ExposureTime"),
            f_number=self._exposure(read.positive, "FNumber"),
            iso=self._iso(),
            focal_length=self._exposure(read.positive, "FocalLength"),
            focal_length_35mm=self._exposure(read.positive, "FocalLengthIn35mmFilm"),
            exposure_bias=self._exposure(read.exposure_bias, "ExposureBiasValue"),
            exposure_mode=self._exposure(_exposure_mode, "ExposureMode"),
            flash_fired=self._flash(),
            latitude=latitude,
            longitude=longitude,
            altitude=altitude,
            rating=self._rating(),
        )

    def _get(self, name: str) -> Any:
        return self._values.get(name)

    def _first(self, convert: Callable[[Any], _T | None], *names: str) -> _T | None:
        """The first of the tags whose value makes sense."""
        found = (convert(self._values[name]) for name in names if name in self._values)
        return next((value for value in found if value is not None), None)

    def _exposure(self, convert: Callable[[Any], _T | None], name: str) -> _T | None:
        """From the EXIF directory, or the image's own as TIFF/EP and CR3 have it."""
        return self._first(convert, f"EXIF {name}", f"Image {name}")

    def _taken_at(self) -> datetime | None:
        for names in _MOMENTS:
            taken = read.moment(*map(self._get, names))
            if taken is not None:
                return taken
        # The date of saving is the moment of capture only where a camera wrote it.
        is_camera = self._get("Image Make") is not None and self._get("Image Software") is None
        return read.moment(*map(self._get, _SAVED)) if is_camera else None

    def _iso(self) -> int | None:
        names = ("ISOSpeedRatings", "ISOSpeed", "RecommendedExposureIndex")
        return next((v for n in names if (v := self._exposure(read.iso, n)) is not None), None)

    def _flash(self) -> bool | None:
        flags = self._exposure(read.whole, "Flash")
        return None if flags is None else bool(flags & 1)

    def _rating(self) -> int | None:
        value = self._first(read.whole, "Image Rating")
        return None if value is None else stars(value)

    def _place(self) -> tuple[float | None, float | None, float | None]:
        """Latitude, longitude, altitude; nothing at 0, 0: that is a receiver without a fix."""
        latitude = read.coordinate(
            self._get("GPS GPSLatitude"), self._get("GPS GPSLatitudeRef"), limit=90, negative="S"
        )
        longitude = read.coordinate(
            self._get("GPS GPSLongitude"), self._get("GPS GPSLongitudeRef"), limit=180, negative="W"
        )
        if latitude is None or longitude is None or latitude == longitude == 0:
            return None, None, None
        height = read.altitude(self._get("GPS GPSAltitude"), self._get("GPS GPSAltitudeRef"))
        return latitude, longitude, height


def _exposure_mode(values: Any) -> str | None:
    mode = read.whole(values)
    return None if mode is None else _EXPOSURE_MODES.get(mode)
