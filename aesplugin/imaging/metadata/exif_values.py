"""One EXIF value at a time: exifread's raw values to a Python value, None for nonsense."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

_DATE: Final = re.compile(r"(\d{4})[:/-](\d{1,2})[:/-](\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})")
_ISO: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2}))?(?:[.,](\d+))?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_OFFSET: Final = re.compile(r"([+-])(\d{1,2}):?(\d{2})")
_LONGEST_TEXT: Final = 200
_MOST_BIAS: Final = 10.0  # EV; no camera offers more
_HEIGHTS: Final = (-1000.0, 100_000.0)  # m, from the Dead Sea to a balloon


def text(values: Any) -> str | None:
    """Text without padding and control characters."""
    if isinstance(values, bytes):
        values = values.decode("latin-1")
    if not isinstance(values, str):
        return None
    kept = "".join(c if c.isprintable() else " " for c in values)
    return " ".join(kept.split())[:_LONGEST_TEXT] or None


def numbers(values: Any) -> list[float]:
    """All values as finite numbers; empty where one is none (0/0 is a way to say nothing)."""
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        return []
    found = []
    for value in values:
        single = value[0] if isinstance(value, tuple) and value else value
        try:
            found.append(float(single))
        except (TypeError, ValueError, ArithmeticError):
            return []
    return found if all(map(math.isfinite, found)) else []


def number(values: Any) -> float | None:
    """The first value."""
    found = numbers(values)
    return found[0] if found else None


def positive(values: Any) -> float | None:
    """The first value where it is above zero: cameras write 0 for "unknown"."""
    found = number(values)
    return found if found is not None and found > 0 else None


def whole(values: Any) -> int | None:
    """The first value as a whole number."""
    found = number(values)
    return None if found is None else int(found)


def exposure_bias(values: Any) -> float | None:
    """EV."""
    found = number(values)
    return found if found is not None and abs(found) <= _MOST_BIAS else None


def iso(values: Any) -> int | None:
    """Sensitivity; 65535 stands for "see the longer tag"."""
    found = whole(values)
    return found if found is not None and 0 < found < 10_000_000 and found != 65535 else None


def moment(date: Any, fraction: Any, offset: Any) -> datetime | None:
    """Date and time with sub-seconds, aware of its offset where one is given."""
    found = _DATE.search(text(date) or "")
    if found is None:
        return None
    digits = re.sub(r"\D", "", text(fraction) or "")[:6]
    year, month, day, hour, minute, second = map(int, found.groups())
    micro = int(digits.ljust(6, "0")) if digits else 0
    try:
        return datetime(
            year, month, day, hour, minute, second, micro, tzinfo=_zone(text(offset) or "")
        )
    except ValueError:  # 0000:00:00, a clock never set
        return None


def iso_moment(value: str | None) -> datetime | None:
    """A date as XMP has it (ISO 8601); None without a time: a day tells no order."""
    found = _ISO.search(value or "")
    if found is None:
        return None
    date, clock, second, fraction, offset = found.groups()
    return moment(f"{date} {clock}:{second or '00'}", fraction, offset)


def iptc_moment(date: str, clock: str) -> datetime | None:
    """From IPTC's CCYYMMDD and HHMMSS, the latter with ±HHMM where the writer knew it."""
    day = f"{date[:4]}-{date[4:6]}-{date[6:8]}"
    return moment(f"{day} {clock[:2]}:{clock[2:4]}:{clock[4:6]}", None, clock[6:])


def coordinate(values: Any, reference: Any, *, limit: float, negative: str) -> float | None:
    """Degrees from degrees, minutes, seconds; `negative` is the reference letter below zero."""
    parts = numbers(values)
    if not 1 <= len(parts) <= 3 or min(parts) < 0:
        return None
    degrees = math.fsum(part / 60.0**i for i, part in enumerate(parts))
    if degrees > limit:
        return None
    is_negative = (text(reference) or "").upper().startswith(negative)
    return -degrees if is_negative else degrees


def altitude(values: Any, reference: Any) -> float | None:
    """Metres above sea level; reference 1 is below."""
    metres = number(values)
    if metres is None:
        return None
    signed = -metres if whole(reference) == 1 else metres
    return signed if _HEIGHTS[0] <= signed <= _HEIGHTS[1] else None


def _zone(offset: str) -> timezone | None:
    if offset == "Z":
        return UTC
    found = _OFFSET.fullmatch(offset)
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))
