"""IMG.xmp beside the only original of that stem is that original's, whatever its kind."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import RunKind
from aesplugin.extensions import PHOTO_EXTENSIONS
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.publish import Outcome, Publisher, PublishOptions
from aesplugin.sidecars.naming import sidecar_for, sidecars_of
from aesplugin.sidecars.xmp import XmpSidecar
from tests.services.publishing.builders import REVISION, put

FOUR = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syn'
    b'tax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating='
    b'"4"/></rdf:RDF></x:xmpmeta>'
)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    return tmp_path / "photos"


def files(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(FOUR if name.lower().endswith(".xmp") else b"x")


def owner(folder: Path, sidecar: str = "IMG.xmp") -> list[str]:
    """The originals that `sidecar` is read for."""
    photos = sorted(name for name in os.listdir(folder) if not name.lower().endswith(".xmp"))
    path = str(folder / sidecar)
    return [name for name in photos if path in sidecars_of(str(folder / name))]


@pytest.mark.parametrize("extension", sorted(PHOTO_EXTENSIONS | {".JPG", ".Dng"}))
def test_the_only_original_has_it(folder: Path, extension: str) -> None:
    files(folder, f"IMG{extension}", "IMG.xmp", "IMG-2.jpg", "OTHER.jpg", "IMG.txt", "IMG.mov")
    assert owner(folder) == [f"IMG{extension}"]
    assert sidecar_for(str(folder / f"IMG{extension}")) == str(folder / "IMG.xmp")


@pytest.mark.parametrize(
    ("originals", "expected"),
    [
        (("IMG.CR2", "IMG.JPG"), ["IMG.CR2"]),  # Adobe embeds in the JPEG
        (("IMG.orf", "IMG.dng", "IMG.jpg"), ["IMG.orf"]),
        (("IMG.dng", "IMG.jpg"), ["IMG.dng"]),
        (("IMG.ORI", "IMG.ORF"), []),
        (("IMG.jpg", "IMG.JPG"), []),
        (("IMG.jpg", "IMG.tif"), []),
        (("IMG.heic", "IMG.jpg"), []),
        (("IMG.jpg", "IMG.psd"), []),
    ],
)
def test_beside_several_the_raw_has_it_or_nobody(
    folder: Path, originals: tuple[str, ...], expected: list[str]
) -> None:
    files(folder, *originals, "IMG.xmp")
    assert owner(folder) == expected
    for name in set(originals) - set(expected):
        assert sidecar_for(str(folder / name)) == str(folder / f"{name}.xmp")


def test_a_name_within_a_name(folder: Path) -> None:
    """IMG.dng.xmp is the full name for IMG.dng, and Adobe's for IMG.dng.jpg where that is alone."""
    files(folder, "IMG.dng.jpg", "IMG.dng.xmp")
    assert owner(folder, "IMG.dng.xmp") == ["IMG.dng.jpg"]
    files(folder, "IMG.dng")
    assert owner(folder, "IMG.dng.xmp") == ["IMG.dng"]


def test_in_capitals_too(folder: Path) -> None:
    files(folder, "IMG.JPG", "IMG.XMP")
    assert owner(folder, "IMG.XMP") == ["IMG.JPG"]


@pytest.mark.parametrize("name", ["IMG.jpg", "IMG.dng"])
def test_its_stars_are_read_and_no_others_are_written(
    catalog: Catalog, folder: Path, tmp_path: Path, name: str
) -> None:
    key = put(catalog, folder / name, 1, score=9.9)
    files(folder, "IMG.xmp")
    anna = Preferences(catalog, "anna")
    assert anna.from_sidecars(catalog.entries(REVISION), XmpSidecar()).kept == 1
    (word,) = anna.all()
    assert (word.content_hash, word.rating) == (key, 4)
    publisher = Publisher(catalog=catalog, sidecars=XmpSidecar(), locks=tmp_path / "locks")
    options = PublishOptions(ratings=True)
    (result,) = publisher.publish(catalog.entries(REVISION), options)
    assert (result.outcome, result.sidecar) == (Outcome.WRITTEN, str(folder / "IMG.xmp"))
    assert XmpSidecar().read((folder / "IMG.xmp").read_bytes()).stars == 4
    assert sorted(os.listdir(folder)) == sorted([name, "IMG.xmp"])
    (again,) = publisher.publish(catalog.entries(REVISION), options)
    assert again.outcome is Outcome.UNCHANGED
    (run,) = catalog.runs.latest(RunKind.PUBLISH)
    assert [r.outcome for r in publisher.unpublish(run.id)] == [Outcome.RESTORED]
    assert (folder / "IMG.xmp").read_bytes() == FOUR


def test_the_jpeg_of_a_pair_gets_a_sidecar_of_its_own(
    catalog: Catalog, folder: Path, tmp_path: Path
) -> None:
    put(catalog, folder / "IMG.CR2", 1)
    put(catalog, folder / "IMG.JPG", 2)
    files(folder, "IMG.xmp")
    publisher = Publisher(catalog=catalog, sidecars=XmpSidecar(), locks=tmp_path / "locks")
    results = publisher.publish(catalog.entries(REVISION), PublishOptions())
    assert {Path(result.sidecar).name for result in results} == {"IMG.xmp", "IMG.JPG.xmp"}
