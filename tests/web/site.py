"""A small library with a page on it: 12 photos, a burst of 5, one photo taken at a known place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from aesplugin.assessment import Assessment, Flaw, Suggestion
from aesplugin.catalog.records import IngestedFile
from aesplugin.compose import Workshop
from aesplugin.imaging.examine import examine
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.settings import Settings
from tests.photos import burst, drawn, save

PHOTOS, FRAMES = 12, 5
START = datetime(2026, 5, 1, 10, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Site:
    workshop: Workshop
    folder: Path
    photos: dict[str, str]  # file name → content hash
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def build(home: Path) -> Site:
    """Photos on disk, decoded, thumbnailed and given made-up answers with embeddings."""
    folder = home / "photos"
    folder.mkdir(parents=True)
    for number in range(PHOTOS):
        taken_at = START + timedelta(hours=number)
        camera = "Testcam 2" if number % 3 == 0 else "Testcam 1"
        name = folder / f"IMG_{number:02}.jpg"
        save(drawn(number), name, taken_at, camera=camera, place=number == 0)
    burst(drawn(40, (900, 600)), folder, START + timedelta(days=1), frames=FRAMES)
    settings = Settings(
        catalog=str(home / "catalog.sqlite3"), cache=home / "cache", model="fake", decoders=1
    )
    workshop = Workshop(settings)
    photos = {path.name: put(workshop, path, n) for n, path in enumerate(sorted(folder.iterdir()))}
    return Site(workshop=workshop, folder=folder, photos=photos)


def put(workshop: Workshop, path: Path, number: int, *, degrees: float | None = None) -> str:
    """Decodes a file and gives it an answer; the content hash. Tilted by so many, if known."""
    stamp = stamp_of(str(path))
    assert stamp is not None
    found = examine(str(path), max_megapixels=50)
    item = IngestedFile(stamp=stamp, photo=found.photo, attributes=found.attributes)
    workshop.catalog.record_photos([item])
    workshop.thumbnails.add(found.photo.content_hash, found.thumbnail)
    tilt = Suggestion(
        flaw=Flaw.TILTED_HORIZON, direction="rotate right", strength=0.6,
        advice="Rotate right by about 2 degrees.", amount=degrees,
    )  # fmt: skip
    workshop.catalog.record_assessments(
        [
            Assessment(
                content_hash=found.photo.content_hash,
                model="fake",
                model_revision=workshop.card.revision,
                score=round(9.5 - 0.4 * number, 2),
                comment="Soft colours; the disc <b>draws</b> the eye.",
                suggestions=() if number % 2 else (tilt,),
                embedding=_embedding(path),
            )
        ]
    )
    return found.photo.content_hash


def _embedding(path: Path) -> bytes:
    """Mean colours of a 4 x 4 raster: alike for alike pictures."""
    with Image.open(path) as image:
        small = np.asarray(image.convert("RGB").resize((4, 4)), dtype=np.float32)
    return (small.ravel() / 255 - 0.5).astype("<f2").tobytes()
