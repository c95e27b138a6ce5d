"""The neighbours below the photo: in the gallery's order, marked as they stand, a click away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import accessible, keep, opened, ready, tab, visit
from tests.web.lines import TURN, Place, drained, until

SIZES = [(1600, 1000), (1280, 720), (390, 844)]


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        yield made


def strip(page: Page) -> list[str]:
    found = page.locator(".filmstrip a").evaluate_all("all => all.map(a => a.dataset.photo)")
    return [str(photo) for photo in found]


def current(page: Page) -> str | None:
    expect(page.locator('.filmstrip [aria-current="true"]')).to_have_count(1)
    return page.locator('.filmstrip [aria-current="true"]').get_attribute("data-photo")


def test_it_shows_the_neighbours_in_order_and_goes_there_in_place(page: Page, place: Place) -> None:
    order = opened(page)
    assert strip(page) == order[:15]
    assert current(page) == order[0]
    page.evaluate("window.isSame = true")
    page.locator(".filmstrip a").nth(5).click()
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[5])
    assert order[5] in page.url
    assert page.evaluate("window.isSame"), "in place"
    assert strip(page) == order[:15]
    assert current(page) == order[5]
    page.locator(".step.next").click()
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[6])
    assert page.evaluate("window.isSame"), "in place, too"
    for photo in order[7:10]:
        page.locator(".step.next").click()
        expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)
    assert strip(page) == order[2:17]
    assert current(page) == order[9]
    middle = page.locator('.filmstrip [aria-current="true"]').evaluate(
        """one => { const strip = one.parentElement.getBoundingClientRect();
          const box = one.getBoundingClientRect();
          return Math.abs(box.left + box.right - strip.left - strip.right); }"""
    )
    assert middle < 4, "the photo stands in the middle"


def test_a_key_on_a_neighbour_that_has_the_focus_is_of_the_photo_shown(
    page: Page, place: Place
) -> None:
    order = opened(page)
    page.locator(".filmstrip a").nth(2).focus()
    page.keyboard.press("p")
    page.keyboard.press("4")
    shown = page.locator(f'.filmstrip [data-photo="{order[0]}"]')
    expect(shown).to_have_attribute("data-choice", "pick")
    expect(shown.locator(".said")).to_have_text(", picked, 4 stars")
    expect(page.locator(".filmstrip a").nth(1).locator(".said")).to_have_text("")
    drained(page)
    assert place.stands() == {order[0]: ("pick", 4, False)}
    page.keyboard.press("Enter")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[2])
    page.keyboard.press("Control+z")
    expect(page.locator(f'.filmstrip [data-photo="{order[0]}"]')).to_have_attribute(
        "data-stars", "0"
    )


def test_a_click_while_a_photo_comes_leaves_the_keys_typed_for_it(page: Page, place: Place) -> None:
    order = opened(page)
    gate = place.pages.gate(order[1])
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    until(page, lambda: gate.asked[TURN], "the next photo is asked for")
    page.locator(".filmstrip a").nth(3).click()
    ready(page)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[3])
    expect(page.locator("#toast")).to_contain_text("1 key typed for it not taken")
    gate.open()
    assert place.stands() == {}


def test_a_photo_without_a_place_in_the_gallery_has_none(page: Page, place: Place) -> None:
    visit(page, f"/photo/{place.site.photos['IMG_01.jpg']}")
    expect(page.locator(".filmstrip")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
def test_it_takes_no_room_where_there_is_none(
    browser: Browser, place: Place, size: tuple[int, int], scheme: str
) -> None:
    with tab(browser, place.site.url) as page:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": size[0], "height": size[1]})
        opened(page)
        is_phone = size[0] < 820
        expect(page.locator(".filmstrip")).to_be_visible(visible=not is_phone)
        accessible(page)
        keep(page, f"filmstrip-{size[0]}-{scheme}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size[0], "nothing reaches beyond the window"
