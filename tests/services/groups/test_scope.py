"""What is read of a large catalog to group one folder of it: that folder, and no more."""

from pathlib import Path

import numpy as np
import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.compose import Workshop
from aesplugin.evaluation.benchmarks.page import fill
from aesplugin.services.group import Shoot, group, read_shoot
from aesplugin.settings import Settings
from tests.catalog.samples import REVISION, content_hash, ingested

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
