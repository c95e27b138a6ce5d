"""Whose fate a few photos share, asked of the catalog: RAW and JPEG, never a burst's next frame."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from aesplugin.catalog.records import IngestedFile
from aesplugin.compose import Workshop
from aesplugin.services.companions import with_companions
from aesplugin.services.ingest import stamp_of
from aesplugin.settings import Settings
from tests.photos import burst, drawn, save
from tests.web.site import put

_AT = datetime(2026, 5, 1, 10, 0, 0)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    settings = Settings(
        catalog=str(tmp_path / "c.sqlite3"), cache=tmp_path / "cache", model="fake", decoders=1
    )
    return Workshop(settings)


def test_raw_and_jpeg_go_together_whichever_is_named(workshop: Workshop, tmp_path: Path) -> None:
    jpeg = save(drawn(1), tmp_path / "IMG_1.jpg", _AT)
    with Image.open(jpeg) as image:
        raw = save(image.resize((600, 400)), tmp_path / "IMG_1.dng", _AT)
    other = save(drawn(2), tmp_path / "IMG_2.jpg", _AT + timedelta(seconds=1))
    keys = [put(workshop, path, number) for number, path in enumerate((jpeg, raw, other))]
    for key in keys[:2]:
        assert set(with_companions(workshop.catalog, [key])) == set(keys[:2])
    assert with_companions(workshop.catalog, [keys[2]]) == [keys[2]]


def test_frames_of_a_burst_stay_apart(workshop: Workshop, tmp_path: Path) -> None:
    burst(drawn(3, (900, 600)), tmp_path, _AT, frames=3)
    keys = [put(workshop, path, n) for n, path in enumerate(sorted(tmp_path.glob("*.jpg")))]
    assert with_companions(workshop.catalog, [keys[1]]) == [keys[1]]


def test_what_is_unknown_is_left_to_be_told(workshop: Workshop) -> None:
    assert with_companions(workshop.catalog, ["f" * 64]) == ["f" * 64]


def test_a_clock_that_stood_still_tells_nothing(workshop: Workshop, tmp_path: Path) -> None:
    """Else each key would compare all scans of a library with each other."""
    path = save(drawn(1), tmp_path / "scan.jpg", _AT)
    key, stamp = put(workshop, path, 0), stamp_of(str(path))
    (entry,) = workshop.catalog.entries("", paths=[str(path)])
    assert stamp is not None and entry.photo is not None
    scans = [
        IngestedFile(
            stamp=replace(stamp, path=f"{tmp_path}/scan.{number}.jpg"),
            photo=replace(entry.photo, content_hash=f"{number:064x}"),
            attributes={},
        )
        for number in range(1000)
    ]
    workshop.catalog.record_photos(scans)
    assert with_companions(workshop.catalog, [key]) == [key]
