"""From stored faces to the proposal: a burst in a catalog."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.records import IngestedFile, ReadFaces
from aesplugin.decision import Choice
from aesplugin.face import Eyes, Face
from aesplugin.photo import Exif
from aesplugin.services.culling import profiles
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.culling.cull import Cull, cull
from aesplugin.services.groups.group import of_kinds, read_shoot
from tests.catalog.samples import REVISION, assessment, content_hash, ingested
from tests.services.culling.test_faces import face

FRAMES = {0: ("a.jpg", 0), 1: ("b.jpg", 200), 2: ("c.jpg", 400), 3: ("a.dng", 0)}  # name, ms


def framed(number: int, name: str, milliseconds: int) -> IngestedFile:
    item = ingested(number, f"/p/{name}")
    assert item.photo is not None
    taken_at = datetime(2026, 5, 1, 10) + timedelta(milliseconds=milliseconds)
    exif = Exif(taken_at=taken_at, make="C", model="X", exposure_time=0.01)
    return replace(item, photo=replace(item.photo, exif=exif))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A burst of three frames, the first with its RAW; nothing but faces tells them apart."""
    embedding = np.ones(4, dtype="<f2").tobytes()
    with Catalog.open(tmp_path / "c.sqlite3") as opened:
        opened.record_photos([framed(n, *what) for n, what in FRAMES.items()])
        opened.record_assessments([assessment(n, score=5.0, embedding=embedding) for n in range(3)])
        yield opened


def proposed(catalog: Catalog, found: Mapping[int, tuple[Face, ...]]) -> Cull:
    for number, faces in found.items():
        read = ReadFaces(reader_revision="1", faces=faces)
        catalog.record_photos([replace(framed(number, *FRAMES[number]), faces=read)])
    shoot = of_kinds(read_shoot(catalog, REVISION), Kinds.PHOTOS)
    return cull(shoot, Wish(), profiles.load("auto"), sketches=lambda _: None)


@pytest.mark.parametrize("file", [0, 3])
@pytest.mark.parametrize("best", [0, 1, 2])
def test_the_frame_with_open_eyes_is_kept(catalog: Catalog, best: int, file: int) -> None:
    """Whichever file of an exposure its faces were read from."""
    faces = {n: (face(eyes=Eyes.OPEN if n == best else Eyes.CLOSED),) for n in range(3)}
    faces[file] = faces.pop(0)
    picked = [p for p in proposed(catalog, faces).culling.proposals if p.choice is Choice.PICK]
    assert [one.content_hash for one in picked] == [content_hash(best)]
    assert picked[0].reason.startswith("eyes open; closed in 2 of 2 other frames")


def test_without_stored_faces_nothing_changes(catalog: Catalog) -> None:
    shoot = read_shoot(catalog, REVISION)
    assert shoot.faces == {}
    by_name = {
        name: cull(shoot, Wish(), profiles.load(name), sketches=lambda _: None)
        for name in ("auto", "general")
    }
    assert by_name["auto"].culling == by_name["general"].culling == proposed(catalog, {}).culling
