"""Libraries with several bursts: what a person works through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageEnhance

from aesplugin.catalog.records import IngestedFile, ReadFaces
from aesplugin.face import Eyes, Face
from aesplugin.imaging.examine import examine
from aesplugin.services.pipeline.ingest import stamp_of
from tests.photos import drawn, save
from tests.web.site import START, Site, build, put

_EXIF_IFD, _EXPOSURE_TIME, _BIAS, _MODE = 0x8769, 0x829A, 0x9204, 0xA402
_AUTO_BRACKET = 2


@dataclass(frozen=True)
class Shoot:
    """A site with bursts more, in order of time; the photos of each in order of time."""

    site: Site
    bursts: tuple[tuple[str, ...], ...]

    @property
    def rest(self) -> dict[str, str]:
        """What is to stand of each photo of a burst that was never decided."""
        return {key: "none" for found in self.bursts for key in found}


def shoot(home: Path, sizes: Sequence[int] = (4, 3, 8)) -> Shoot:
    """The site's burst of 5 on the second day, and one of each of these sizes on the days after."""
    site = build(home)
    found = [tuple(site.photos[f"BURST_{n + 1:02}.jpg"] for n in range(5))]
    for day, frames in enumerate(sizes, start=2):
        found.append(add_burst(site, f"day{day}", START + timedelta(days=day), frames))
    return Shoot(site, tuple(found))


def add_burst(site: Site, name: str, start: datetime, frames: int) -> tuple[str, ...]:
    """Their photos, in order of time."""
    folder = site.folder / name
    folder.mkdir()
    seed = 50 + 7 * sum(map(ord, name))
    view = drawn(seed, (620, 400))
    made = []
    for number in range(frames):
        shift = 2 * number
        frame = view.crop((shift, 0, shift + 600, 400))
        taken_at = start + timedelta(milliseconds=150 * number)
        path = save(frame, folder / f"{name}_{number + 1:02}.jpg", taken_at)
        made.append(put(site.workshop, path, number))
    return tuple(made)


def add_singles(site: Site, name: str, start: datetime, count: int) -> tuple[str, ...]:
    """Photos an hour apart, none like another, in order of time."""
    folder = site.folder / name
    folder.mkdir()
    made = []
    for number in range(count):
        taken_at = start + timedelta(hours=number)
        view = drawn(1000 + number, (240, 160))
        path = save(view, folder / f"{name}_{number + 1:03}.jpg", taken_at)
        made.append(put(site.workshop, path, number % 20))
    return tuple(made)


def see_faces(site: Site, path: Path, faces: Sequence[Face]) -> None:
    """As if they had been read in this file."""
    stamp = stamp_of(str(path))
    assert stamp is not None
    found = examine(str(path), max_megapixels=50)
    read = ReadFaces(reader_revision="1", faces=tuple(faces))
    item = IngestedFile(stamp=stamp, photo=found.photo, attributes=found.attributes, faces=read)
    site.workshop.catalog.record_photos([item])


def face(x: float, y: float, eyes: Eyes = Eyes.OPEN, *, size: float = 0.1) -> Face:
    """A face around this place, so large."""
    half = size / 2
    return Face(
        box=(x - half, y - half, x + half, y + half),
        confidence=0.9,
        width=600 * size,
        measured_width=600 * size,
        eyes=eyes,
        openness=None if eyes is Eyes.UNSURE else 0.3 if eyes is Eyes.OPEN else 0.06,
        sharpness=0.2,
        brightness=0.5,
    )


def add_bracket(site: Site, start: datetime) -> tuple[str, ...]:
    """One view at three exposures, as the camera's bracketing makes it."""
    folder = site.folder / "bracket"
    folder.mkdir()
    view = drawn(71, (600, 400))
    made = []
    for number, bias in enumerate((0, -2, 2)):
        path = folder / f"HDR_{number}.jpg"
        frame = ImageEnhance.Brightness(view).enhance(2.0 ** (bias / 2))
        save(frame, path, start + timedelta(milliseconds=300 * number))
        _note_exposure(path, bias)
        made.append(put(site.workshop, path, number))
    return tuple(made)


def _note_exposure(path: Path, bias: int) -> None:
    with Image.open(path) as image:
        image.load()
        exif = image.getexif()
        ifd = exif.get_ifd(_EXIF_IFD)
        ifd[_EXPOSURE_TIME], ifd[_BIAS], ifd[_MODE] = 2.0**bias / 60, float(bias), _AUTO_BRACKET
        image.save(path, "JPEG", quality=90, exif=exif)
