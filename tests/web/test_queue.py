"""What waits in the browser reaches the server: much at once, after silence, by another tab."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import ready, tab, visit
from tests.web.site import FRAMES, build
from tests.web.test_decisions import Place, drained, serving


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    site = build(tmp_path)
    with serving(site) as made:
        yield made
    site.workshop.catalog.close()


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
