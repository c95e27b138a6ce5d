"""A burst and compared photos on a phone: swipes, pinches, and the bar within reach."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.chromium import accessible, keep, visit
from tests.web.fingers import Fingers, middle, phone, sizes
from tests.web.lines import Place, drained, until
from tests.web.shoots import Shoot


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with phone(browser, place.site.url) as made:
        yield made


@pytest.fixture
def fingers(page: Page) -> Fingers:
    return Fingers(page)


def look(page: Page, photos: tuple[str, ...]) -> None:
    visit(page, f"/group/burst-{photos[0][:10]}?folder=")
    expect(page.locator(".frame")).to_have_count(len(photos))


def is_at(page: Page, photo: str) -> None:
    expect(page.locator(".frame.current")).to_have_attribute("data-photo", photo)


def bar(page: Page, name: str) -> Locator:
    return page.locator(".reach").get_by_role("button", name=re.compile(f"^{name}"))


def viewer(page: Page, number: int) -> Locator:
    return page.locator(".frame .viewer").nth(number)


def top(found: Locator) -> float:
    box = found.bounding_box()
    assert box is not None
    return box["y"]


def test_a_swipe_brings_the_next_frame_to_the_same_place(
    page: Page, fingers: Fingers, made: Shoot, place: Place
) -> None:
    photos = made.bursts[0]
    look(page, photos)
    at = top(viewer(page, 0))
    for number in (1, 2):
        fingers.swipe(viewer(page, number - 1), -200)
        is_at(page, photos[number])
        assert top(viewer(page, number)) == pytest.approx(at, abs=2)
    fingers.tap(bar(page, "Pick"))
    fingers.swipe(viewer(page, 2), 200)
    is_at(page, photos[1])
    fingers.tap(bar(page, "Reject"))
    fingers.tap(bar(page, "Favourite"))
    expect(page.locator(".frame.current")).to_have_attribute("data-favorite", "1")
    drained(page)
    assert place.stands() == {photos[2]: ("pick", None, False), photos[1]: ("reject", None, True)}


def test_there_is_nothing_before_the_first_frame(
    page: Page, fingers: Fingers, made: Shoot, place: Place
) -> None:
    look(page, made.bursts[0])
    fingers.swipe(viewer(page, 0), 200)
    is_at(page, made.bursts[0][0])
    assert page.evaluate("scrollY") == 0
    fingers.swipe(viewer(page, 0), -30, seconds=1.0)
    is_at(page, made.bursts[0][0])
    assert place.stands() == {}


def test_who_scrolls_decides_about_the_frame_that_is_seen(
    page: Page, fingers: Fingers, made: Shoot, place: Place
) -> None:
    photos = made.bursts[0]
    look(page, photos)
    is_at(page, photos[0])
    page.locator(".frame").nth(0).focus()
    over = """Math.abs(scrollY - (document.documentElement.scrollHeight - innerHeight)) < 2"""
    for _ in range(9):
        if page.evaluate(over):
            break
        fingers.drag(((195, 600), (195, 240)))
    until(page, lambda: page.evaluate(over), "the end of the page is reached")
    is_at(page, photos[4])
    assert top(page.locator(".frame").nth(4)) < top(page.locator(".reach")) - 100
    fingers.tap(bar(page, "Reject"))
    drained(page)
    assert place.choices() == {photos[4]: "reject"}


def test_a_pinch_zooms_all_frames_and_decides_nothing(
    page: Page, fingers: Fingers, made: Shoot, place: Place
) -> None:
    look(page, made.bursts[0])
    fingers.pinch(viewer(page, 0), 60, 240)
    expect(page.locator(".viewer.at-full")).to_have_count(len(made.bursts[0]))
    assert page.evaluate("visualViewport.scale") == 1
    keep(page, "touch-burst-pinched")
    places = """[...document.querySelectorAll('.viewer')].map(viewer => {
      const image = viewer.querySelector('img').getBoundingClientRect();
      const room = viewer.getBoundingClientRect();
      return [(room.x - image.x) / image.width, image.width / room.width];
    })"""
    before = page.evaluate(places)
    assert all(larger == pytest.approx(4, abs=0.1) for _, larger in before)
    fingers.swipe(viewer(page, 0), -100)
    room = page.evaluate("document.querySelector('.viewer').clientWidth")
    for (was, larger), (now, _) in zip(before, page.evaluate(places), strict=True):
        assert now - was == pytest.approx(100 / room / larger, abs=0.01)
    fingers.pinch(viewer(page, 0), 300, 40)
    expect(page.locator(".viewer.at-full")).to_have_count(0)
    is_at(page, made.bursts[0][0])
    drained(page)
    assert place.stands() == {}


def test_the_bar_keeps_accepts_and_goes_on(
    page: Page, fingers: Fingers, made: Shoot, place: Place
) -> None:
    first, second, third, fourth = made.bursts
    look(page, first)
    fingers.tap(page.locator(".reach [data-next-group]"))
    is_at(page, second[0])
    fingers.swipe(viewer(page, 0), -200)
    is_at(page, second[1])
    fingers.tap(bar(page, "Keep this"))
    is_at(page, third[0])
    fingers.tap(bar(page, "Accept"))
    is_at(page, fourth[0])
    drained(page)
    kept = {photo: "pick" if photo == second[1] else "reject" for photo in second}
    accepted = place.choices()
    assert kept.items() < accepted.items()
    assert accepted.keys() - kept.keys() <= set(third), "as proposed"
    fingers.tap(bar(page, "Undo"))
    expect(page.locator(".frame").first).to_have_attribute("data-photo", third[0])
    drained(page)
    assert place.choices() == kept


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_bars_are_large_and_low(
    browser: Browser, made: Shoot, place: Place, scheme: str
) -> None:
    theme = "dark" if scheme == "dark" else "light"
    with phone(browser, place.site.url, color_scheme=theme) as page:
        for name, address in (
            ("burst", f"/group/burst-{made.bursts[1][0][:10]}?folder="),
            ("compare", f"/compare?photos={','.join(made.bursts[1][:3])}"),
        ):
            visit(page, address)
            found = page.locator(".reach")
            box, first = found.bounding_box(), page.locator(".frame").first.bounding_box()
            assert box is not None and first is not None
            assert box["y"] + box["height"] == 844
            assert first["y"] + first["height"] <= box["y"]
            assert min(sizes(found.locator("button, a"))) >= 44
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            keep(page, f"touch-{name}-{scheme}")
            accessible(page)


def test_a_swipe_changes_what_stands_below_a_held_photo(
    page: Page, fingers: Fingers, made: Shoot
) -> None:
    photos = made.bursts[0]
    look(page, photos)
    fingers.tap(page.get_by_role("button", name="Hold"))
    is_at(page, photos[1])
    fingers.swipe(viewer(page, 1), -200)
    is_at(page, photos[2])
    fingers.swipe(viewer(page, 0), -200)  # also over the one that is held
    is_at(page, photos[3])
    expect(page.locator(".champion")).to_have_attribute("data-photo", photos[0])


def test_on_its_side_the_phone_scrolls_large_frames(
    browser: Browser, made: Shoot, place: Place
) -> None:
    low = {"width": 844, "height": 390}
    with phone(browser, place.site.url, viewport=low) as page:
        look(page, made.bursts[0])
        width = page.locator(".frame .viewer img").first.evaluate("one => one.clientWidth")
        assert width > 380
        bottom = page.locator(".reach").evaluate("one => one.getBoundingClientRect().bottom")
        assert bottom == low["height"]
        Fingers(page).drag(((600, 230), (600, 100)))
        until(page, lambda: page.evaluate("scrollY") > 60, "it is scrolled over a photo")
        assert middle(page.locator(".reach"))[1] > 300
        accessible(page)
