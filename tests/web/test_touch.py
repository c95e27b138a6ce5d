"""Fingers on a photo's page: to the neighbour, closer, about; and the bar within reach."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.chromium import accessible, keep, opened, visit
from tests.web.fingers import Fingers, middle, phone, sizes
from tests.web.lines import Place, drained, until

LEVEL = "[data-level]"


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with phone(browser, place.site.url) as made:
        yield made


@pytest.fixture
def fingers(page: Page) -> Fingers:
    return Fingers(page)


@pytest.fixture
def order(page: Page) -> list[str]:
    """The first photo is open; all, in the gallery's order."""
    return opened(page)


def is_on(page: Page, photo: str) -> None:
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)


def viewer(page: Page) -> Locator:
    return page.locator(".photo-page .viewer")


def bar(page: Page, name: str) -> Locator:
    return page.locator(".reach").get_by_role("button", name=name)


def drawn(page: Page) -> float:
    """How far the photo lies beside its place, px."""
    found: float = page.evaluate(
        """(() => {
          const [one, room] = [".viewer", ".stage"].map(name =>
            document.querySelector(`.photo-page ${name}`).getBoundingClientRect().x);
          return one - room; })()"""
    )
    return found


def percent(page: Page) -> int:
    text = page.locator(LEVEL).inner_text()
    return int(text.removesuffix(" %")) if text != "Fit" else 0


def test_a_swipe_goes_to_the_neighbour_and_decisions_are_of_it(
    page: Page, fingers: Fingers, place: Place, order: list[str]
) -> None:
    fingers.swipe(viewer(page), -200)
    is_on(page, order[1])
    fingers.tap(bar(page, "Pick"))
    fingers.swipe(viewer(page), -200)
    is_on(page, order[2])
    fingers.tap(bar(page, "Reject"))
    expect(bar(page, "Reject")).to_have_attribute("aria-pressed", "true")
    fingers.swipe(viewer(page), 200)
    is_on(page, order[1])
    expect(bar(page, "Pick")).to_have_attribute("aria-pressed", "true")
    drained(page)
    assert place.choices() == {order[1]: "pick", order[2]: "reject"}
    until(page, lambda: drawn(page) == 0, "the photo lies in its place")


def test_a_photo_fetched_ahead_is_shown_at_once(page: Page, fingers: Fingers, place: Place) -> None:
    place.pages.are_ahead = True
    order = opened(page)
    until(page, lambda: place.pages.ahead[order[1]], "it is fetched")
    until(page, lambda: place.pages.ahead[order[2]], "and the next: so the first is there")
    place.pages.gate(order[1])
    fingers.swipe(viewer(page), -200)
    is_on(page, order[1])


def test_a_flick_is_enough_and_a_short_drag_is_not(
    page: Page, fingers: Fingers, order: list[str]
) -> None:
    fingers.swipe(viewer(page), -60, seconds=1.0)
    until(page, lambda: drawn(page) == 0, "it springs back")
    is_on(page, order[0])
    fingers.swipe(viewer(page), -60, seconds=0.0)
    is_on(page, order[1])


def test_the_photo_follows_the_finger_and_springs_back(
    page: Page, fingers: Fingers, order: list[str]
) -> None:
    right, down = middle(viewer(page))
    fingers.drag(((right, down), (right - 120, down + 10)), lifts=False)
    until(page, lambda: drawn(page) == -120, "it follows")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    fingers.cancel()
    until(page, lambda: drawn(page) == 0, "it is in its place again")
    fingers.drag(((right - 60, down), (right + 100, down)), lifts=False)
    until(page, lambda: drawn(page) == 40, "there is no photo before the first: it resists")
    fingers.lift()
    until(page, lambda: drawn(page) == 0, "it springs back")
    is_on(page, order[0])


def test_scrolling_and_the_browsers_way_back_stay_the_browsers(
    page: Page, fingers: Fingers, order: list[str]
) -> None:
    fingers.swipe(viewer(page), -40, -180)
    until(page, lambda: page.evaluate("scrollY") > 60, "the page is scrolled")
    is_on(page, order[0])
    visit(page, page.url)
    _, down = middle(viewer(page))
    fingers.drag(((385, down), (120, down)))
    fingers.drag(((5, down), (300, down)))
    assert drawn(page) == 0
    is_on(page, order[0])
    assert order[0] in page.url


def test_decisions_wait_for_a_photo_that_is_slow(
    page: Page, fingers: Fingers, place: Place, order: list[str]
) -> None:
    gate = place.pages.gate(order[1])
    fingers.swipe(viewer(page), -200)
    until(page, lambda: drawn(page) < -300, "the first is gone")
    fingers.tap(bar(page, "Pick"))
    fingers.tap(bar(page, "4 stars"))
    expect(bar(page, "Pick")).to_have_attribute("aria-pressed", "false")
    gate.open()
    is_on(page, order[1])
    expect(bar(page, "Pick")).to_have_attribute("aria-pressed", "true")
    drained(page)
    assert place.stands() == {order[1]: ("pick", 4, False)}


def test_a_photo_that_does_not_come_brings_back_the_one_before(
    page: Page, fingers: Fingers, place: Place, order: list[str]
) -> None:
    place.pages.is_cut = True
    fingers.swipe(viewer(page), -200)
    expect(page.locator("#toast")).to_contain_text("The server does not answer")
    until(page, lambda: drawn(page) == 0, "the photo is back")
    fingers.tap(bar(page, "Reject"))
    drained(page)
    assert place.choices() == {order[0]: "reject"}


UNDER = """([x, y]) => {
  const image = document.querySelector(".photo-page .viewer img").getBoundingClientRect();
  return [(x - image.x) / image.width, (y - image.y) / image.height]; }"""


