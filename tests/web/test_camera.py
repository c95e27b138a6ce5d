"""The camera's record and the measured bars, in words."""

from datetime import datetime

import pytest

from aesplugin.assessment import Attribute, Verdict
from aesplugin.photo import Exif
from aesplugin.web.photo_details import bars, camera_facts


def test_as_photographers_say_it() -> None:
    exif = Exif(
        taken_at=datetime(2026, 7, 3, 20, 14, 30, 770000),
        make="Canon",
        model="Canon EOS",
        f_number=2.8,
        exposure_time=1 / 640,
        exposure_bias=-0.33,
        focal_length=85.0,
        iso=100,
        flash_fired=False,
        latitude=47.1,
    )
    assert camera_facts(exif) == [
        ("taken", "2026-07-03 20:14:30"),
        ("camera", "Canon EOS"),
        ("focal length", "85 mm"),
        ("aperture", "f/2.8"),
        ("exposure", "1/640 s, -0.3 EV"),
        ("ISO", "100"),
        ("flash", "no"),
    ]
    assert camera_facts(Exif()) == []


def test_another_maker_is_named() -> None:
    assert camera_facts(Exif(make="NIKON CORPORATION", model="NIKON D90")) == [
        ("camera", "NIKON D90")
    ]
    assert camera_facts(Exif(make="SONY", model="ILCE-7")) == [("camera", "SONY ILCE-7")]


@pytest.mark.parametrize(
    ("value", "unit", "text", "start", "width"),
    [
        (-5.0, "degrees", "-5.0°", 25.0, 25.0),
        (-0.04, "EV", "0.0 EV", 49.3, 1.0),
        (1.5, "EV", "+1.5 EV", 50.0, 25.0),
        (40.0, "", "40", 0.0, 40.0),
        (0.5, "share", "0.5 share", 0.0, 50.0),
        (900.0, "px", "900 px", 0.0, 100.0),
    ],
)
def test_bars(value: float, unit: str, text: str, start: float, width: float) -> None:
    (bar,) = bars({"x": Attribute(value, unit, Verdict.GOOD)})
    assert (bar.text, bar.start, bar.width) == (text, start, width)
