"""No page has a text that is not in the catalogue: in a language of brackets, all have them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.face import Eyes
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.languages.language import ENGLISH
from aesplugin.web.query import LANGUAGE_COOKIE
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.chromium import visit
from tests.web.conftest import CSRF
from tests.web.languages.brackets import CODE, bracketed, english_in
from tests.web.shoots import Shoot, add_bracket, face, see_faces, shoot
from tests.web.site import START

# What is no text of the page: names of files and formats, units, names of products and of people.
_DATA = (
    r"aesplugin|Testcam \d|[\w-]+\.jpg(\.xmp)?|day\d|bracket\b|JPEG|px\b|me\b"
    r"|EN English|QAA Brackets|UTC|HTML|ZIP|IMG\.CR2\.xmp|IMG\.xmp|darktable|digiKam|Immich"
    r"|publish( --[\w-]+)*|[PXUFZOCKANBGH]\b|f/"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shoot, int]]:
    found = shoot(tmp_path_factory.mktemp("brackets"))
    site = found.site
    add_bracket(site, START + timedelta(days=9))
    see_faces(site, site.folder / "BURST_01.jpg", [face(0.3, 0.4), face(0.6, 0.5, Eyes.CLOSED)])
    desk = Desk(site.workshop, Access(csrf=CSRF), roots=[str(site.folder)])
    brackets = bracketed()
    with served(create_app(desk, {"en": ENGLISH, CODE: brackets})) as port:
        yield found, port
    site.workshop.catalog.close()


@pytest.fixture
def page(browser: Browser, made: tuple[Shoot, int]) -> Iterator[Page]:
    url = f"http://127.0.0.1:{made[1]}"
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 720})
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": LANGUAGE_COOKIE, "value": CODE, "url": url}])
    yield context.new_page()
    context.close()


def _check(page: Page, home: Path) -> None:
    expect(page.locator("html")).to_have_attribute("lang", CODE)
    parts = [re.escape(str(place)) for place in (home, *home.parents) if len(place.parts) > 1]
    data = "|".join([*parts, *(re.escape(name) for name in home.parts[1:]), _DATA])
    assert english_in(page, data) == []


@pytest.mark.parametrize(
    "address", ["/", "/?choice=pick", "/?q=zebra", "/groups", "/groups?undecided=1", "/cull",
                "/cull?keep=1", "/publish", "/progress", "/photo/" + "0" * 64, "/compare?photos=x",
                "/group/burst-none"],
)  # fmt: skip
def test_a_page(page: Page, made: tuple[Shoot, int], address: str) -> None:
    visit(page, address)
    _check(page, made[0].site.folder)


def test_a_photo_and_what_its_keys_show(page: Page, made: tuple[Shoot, int]) -> None:
    found, _ = made
    visit(page, f"/photo/{found.bursts[0][0]}?i=0")
    page.locator(".histogram, .histogram-box .quiet-text").wait_for()
    _check(page, found.site.folder)
    for key, toast in (("p", "Picked"), ("3", "★★★"), ("f", "Favourite"), ("Control+z", "undone")):
        page.keyboard.press(key)
        expect(page.locator("#toast")).to_contain_text(toast)
        _check(page, found.site.folder)
    for key in "oo":
        page.keyboard.press(key)
        expect(page.locator("[data-legend]")).to_be_visible()
        _check(page, found.site.folder)
    page.keyboard.press("c")
    page.locator("#crop p").wait_for()
    _check(page, found.site.folder)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    _check(page, found.site.folder)


def test_bursts_and_what_their_keys_show(page: Page, made: tuple[Shoot, int]) -> None:
    found, _ = made
    visit(page, "/groups")
    links = page.locator(".group-list a").evaluate_all("all => all.map(one => one.href)")
    for address in (links[0], links[-1]):
        visit(page, address)
        _check(page, found.site.folder)
    visit(page, links[0])
    page.keyboard.press("h")
    expect(page.locator("#toast")).to_contain_text("is held")
    held = page.locator(".champion .viewer").evaluate("e => getComputedStyle(e, '::after').content")
    assert held == '"⟦held⟧"'
    _check(page, found.site.folder)
    page.keyboard.press("h")
    page.keyboard.press("k")
    expect(page.locator("#toast")).to_contain_text("kept")
    page.wait_for_url(lambda url: url != links[0])
    _check(page, found.site.folder)
    page.keyboard.press("Control+z")
    expect(page.locator("#toast")).to_contain_text("undone")
    _check(page, found.site.folder)


def test_photos_selected_shared_and_compared(page: Page, made: tuple[Shoot, int]) -> None:
    found, _ = made
    visit(page, "/")
    page.keyboard.press("Control+a")
    expect(page.locator("#selection .how-many")).to_contain_text("selected")
    page.keyboard.press("g")
    expect(page.locator("#toast")).to_contain_text("to compare")
    _check(page, found.site.folder)
    page.locator("[data-share]").click()
    _check(page, found.site.folder)
    visit(page, f"/compare?photos={','.join(found.bursts[0][:3])}")
    _check(page, found.site.folder)


def test_sidecars_and_jobs(page: Page, made: tuple[Shoot, int]) -> None:
    found, _ = made
    visit(page, "/publish")
    page.locator("button[hx-post='/publish/preview']").click()
    page.locator("#differences h3").first.wait_for()
    page.locator(".differences").evaluate_all("all => all.forEach(one => one.remove())")  # XMP
    _check(page, found.site.folder)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("button[hx-post='/publish/run']").click()
    page.wait_for_url("**/progress")
    expect(page.locator(".job.done")).to_have_count(1)
    _check(page, found.site.folder)
    page.locator("[data-choose-path] input").fill("/nowhere at all")
    page.locator("[data-choose-path] button").click()
    expect(page.locator("[data-choose-note]")).to_have_class(re.compile("bad"))
    _check(page, found.site.folder)
    visit(page, "/publish")
    _check(page, found.site.folder)
