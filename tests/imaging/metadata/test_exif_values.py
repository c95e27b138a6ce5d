from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest

from aesplugin.imaging.metadata import exif_values as read


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ("Canon\0\0", "Canon"),
        ("  RICOH      ", "RICOH"),
        (b"caf\xe9", "café"),
        (b"\x8c", None),
        ("a\x07b\nc", "a b c"),
        ([1, 2], None),
        ("", None),
    ],
)
def test_text(values: Any, wanted: str | None) -> None:
    assert read.text(values) == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([Fraction(1, 200)], 0.005),
        ([(2.5,)], 2.5),
        ([0], None),
        ([-1], None),
        ([float("nan")], None),
        (["x"], None),
        ([], None),
        ("28", None),
        (None, None),
    ],
)
def test_positive(values: Any, wanted: float | None) -> None:
    assert read.positive(values) == wanted


@pytest.mark.parametrize(
    ("date", "fraction", "offset", "wanted"),
    [
        ("2024:05:06 07:08:09", None, None, datetime(2024, 5, 6, 7, 8, 9)),
        ("2024:05:06 07:08:09", "34", None, datetime(2024, 5, 6, 7, 8, 9, 340_000)),
        ("2024:05:06 07:08:09", "023460", None, datetime(2024, 5, 6, 7, 8, 9, 23_460)),
        ("2024:05:06 07:08:09", "12345678", None, datetime(2024, 5, 6, 7, 8, 9, 123_456)),
        ("2024-05-06T07:08:09", " ", "Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        (
            "2024:05:06 07:08:09",
            None,
            "-04:30",
            datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(-timedelta(hours=4, minutes=30))),
        ),
        ("2024:05:06 07:08:09", None, "+99:00", datetime(2024, 5, 6, 7, 8, 9)),
        ("0000:00:00 00:00:00", None, None, None),
        ("2024:13:06 07:08:09", None, None, None),
        ("    :  :     :  :  ", None, None, None),
        (None, None, None, None),
    ],
)
def test_moment(date: Any, fraction: Any, offset: Any, wanted: datetime | None) -> None:
    found = read.moment(date, fraction, offset)
    assert found == wanted
    assert found is None or found.tzinfo == (wanted and wanted.tzinfo)


def degrees(values: Any, reference: Any = "N") -> float | None:
    return read.coordinate(values, reference, limit=90, negative="S")


def test_coordinates() -> None:
    assert degrees([50, 30, Fraction(36)]) == pytest.approx(50.51)
    assert degrees([50, Fraction(751, 25), 0], "S") == pytest.approx(-(50 + 30.04 / 60))
    assert degrees([12]) == 12
    assert degrees([91, 0, 0]) is None
    assert degrees([-1, 0, 0]) is None
    assert degrees([0, "0/0", 0]) is None
    assert degrees(None) is None


@pytest.mark.parametrize(
    ("values", "reference", "wanted"),
    [([Fraction(17, 2)], [0], 8.5), ([8], [1], -8.0), ([8], None, 8.0), ([4294967284], [0], None)],
)
def test_altitude(values: Any, reference: Any, wanted: float | None) -> None:
    assert read.altitude(values, reference) == wanted


def test_limits_of_iso_and_bias() -> None:
    assert read.iso([400]) == 400
    assert read.iso([65535]) is None
    assert read.iso([0]) is None
    assert read.exposure_bias([Fraction(-2, 3)]) == pytest.approx(-2 / 3)
    assert read.exposure_bias([Fraction(77, 5)]) is None
