"""M leads to the names of the pages: arrows go along them, Enter opens one, Esc goes back."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.chromium import opened, ready, visit
from tests.web.site import FRAMES, Site


def test_another_page_is_opened(page: Page) -> None:
    visit(page, "/groups")
    page.keyboard.press("m")
    expect(page.locator("nav a:focus")).to_have_text("Bursts")
    for key, name in (("ArrowLeft", "Gallery"), ("ArrowUp", "Progress"), ("ArrowRight", "Gallery")):
        page.keyboard.press(key)
        expect(page.locator("nav a:focus")).to_have_text(name)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cull")


def test_the_arrows_of_a_photo_are_left_alone(page: Page) -> None:
    opened(page)
    address = page.url
    page.keyboard.press("m")
    expect(page.locator("nav a:focus")).to_have_text("Gallery")
    page.keyboard.press("ArrowRight")
    expect(page.locator("nav a:focus")).to_have_text("Bursts")
    page.keyboard.press("Escape")
    expect(page.locator("nav a:focus")).to_have_count(0)
    assert page.url == address


@pytest.mark.parametrize("key", ["", "h"])
def test_esc_goes_back_to_the_frame_also_where_one_is_held(
    page: Page, site: Site, key: str
) -> None:
    visit(page, "/groups")
    page.keyboard.press("n")
    expect(page.locator(".frame")).to_have_count(FRAMES)
    page.keyboard.press("ArrowRight")
    if key:
        page.keyboard.press(key)
    focused = "document.activeElement.dataset.photo"
    before = page.evaluate(focused)
    assert before
    page.keyboard.press("m")
    expect(page.locator("nav a:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == before
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    ready(page)
    expect(page.locator(".frame")).to_have_count(0)
