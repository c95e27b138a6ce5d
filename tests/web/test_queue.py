"""What waits in the browser reaches the server: much at once, after silence, by another tab."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.compose import Workshop
from aesplugin.settings import Settings
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.chromium import ready, tab, visit
from tests.web.lines import Line, Place, drained, serving
from tests.web.site import FRAMES, Site, build


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        yield made


def test_large_culls_accepted_without_a_connection_all_arrive(page: Page, place: Place) -> None:
    """Together they are more than the server takes at once; each for itself is not."""
    visit(page, "/groups")
    page.locator(".group-list a").first.click()
    expect(page.locator(".frame")).to_have_count(FRAMES)
    ready(page)
    place.line.is_cut = True
    singles = [photo for name, photo in place.site.photos.items() if name.startswith("IMG")]
    for photo in singles[:3]:
        page.evaluate(
            "photo => { const button = document.querySelector('[data-accept]');"
            " button.dataset.picks = Array(15000).fill(photo).join(' ');"
            " button.dataset.rejects = ''; }",
            photo,
        )
        page.keyboard.press("a")
        page.keyboard.press("p")
    place.line.is_cut = False
    drained(page)
    stands = place.stands()
    assert all(stands[photo] == ("pick", None, False) for photo in singles[:3])
    assert len(stands) == 4


def test_a_server_that_takes_and_never_answers_is_asked_again(page: Page, place: Place) -> None:
    page.add_init_script(
        "const after = AbortSignal.timeout.bind(AbortSignal);"
        " AbortSignal.timeout = (ms) => after(ms / 60);"
    )
    photo = place.site.photos["IMG_03.jpg"]
    visit(page, f"/photo/{photo}")
    place.line.seconds = 3600
    page.keyboard.press("p")
    page.wait_for_timeout(200)
    place.line.seconds = 0
    page.keyboard.press("4")
    drained(page)
    assert place.stands() == {photo: ("pick", 4, False)}


def test_what_another_tab_brought_to_the_server_is_shown(page: Page, place: Place) -> None:
    """Else an undone decision still stands on this page, and is undone a second time."""
    photo = place.site.photos["IMG_03.jpg"]
    visit(page, f"/photo/{photo}")
    place.line.is_cut = True
    page.keyboard.press("p")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(4000)  # the next try is seconds away
    other = page.context.new_page()
    place.line.is_cut = False
    visit(other, "/")
    drained(other)
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "none")


def test_typing_goes_on_in_a_tab_whose_steps_another_tab_sent(page: Page, place: Place) -> None:
    page.route("**/api/v1/steps", lambda route: route.abort())  # before the page: see lines.py
    visit(page, "/")
    photos = page.locator(".tile").evaluate_all("ts => ts.map(t => t.dataset.photo)")
    page.locator(".tile").first.focus()
    for key in ("p", "ArrowRight", "x"):
        page.keyboard.press(key)
    expect(page.locator("#waiting")).to_contain_text("2 decisions wait")
    other = page.context.new_page()
    visit(other, "/")
    drained(other)
    reloads: list[str] = []
    page.on("framenavigated", lambda frame: reloads.append(frame.url))
    page.unroute("**/api/v1/steps")
    for number in range(12):
        page.keyboard.press("ArrowRight")
        page.keyboard.press(str(1 + number % 5))
        page.wait_for_timeout(100)
    drained(page)
    expected = {photos[0]: ("pick", None, False), photos[1]: ("reject", None, False)}
    expected |= {photos[2 + n]: ("none", 1 + n % 5, False) for n in range(12)}
    assert place.stands() == expected
    assert reloads == []
    expect(page.locator("#waiting")).to_be_hidden()


def test_what_another_device_said_meanwhile_is_shown_in_place(
    page: Page, browser: Browser, place: Place
) -> None:
    """Beside what still waits here: that is the later word."""
    one, two = (place.site.photos[f"IMG_0{n}.jpg"] for n in (3, 4))
    page.route("**/api/v1/steps", lambda route: route.abort())
    visit(page, "/")
    page.locator(f'[data-photo="{one}"]').focus()
    page.keyboard.press("p")
    with tab(browser, place.site.url) as elsewhere:
        visit(elsewhere, f"/photo/{two}")
        elsewhere.keyboard.press("4")
        visit(elsewhere, f"/photo/{one}")
        elsewhere.keyboard.press("f")
        drained(elsewhere)
    second = page.context.new_page()
    visit(second, f"/photo/{one}")
    drained(second)
    expect(page.locator(f'[data-photo="{two}"]')).to_have_attribute("data-stars", "4")
    here = page.locator(f'[data-photo="{one}"]')
    expect(here).to_have_attribute("data-favorite", "1")
    expect(here).to_have_attribute("data-choice", "pick")
    expect(here).to_be_focused()


def test_steps_forgotten_in_another_tab_are_shown_no_longer(page: Page, place: Place) -> None:
    photo = place.site.photos["IMG_03.jpg"]
    visit(page, f"/photo/{photo}")
    place.line.is_cut = True
    page.keyboard.press("p")
    other = page.context.new_page()
    visit(other, "/")
    other.once("dialog", lambda dialog: dialog.accept())
    other.get_by_role("button", name="Discard them").click()
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "none")
    place.line.is_cut = False
    page.keyboard.press("4")
    drained(page)
    assert place.stands() == {photo: ("none", 4, False)}


@pytest.mark.parametrize("is_copy", [False, True])
def test_one_relative_name_in_two_folders_is_two_catalogs(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_copy: bool
) -> None:
    site = build(tmp_path / "one")
    site.workshop.catalog.close()
    (tmp_path / "two").mkdir()
    for file in (tmp_path / "one").glob("catalog.sqlite3*") if is_copy else []:
        shutil.copy2(file, tmp_path / "two")
    settings = Settings(catalog="catalog.sqlite3", cache=tmp_path / "cache", model="fake")

    def opened(folder: str) -> Site:
        monkeypatch.chdir(tmp_path / folder)
        workshop = Workshop(settings)
        assert workshop.catalog.counts(workshop.card.revision) is not None
        return replace(site, workshop=workshop)

    photo = site.photos["IMG_03.jpg"]
    context = browser.new_context()
    page = context.new_page()
    one, two = opened("one"), opened("two")
    with serving(one) as place:
        port = place.site.port
        place.line.is_cut = True
        visit(page, f"{place.site.url}/photo/{photo}")
        page.keyboard.press("p")
        expect(page.locator("#waiting")).to_contain_text("1 decision waits")
    with served(create_app(Desk(two.workshop, Access())), port=port):
        expect(page.locator("#waiting")).to_contain_text("another catalog is served here now")
    left = "Object.keys(localStorage).filter(key => key.startsWith('aes:step:')).length"
    for now, count in ((two, 1), (one, 0)):
        with served(create_app(Desk(now.workshop, Access())), port=port):
            visit(page, f"http://127.0.0.1:{port}/")
            if count:
                page.wait_for_timeout(1500)  # nothing is sent
            else:
                drained(page)
            assert page.evaluate(left) == count
    assert Place(one, Line(create_app(Desk(one.workshop, Access())))).stands() == {
        photo: ("pick", None, False)
    }
    context.close()
    for made in (one, two):
        made.workshop.catalog.close()