def test_a_pinch_zooms_about_the_fingers_and_one_finger_pans(
    page: Page, fingers: Fingers, place: Place
) -> None:
    visit(page, f"/photo/{place.site.photos['BURST_01.jpg']}")
    at = middle(viewer(page))
    aside = (at[0] + 60, at[1] - 30)
    before = page.evaluate(UNDER, aside)
    half = 30
    fingers.drag(
        ((aside[0] - half, aside[1]), (aside[0] - 4 * half, aside[1])),
        ((aside[0] + half, aside[1]), (aside[0] + 4 * half, aside[1])),
    )
    whole = 100 * 390 / 880
    assert abs(percent(page) - 4 * whole) < 3
    assert page.evaluate(UNDER, aside) == pytest.approx(before, abs=0.01)
    assert page.evaluate("visualViewport.scale") == 1
    expect(page.locator('.viewer img[src$="/full.jpg"]')).to_have_count(1)
    keep(page, "touch-pinched")
    fingers.swipe(viewer(page), -120, -60)
    moved = page.evaluate(UNDER, aside)
    width = 390 * 4
    assert moved[0] - before[0] == pytest.approx(120 / width, abs=0.01)
    for _ in range(3):
        fingers.swipe(viewer(page), 360)  # far over the edge
    fingers.swipe(viewer(page), -100)  # and back: at once
    assert page.evaluate(UNDER, (0, at[1]))[0] == pytest.approx(100 / width, abs=0.01)
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "none")
    assert place.stands() == {}


def test_a_pinch_ends_at_four_hundred_percent_and_at_the_whole_photo(
    page: Page, fingers: Fingers, order: list[str], place: Place
) -> None:
    for _ in range(4):
        fingers.pinch(viewer(page), 60, 320)
    expect(page.locator(LEVEL)).to_have_text("400 %")
    is_on(page, order[0])
    for _ in range(4):
        fingers.pinch(viewer(page), 320, 60)
    expect(page.locator(LEVEL)).to_have_text("Fit")
    expect(page.locator("body")).not_to_have_class(re.compile("zoomed"))
    fingers.swipe(viewer(page), -200)
    is_on(page, order[1])
    assert place.stands() == {}


def test_two_taps_show_the_place_at_a_hundred_percent_and_back(
    page: Page, fingers: Fingers, place: Place
) -> None:
    visit(page, f"/photo/{place.site.photos['BURST_01.jpg']}")
    right, down = middle(viewer(page))
    at = (right + 40, down + 20)
    share = page.evaluate(UNDER, at)
    fingers.tap_at(at, at)
    expect(page.locator(LEVEL)).to_have_text("100 %")
    assert page.evaluate(UNDER, (right, down)) == pytest.approx(share, abs=0.02)
    fingers.tap_at(at, at)
    expect(page.locator(LEVEL)).to_have_text("Fit")
    fingers.tap_at(at, (at[0] - 150, at[1]))
    expect(page.locator(LEVEL)).to_have_text("Fit")


def test_a_second_finger_ends_a_swipe(page: Page, fingers: Fingers, order: list[str]) -> None:
    right, down = middle(viewer(page))
    fingers.drag(
        ((right + 100, down), (right - 100, down)), ((right + 20, down), (right - 180, down))
    )
    assert drawn(page) == 0
    is_on(page, order[0])


def test_the_bar_decides_and_takes_back(
    page: Page, fingers: Fingers, place: Place, order: list[str]
) -> None:
    for name in ("Pick", "Favourite", "5 stars"):
        fingers.tap(bar(page, name))
        expect(bar(page, name)).to_have_attribute("aria-pressed", "true")
    drained(page)
    assert place.stands() == {order[0]: ("pick", 5, True)}
    for name in ("5 stars", "Favourite"):
        fingers.tap(bar(page, "Undo"))
        expect(bar(page, name)).to_have_attribute("aria-pressed", "false")
    drained(page)
    assert place.stands() == {order[0]: ("pick", None, False)}


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_bar_is_large_low_and_covers_no_photo(
    browser: Browser, place: Place, scheme: str
) -> None:
    theme = "dark" if scheme == "dark" else "light"
    with phone(browser, place.site.url, color_scheme=theme) as page:
        opened(page)
        found = page.locator(".reach")
        box, photo = found.bounding_box(), viewer(page).bounding_box()
        assert box is not None and photo is not None
        assert box["y"] + box["height"] == 844
        assert photo["y"] + photo["height"] <= box["y"]
        assert min(sizes(found.get_by_role("button"))) >= 44
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        keep(page, f"touch-photo-{scheme}")
        accessible(page)


def test_it_stays_clear_of_the_phones_own_bar(page: Page, fingers: Fingers) -> None:
    insets = {"insets": {"bottom": 34, "bottomMax": 34}}
    page.context.new_cdp_session(page).send("Emulation.setSafeAreaInsetsOverride", insets)
    opened(page)
    low = page.locator(".reach button").evaluate_all(
        "all => Math.max(...all.map(one => one.getBoundingClientRect().bottom))"
    )
    assert low <= 844 - 34


def test_who_wants_no_motion_sees_none(browser: Browser, place: Place) -> None:
    moves = """[...document.querySelectorAll('.stage > .viewer')].map(one =>
      [getComputedStyle(one).transitionDuration, getComputedStyle(one).animationName])[0]"""
    with phone(browser, place.site.url, reduced_motion="reduce") as page:
        order = opened(page)
        Fingers(page).swipe(viewer(page), -200)
        is_on(page, order[1])
        assert page.evaluate(moves) == ["0s", "none"]
    with phone(browser, place.site.url) as page:
        order = opened(page)
        Fingers(page).swipe(viewer(page), -200)
        is_on(page, order[1])
        assert page.evaluate(moves) == ["0.16s", "from-right"]
