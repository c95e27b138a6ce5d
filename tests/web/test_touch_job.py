"""A small job with one hand on a phone: 30 photos, four bursts of them, and no key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.chromium import ready, visit
from tests.web.fingers import Fingers, phone
from tests.web.lines import NOTHING, Place, Stands, drained, serving
from tests.web.shoots import Shoot, shoot
from tests.web.site import PHOTOS

SIZES = (4, 4, 5)  # of the bursts beside the site's own of 5: 30 photos with the 12 single ones
PICKED, LOVED, REJECTED, UNDONE = (0, 3, 7), (3,), (1, 5), 9


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Shoot]:
    found = shoot(tmp_path, SIZES)
    yield found
    found.site.workshop.catalog.close()


@pytest.fixture
def place(made: Shoot) -> Iterator[Place]:
    with serving(made.site) as found:
        found.pages.are_ahead = True
        yield found


def bar(page: Page, selector: str) -> Locator:
    return page.locator(f".reach {selector}")


def singles(page: Page, fingers: Fingers, place: Place) -> list[str]:
    """Goes through them in order of time, and decides; the photos in that order."""
    visit(page, "/?order=time&day_to=2026-05-01")
    order: list[str] = page.locator(".tile").evaluate_all("ts => ts.map(t => t.dataset.photo)")
    assert len(order) == PHOTOS
    fingers.tap(page.locator(".tile").first)
    page.wait_for_url("**/photo/*")
    ready(page)
    for number, photo in enumerate(order):
        expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)
        look_closely = number == PICKED[0]
        if look_closely:
            fingers.pinch(page.locator(".viewer"), 60, 200)
            fingers.pinch(page.locator(".viewer"), 300, 40)
        if number in PICKED or number == UNDONE:
            fingers.tap(bar(page, ".pick"))
        if number in REJECTED:
            fingers.tap(bar(page, ".reject"))
        if number in LOVED:
            fingers.tap(bar(page, ".favorite"))
        if number == UNDONE:
            fingers.tap(bar(page, ".undo"))
        if number < len(order) - 1:
            fingers.swipe(page.locator(".viewer"), -180)
    return order


def bursts(page: Page, fingers: Fingers, made: Shoot) -> None:
    """Keeps the second frame of two, decides one frame by frame, and accepts the last."""
    first, second, third, _ = made.bursts
    visit(page, "/groups")
    fingers.tap(page.locator(".group-list a").first)
    for photos in (first, second):
        is_at(page, photos[0])
        fingers.swipe(page.locator(".frame .viewer").first, -180)
        is_at(page, photos[1])
        fingers.tap(bar(page, "[data-keep]"))
    for number, photo in enumerate(third):
        is_at(page, photo)
        fingers.tap(bar(page, '[data-key="p"]' if number == 2 else '[data-key="x"]'))
        if number == 2:
            fingers.tap(bar(page, '[data-key="f"]'))
        if number < len(third) - 1:
            fingers.swipe(page.locator(".frame .viewer").nth(number), -180)
    fingers.tap(bar(page, "[data-next-group]"))
    is_at(page, made.bursts[3][0])
    fingers.tap(bar(page, "[data-keep]"))
    fingers.tap(bar(page, ".undo"))
    expect(page.locator("#toast")).to_contain_text("undone")
    fingers.tap(bar(page, "[data-accept]"))


def is_at(page: Page, photo: str) -> None:
    expect(page.locator(".frame.current")).to_have_attribute("data-photo", photo)


def test_a_job_by_touch_alone(browser: Browser, made: Shoot, place: Place) -> None:
    with phone(browser, place.site.url) as page:
        fingers = Fingers(page)
        order = singles(page, fingers, place)
        bursts(page, fingers, made)
        drained(page)
    wanted: dict[str, Stands] = {order[number]: ("pick", None, False) for number in PICKED}
    wanted |= {order[number]: ("reject", None, False) for number in REJECTED}
    wanted |= {order[number]: ("pick", None, True) for number in LOVED}
    for photos, kept in zip(made.bursts[:3], (1, 1, 2), strict=True):
        for number, photo in enumerate(photos):
            is_kept, is_loved = number == kept, photos is made.bursts[2] and number == kept
            wanted[photo] = ("pick" if is_kept else "reject", None, is_loved)
    found = place.stands()
    last = made.bursts[3]
    assert {key: one for key, one in found.items() if key not in last} == wanted
    assert {found.get(photo, NOTHING)[0] for photo in last} >= {"pick"}, "as proposed"
    assert place.steps() == len(PICKED) + len(REJECTED) + len(LOVED) + 2 + 5 + 1
