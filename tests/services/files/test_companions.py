"""Whose fate a few photos share, asked of the catalog: RAW, HEIF and JPEG, never the next frame."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from aesplugin.catalog.records import IngestedFile
from aesplugin.compose import Workshop
from aesplugin.photo import PhotoState
from aesplugin.services.files.companions import with_companions
from aesplugin.services.groups.group import pairs_of, read_shoot
from aesplugin.services.pipeline.ingest import stamp_of
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


@pytest.mark.parametrize("taken_at", [None, _AT])
@pytest.mark.parametrize(
    ("jpeg", "raw"),
    [
        ("IMG_1.jpg", "IMG_1.dng"),
        ("img_1.JPG", "IMG_1.DNG"),
        ("\u00c9t\u00e9 50%_1.jpg", "e\u0301te\u0301 50%_1.dng"),
        ("JPG/IMG_1.jpg", "RAW/IMG_1.dng"),
        ("IMG_1.jpg", "raw/IMG_1.dng"),
        ("IMG_1.jpg", "IMG_1_RAW.dng"),
        ("IMG_1_preview.jpg", "IMG_1.dng"),
    ],
)
def test_without_a_clock_name_folder_and_picture_tell(
    workshop: Workshop, tmp_path: Path, jpeg: str, raw: str, taken_at: datetime | None
) -> None:
    """A clock that only one of them has tells nothing either."""
    names = (jpeg, raw, "IMG_12.dng", "elsewhere/deeper/IMG_1.dng", "IMG_2.jpg")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    save(drawn(1), tmp_path / jpeg, taken_at)
    with Image.open(tmp_path / jpeg) as image:
        smaller = [image.resize((600 - number, 400)) for number in range(3)]
    for name, picture in zip(names[1:], (*smaller, drawn(2)), strict=True):
        save(picture, tmp_path / name)
    keys = [put(workshop, tmp_path / name, number) for number, name in enumerate(names)]
    for key in keys[:2]:
        assert set(with_companions(workshop.catalog, [key])) == set(keys[:2])
    for key in keys[2:]:
        assert with_companions(workshop.catalog, [key]) == [key]


def test_without_a_clock_another_picture_of_the_name_stays_apart(
    workshop: Workshop, tmp_path: Path
) -> None:
    paths = save(drawn(1), tmp_path / "IMG_1.jpg"), save(drawn(6), tmp_path / "IMG_1.dng")
    keys = [put(workshop, path, number) for number, path in enumerate(paths)]
    assert with_companions(workshop.catalog, keys[:1]) == keys[:1]


def test_heif_and_jpeg_of_one_exposure_go_together(workshop: Workshop, tmp_path: Path) -> None:
    jpeg = save(drawn(1), tmp_path / "IMG_1.JPG", _AT)
    with Image.open(jpeg) as image:
        pillow_heif.from_pillow(image).save(
            tmp_path / "IMG_1.HEIC", exif=image.getexif().tobytes(), quality=90
        )
    run = workshop.score_run()
    assert {file.state for file in run.run(run.plan([str(tmp_path)]))} == {PhotoState.ASSESSED}
    shoot = read_shoot(workshop.catalog, workshop.card.revision, str(tmp_path))
    keys = [frame.key for frame in shoot.frames]
    assert len(keys) == 2 and pairs_of(shoot) == {keys[0]: (keys[1],)}
    for key in keys:
        assert set(with_companions(workshop.catalog, [key])) == set(keys)


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
