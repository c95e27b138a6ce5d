"""Asked about one file or folder, the catalog reads little of what else it holds."""

import os
from pathlib import Path

import pytest

from aesplugin.services.files.same_files import known_place
from aesplugin.workers.folders import Folder
from tests.catalog.counting import CountingCatalog, fill
from tests.catalog.samples import REVISION
from tests.workers.fakes import write_photo

_OTHERS = 3000


@pytest.fixture
def catalog(tmp_path: Path) -> CountingCatalog:
    catalog = CountingCatalog.open(tmp_path / "catalog.sqlite3")
    fill(catalog, tmp_path / "photos", _OTHERS)
    return catalog


@pytest.mark.parametrize("name", ["photos/07/712.jpg", "photos/07", "photos"])
def test_the_place_of_what_is_known(catalog: CountingCatalog, tmp_path: Path, name: str) -> None:
    assert known_place(catalog, str(tmp_path / name)) == str(tmp_path / name)
    assert catalog.read <= 1


def test_the_place_of_what_a_link_leads_to(catalog: CountingCatalog, tmp_path: Path) -> None:
    write_photo(tmp_path / "photos" / "07" / "712.jpg", 1)
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    assert known_place(catalog, str(tmp_path / "link" / "07" / "712.jpg")) == str(
        tmp_path / "photos" / "07" / "712.jpg"
    )
    assert catalog.read <= 1


def test_a_watched_folder_reads_what_lies_in_it(catalog: CountingCatalog, tmp_path: Path) -> None:
    new = write_photo(tmp_path / "photos" / "07" / "new.jpg", 1)
    folder = Folder(os.path.dirname(new), ())
    folder.check()
    assert list(folder.reconcile(catalog, REVISION)) == [new]
    assert catalog.read <= 100
