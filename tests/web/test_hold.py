"""One frame is held beside the others, one at a time: the champion and its challengers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.lines import Place, drained
from tests.web.site import FRAMES
from tests.web.test_browser import move_together


@pytest.fixture(params=["burst", "compare"])
def page(browser: Browser, place: Place, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Five frames, as a burst and as chosen photos."""
    with tab(browser, place.site.url) as made:
        if request.param == "burst":
            visit(made, "/groups")
            made.locator(".group-list a").first.click()
        else:
            names = [f"BURST_{number:02}.jpg" for number in range(1, FRAMES + 1)]
            chosen = ",".join(place.site.photos[name] for name in names)
            visit(made, f"/compare?photos={chosen}")
        expect(made.locator(".frame")).to_have_count(FRAMES)
        ready(made)
        yield made


def name(number: int) -> str:
    return f"BURST_{number:02}.jpg"


def stands(page: Page, champion: int, challenger: int) -> None:
    """Champion left, challenger right, the others nowhere."""
    seen = page.locator(".frame:visible")
    expect(seen).to_have_count(2)
    expect(page.locator(".frame.champion .name")).to_contain_text(name(champion))
    expect(page.locator(".frame.current .name")).to_contain_text(name(challenger))
    left, right = page.locator(".frame.champion"), page.locator(".frame.current")
    one, other = left.bounding_box(), right.bounding_box()
    assert one is not None
    assert other is not None
    assert one["x"] + one["width"] <= other["x"]
    assert abs(one["width"] - other["width"]) < 2


def test_arrows_change_only_the_other_one(page: Page) -> None:
    page.keyboard.press("ArrowRight")
    page.keyboard.press("h")
    stands(page, 2, 3)
    keep(page, "held")
    accessible(page)
    page.keyboard.press("ArrowLeft")
    stands(page, 2, 1)
    page.keyboard.press("ArrowUp")
    stands(page, 2, 5)
    for key, number in (("Left", 4), ("Right", 5), ("Down", 1), ("Right", 3)):
        page.keyboard.press(f"Arrow{key}")
        stands(page, 2, number)


def test_the_better_one_is_held_instead(page: Page) -> None:
    page.keyboard.press("h")
    stands(page, 1, 2)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    stands(page, 3, 4)
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="This is better").click()
    stands(page, 5, 4)
    page.get_by_role("button", name="Previous challenger").click()
    stands(page, 5, 3)


@pytest.mark.parametrize("key", ["h", "Escape"])
def test_it_is_left_by_the_same_key_or_escape(page: Page, key: str) -> None:
    address = page.url
    hold = page.get_by_role("button", name="Hold")
    expect(hold).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("h")
    expect(hold).to_have_attribute("aria-pressed", "true")
    page.keyboard.press(key)
    expect(page.locator(".frame:visible")).to_have_count(FRAMES)
    expect(hold).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="This is better")).to_be_hidden()
    assert page.url == address


def test_decisions_are_about_the_challenger(page: Page, place: Place) -> None:
    photos = place.site.photos
    page.get_by_role("button", name="Hold").click()
    page.locator(".frame.champion .viewer").click()  # nor by a click on the one that is held
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    drained(page)
    found = {key: one[0] for key, one in place.stands().items()}
    assert found == {photos[name(2)]: "reject", photos[name(3)]: "pick"}
    stands(page, 1, 3)
    page.get_by_role("button", name="Reject frame 1").click()  # its own button is its own
    drained(page)
    assert place.stands()[photos[name(1)]][0] == "reject"
    stands(page, 1, 3)


def test_both_zoom_and_pan_together(page: Page) -> None:
    page.keyboard.press("h")
    page.keyboard.press("z")
    expect(page.locator('.viewer img[src$="/full.jpg"]')).to_have_count(FRAMES)
    together(page)
    page.locator(".frame.champion .viewer").hover()
    page.mouse.down()
    page.mouse.move(200, 300)
    page.mouse.up()
    together(page)
    page.keyboard.press("ArrowRight")
    together(page)
    stands(page, 1, 3)
    page.keyboard.press("Escape")
    expect(page.locator(".frame:visible")).to_have_count(FRAMES)
    move_together(page)


def together(page: Page) -> None:
    """What is seen of both shows the same place."""
    places = """[...document.querySelectorAll('.frame')].filter(f => f.checkVisibility()).map(f => {
      const shown = f.querySelector('img').getBoundingClientRect();
      const box = f.querySelector('.viewer').getBoundingClientRect();
      return [(box.x - shown.x) / shown.width, (box.y - shown.y) / shown.height, shown.width]
        .map(one => one.toFixed(2)).join(' ');
    })"""
    for _ in range(100):
        found = page.evaluate(places)
        if len(found) == 2 and len(set(found)) == 1:
            return
        page.wait_for_timeout(100)
    raise AssertionError(found)


def test_on_a_phone_one_stands_above_the_other(browser: Browser, place: Place) -> None:
    context = browser.new_context(
        base_url=place.site.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = context.new_page()
    chosen = ",".join(place.site.photos[name(number)] for number in (1, 2, 3))
    visit(page, f"/compare?photos={chosen}")
    page.get_by_role("button", name="Hold").click()
    expect(page.locator(".frame:visible")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Next challenger").click()
    expect(page.locator(".frame.current .name")).to_contain_text(name(3))
    keep(page, "held-phone")
    accessible(page)
    context.close()
