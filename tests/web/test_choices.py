"""Folders that the page offers: those above several too, and of too many the highest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.compose import Workshop
from aesplugin.settings import Settings
from aesplugin.web.app import create_app
from aesplugin.web.choices import Choices
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.catalog.samples import ingested
from tests.web.client import Client

DAYS = 620


def hold(catalog: Catalog, *folders: str) -> None:
    """One photo in each folder."""
    catalog.record_photos([ingested(n, path=f"{f}/{n}.jpg") for n, f in enumerate(folders)])


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        yield opened


def test_folders_above_several_are_offered_too(catalog: Catalog) -> None:
    hold(catalog, "/p/2025/01", "/p/2025/02", "/p/2026/01/raw", "/p/2026/01/raw/more", "/q/only/x")
    lists = Choices(catalog.gallery).lists()
    assert set(lists.folders.offered) - set(lists.filled.offered) == {"/p", "/p/2025"}
    assert lists.folders.total == 7 and lists.filled.total == 5
    assert list(lists.folders.offered) == sorted(lists.folders.offered)


def test_an_empty_catalog_offers_none(catalog: Catalog) -> None:
    assert Choices(catalog.gallery).lists().folders.total == 0


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Client]:
    """A page over more folders than it offers: a day each, of two years."""
    settings = Settings(
        catalog=str(tmp_path / "catalog.sqlite3"), cache=tmp_path / "cache", model="fake"
    )
    workshop = Workshop(settings)
    hold(workshop.catalog, *(f"/p/{2025 + n // 310}/{n % 310:03}" for n in range(DAYS)))
    with served(create_app(Desk(workshop, Access()))) as port:
        yield Client(port, {})
    workshop.catalog.close()


@pytest.mark.parametrize("page", ["/", "/groups", "/cull", "/publish"])
def test_the_page_says_where_the_list_was_cut(crowded: Client, page: str) -> None:
    text = crowded.get(page, accept="text/html").text
    assert f"500 of {DAYS + 3} folders listed; type any other" in text
    assert text.count('<option value="/p/') == 499  # and /p itself
    assert '<option value="/p/2026">' in text


def test_a_folder_that_is_not_offered_is_shown_all_the_same(crowded: Client) -> None:
    for folder, photos in (("/p/2026/309", 1), ("/p/2026", 310), ("/p", DAYS)):
        text = crowded.get(f"/?shown=pending&folder={folder}", accept="text/html").text
        assert f">{photos} photo" in text and f'name="folder" value="{folder}"' in text
