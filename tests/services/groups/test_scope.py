"""What is read of a large catalog to group one folder of it: that folder, and no more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from aesplugin.assessment import Content, Kind
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.records import IngestedFile
from aesplugin.compose import Workshop
from aesplugin.decision import Choice
from aesplugin.evaluation.benchmarks.page import fill
from aesplugin.photo import Exif
from aesplugin.services.culling import profiles
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.culling.cull import cull
from aesplugin.services.groups.frame import GroupKind
from aesplugin.services.groups.group import Shoot, group, of_kinds, read_shoot
from aesplugin.settings import Settings
from tests.catalog.samples import REVISION, assessment, content_hash, ingested

PHOTOS, IN_SECOND = 600, 100  # of 500 a folder


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    home: Path = tmp_path_factory.mktemp("scope")
    made = Workshop(Settings(catalog=str(home / "c.sqlite3"), cache=home, model="fake"))
    fill(made.catalog, made.card, photos=PHOTOS)
    return made


def read(workshop: Workshop, scope: str | None) -> Shoot:
    return read_shoot(workshop.catalog, workshop.card.revision, scope)


def test_a_folder_is_read_as_its_part_of_the_whole(workshop: Workshop) -> None:
    whole, part = read(workshop, None), read(workshop, "/photos/0001")
    assert (len(whole.entries), len(part.entries)) == (PHOTOS, IN_SECOND)
    keys = {entry.photo.content_hash for entry in part.entries if entry.photo}
    assert part.scores == {key: score for key, score in whole.scores.items() if key in keys}
    assert part.embeddings.keys() == whole.embeddings.keys() & keys and part.embeddings
    for key, vector in part.embeddings.items():
        assert np.array_equal(vector, whole.embeddings[key])


def test_a_single_file_keeps_its_score(workshop: Workshop) -> None:
    path = "/photos/0001/IMG_000501.jpg"
    shoot = read(workshop, path)
    (entry,) = shoot.entries
    assert entry.path == path and entry.photo
    assert shoot.scores.keys() == shoot.embeddings.keys() == {entry.photo.content_hash}


def test_an_unknown_folder_is_empty(workshop: Workshop) -> None:
    assert read(workshop, "/elsewhere").entries == ()


def test_a_copy_in_a_folder_before_it_parts_no_raw_from_its_jpeg(tmp_path: Path) -> None:
    jpeg, raw = content_hash(1), content_hash(2)
    with Catalog.open(tmp_path / "c.sqlite3") as catalog:
        catalog.record_photos(
            [
                ingested(1, "/pr/b/x.jpg"),
                ingested(2, "/pr/b/x.dng"),
                ingested(1, "/pr/a/x.jpg"),
                ingested(1, "/pr/c/copy.jpg"),
            ]
        )
        shoot = read_shoot(catalog, REVISION)
        assert shoot.copies == {jpeg: ("/pr/b/x.jpg", "/pr/c/copy.jpg")}
        assert group(shoot, lambda _: None).companions == {jpeg: (raw,)}


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Shoot]:
    """A photo, a graphic, and a picture that has no score yet."""
    with Catalog.open(tmp_path / "c.sqlite3") as catalog:
        catalog.record_photos([ingested(n) for n in range(3)])
        embedding = np.ones(4, dtype="<f2").tobytes()
        catalog.record_assessments(
            [
                assessment(0, content=Content(kind=Kind.PET), embedding=embedding),
                assessment(1, content=Content(kind=Kind.GRAPHIC), embedding=embedding),
            ]
        )
        yield read_shoot(catalog, REVISION)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [(Kinds.PHOTOS, {0, 2}), (Kinds.NOT_PHOTOS, {1}), (Kinds.ALL, {0, 1, 2})],
)
def test_a_shoot_can_be_kept_to_photos(mixed: Shoot, kinds: Kinds, expected: set[int]) -> None:
    shoot = of_kinds(mixed, kinds)
    keys = {content_hash(n) for n in expected}
    assert {frame.key for frame in shoot.frames} == keys
    assert shoot.scores.keys() == shoot.embeddings.keys() == keys - {content_hash(2)}


def test_a_raw_stays_with_a_jpeg_that_is_taken_for_a_graphic(tmp_path: Path) -> None:
    """Either way round, grouped before or after the photos are picked out."""
    with Catalog.open(tmp_path / "c.sqlite3") as catalog:
        catalog.record_photos(
            [ingested(0, "/p/a.jpg"), ingested(1, "/p/a.dng"), ingested(2, "/p/b.jpg")]
        )
        catalog.record_assessments(
            [
                assessment(0, score=3.0, content=Content(kind=Kind.GRAPHIC)),
                assessment(1, score=5.0, content=Content(kind=Kind.PET)),
                assessment(2, score=4.0, content=Content(kind=Kind.GRAPHIC)),
            ]
        )
        whole = read_shoot(catalog, REVISION)
    pair = {content_hash(0), content_hash(1)}
    photos, others = of_kinds(whole, Kinds.PHOTOS), of_kinds(whole, Kinds.NOT_PHOTOS)
    assert {frame.key for frame in photos.frames} == pair
    assert {frame.key for frame in others.frames} == {content_hash(2)}
    for grouping in (None, group(whole, lambda _: None)):
        found = cull(
            photos,
            Wish(keep=1),
            profiles.load("general"),
            sketches=lambda _: None,
            grouping=grouping,
        )
        fates = {p.content_hash: p.choice for p in found.proposals()}
        assert fates == dict.fromkeys(pair, Choice.PICK)


def test_the_groups_of_the_whole_serve_a_part_of_it(mixed: Shoot) -> None:
    whole = group(mixed, lambda _: None)
    assert len(whole.units) == 3
    found = cull(
        of_kinds(mixed, Kinds.PHOTOS),
        Wish(keep=1),
        profiles.load("general"),
        sketches=lambda _: None,
        grouping=whole,
    )
    assert {p.content_hash for p in found.proposals()} == {content_hash(0), content_hash(2)}


def test_a_bracket_stays_whole_where_its_dark_frame_is_taken_for_a_graphic(tmp_path: Path) -> None:
    """Else the two left would be compared as a burst."""
    with Catalog.open(tmp_path / "c.sqlite3") as catalog:
        catalog.record_photos([exposed(n, bias) for n, bias in enumerate((0.0, -2.0, 2.0))])
        kinds = (Kind.PET, Kind.GRAPHIC, Kind.PET)
        catalog.record_assessments(
            [assessment(n, score=5.0 + n, content=Content(kind=k)) for n, k in enumerate(kinds)]
        )
        whole = read_shoot(catalog, REVISION)
    grouping = group(whole, lambda _: None)
    photos = of_kinds(whole, Kinds.PHOTOS, grouping)
    assert len(photos.frames) == 3
    assert of_kinds(whole, Kinds.NOT_PHOTOS, grouping).frames == []
    found = cull(photos, Wish(), profiles.load("general"), sketches=lambda _: None)
    assert [one.kind for one in found.grouping.groups] == [GroupKind.BRACKET]
    assert {p.choice for p in found.proposals()} == {Choice.PICK}


def exposed(number: int, bias: float) -> IngestedFile:
    """A frame of a bracket."""
    item = ingested(number, f"/p/{number}.jpg")
    taken_at = datetime(2026, 5, 1, 10) + timedelta(milliseconds=200 * number)
    exif = Exif(taken_at=taken_at, make="C", model="X", exposure_bias=bias)
    assert item.photo is not None
    return replace(item, photo=replace(item.photo, exif=exif))
