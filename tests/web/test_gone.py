"""A photo whose file was deleted or replaced shows a sign; an empty catalog says how to fill it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from aesplugin.compose import Workshop
from aesplugin.settings import Settings
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.photos import drawn, save
from tests.web.chromium import accessible, keep, visit
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import Site


@pytest.fixture(scope="module", autouse=True)
def deleted(site: Site) -> None:
    """One was deleted, one replaced, and a frame of the burst is gone."""
    (site.folder / "IMG_02.jpg").unlink()
    (site.folder / "BURST_02.jpg").unlink()
    save(drawn(99), site.folder / "IMG_03.jpg")


@pytest.mark.parametrize(
    ("name", "sign"), [("IMG_02.jpg", "file gone"), ("IMG_03.jpg", "file changed")]
)
def test_the_photo_and_its_tile_have_a_sign(page: Page, site: Site, name: str, sign: str) -> None:
    visit(page, "/")
    tile = page.locator(f'[data-photo="{site.photos[name]}"]')
    expect(tile.locator(".doubt")).to_have_text(sign)
    accessible(page)
    keep(page, "gone")
    page.request.get(f"/api/v1/photos/{site.photos[name]}/preview.jpg")
    text = page.request.get(f"/photo/{site.photos[name]}").text()
    what = "was deleted or moved" if "gone" in sign else "has changed"
    assert f"{site.folder}/{name} {what} since" in text
    assert "aesplugin score" in text


def test_the_others_have_none(site: Site, client: Client) -> None:
    text = client.get("/", accept="text/html").text
    assert text.count('class="doubt"') == 3
    assert 'class="doubt"' not in client.get(f"/photo/{site.photos['IMG_04.jpg']}").text


def test_a_frame_of_a_burst_has_a_sign(site: Site, client: Client) -> None:
    (group,) = [g for g in client.get("/api/v1/groups").json if g["kind"] == "burst"]
    text = client.get(f"/group/{group['group']}").text
    assert text.count('class="doubt"') == 1


def test_the_cull_has_signs(client: Client) -> None:
    assert 'class="doubt"' in client.get("/cull").text


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    home = tmp_path_factory.mktemp("empty")
    made = Settings(catalog=str(home / "c.sqlite3"), cache=home / "cache", model="fake")
    workshop = Workshop(made)
    with served(create_app(Desk(workshop, Access(csrf=CSRF)))) as port:
        yield Client(port, {})
    workshop.catalog.close()


@pytest.mark.parametrize("path", ["/", "/groups", "/cull", "/publish", "/progress"])
def test_an_empty_catalog_says_how_to_fill_it(empty: Client, path: str) -> None:
    text = empty.get(path, accept="text/html").text
    assert text.count("data-choose>") == 1
    assert "every file was read" not in text


def test_a_folder_without_photos_is_no_empty_catalog(client: Client, site: Site) -> None:
    nowhere = Path(site.folder) / "nowhere"
    for path in ("/groups", "/cull", "/"):
        text = client.get(f"{path}?folder={os.fspath(nowhere)}", accept="text/html").text
        assert "data-choose>" not in text
