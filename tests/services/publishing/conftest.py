"""A catalog, a publisher and a folder of photos."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.publish import Publisher
from aesplugin.sidecars.xmp import XmpSidecar


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        yield opened


@pytest.fixture
def publisher(catalog: Catalog, tmp_path: Path) -> Publisher:
    return Publisher(catalog=catalog, sidecars=XmpSidecar(), locks=tmp_path / "locks")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    made.mkdir()
    return made
