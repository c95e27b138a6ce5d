"""The faces of photos: data of the content, replaced by what is read later, hidden where asked."""

from dataclasses import replace
from pathlib import Path

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.faces import faces_of
from aesplugin.catalog.records import ReadFaces
from aesplugin.face import Eyes, Face, Facing
from tests.catalog.samples import REVISION, assessment, content_hash, ingested

FACE = Face(
    box=(0.125, 0.25, 0.375, 0.5),
    confidence=0.75,
    width=812.5,
    measured_width=240.0,
    eyes=Eyes.CLOSED,
    openness=0.0625,
    sharpness=0.25,
    brightness=0.5,
    facing=Facing.AWAY,
    turned=0.75,
)
SMALL = Face(box=(0.5, 0.5, 0.51, 0.52), confidence=0.6, width=30.0, measured_width=30.0)


def read(catalog: Catalog, number: int, *found: Face, revision: str = "1") -> None:
    faces = ReadFaces(reader_revision=revision, faces=found)
    catalog.record_photos([replace(ingested(number), faces=faces)])


def shown(catalog: Catalog, number: int) -> tuple[Face, ...] | None:
    entry = catalog.entry(content_hash(number), REVISION)
    assert entry is not None
    return entry.faces


def test_faces_come_back_with_their_photo(catalog: Catalog) -> None:
    read(catalog, 1, FACE, SMALL)
    read(catalog, 2)
    catalog.record_photos([ingested(3)])
    catalog.record_assessments([assessment(n) for n in (1, 2, 3)])
    assert [shown(catalog, n) for n in (1, 2, 3)] == [(FACE, SMALL), (), None]
    by_hash = {e.photo.content_hash: e.faces for e in catalog.entries(REVISION) if e.photo}
    assert by_hash == {content_hash(1): (FACE, SMALL), content_hash(2): (), content_hash(3): None}
    assert {e.faces for e in catalog.rank(REVISION)} == {(FACE, SMALL), (), None}


def test_they_stay_without_a_file(catalog: Catalog) -> None:
    read(catalog, 1, FACE)
    (path,) = catalog.known_files(REVISION)
    moved = replace(ingested(2), stamp=replace(ingested(2).stamp, path=path))
    catalog.record_photos([moved])  # another photo by that name
    assert shown(catalog, 1) == (FACE,)


def test_what_is_read_later_counts_and_nothing_read_changes_nothing(catalog: Catalog) -> None:
    read(catalog, 1, FACE)
    catalog.record_photos([ingested(1)])  # with faces off, or a reader that failed
    assert shown(catalog, 1) == (FACE,)
    assert catalog.without_faces([content_hash(1)], "2") == {content_hash(1)}
    read(catalog, 1, SMALL, FACE, revision="2")
    assert shown(catalog, 1) == (SMALL, FACE)
    assert catalog.without_faces([content_hash(1), content_hash(2)], "2") == {content_hash(2)}


def test_what_the_first_reader_stored_stays_readable() -> None:
    """It did not ask where a face looks."""
    stored = {"box": [0.5, 0.5, 0.51, 0.52], "confidence": 0.6, "width": 30, "measured_width": 30}
    rest = {"eyes": "unsure", "openness": None, "sharpness": None, "brightness": None}
    (face,) = faces_of([stored | rest])
    assert face == SMALL
    assert (face.facing, face.turned) == (Facing.UNSURE, None)


def test_a_few_digits_are_enough(catalog: Catalog) -> None:
    read(catalog, 1, replace(FACE, confidence=0.123456789))
    (face,) = shown(catalog, 1) or ()
    assert face.confidence == 0.1235


def test_hidden_faces_are_as_if_nobody_had_looked(sqlite_file: Path) -> None:
    with Catalog.open(sqlite_file) as catalog:
        read(catalog, 1, FACE)
        catalog.record_assessments([assessment(1)])
    with Catalog.open(sqlite_file, show_faces=False) as catalog:
        assert shown(catalog, 1) is None
        assert [entry.faces for entry in catalog.entries(REVISION)] == [None]
        assert [entry.faces for entry in catalog.rank(REVISION)] == [None]
    with Catalog.open(sqlite_file) as catalog:
        assert shown(catalog, 1) == (FACE,)
