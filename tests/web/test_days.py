"""A gallery by time: a heading for each day, a rule between scenes, the axis at the side."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import accessible, keep, tab, visit
from tests.web.large import large
from tests.web.lines import Place
from tests.web.site import FRAMES, PHOTOS

MANY = 2400


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Many photos over some days, one in fifty without a time."""
    with large(tmp_path_factory.mktemp("year"), MANY) as place:
        yield place


def test_days_have_headings_in_a_gallery_by_time_only(page: Page) -> None:
    visit(page, "/?order=oldest")
    days = [f"Friday 1 May 2026 · {PHOTOS} photos", f"Saturday 2 May 2026 · {FRAMES} photos"]
    expect(page.locator(".day h2")).to_have_text(days)
    expect(page.locator(".tile")).to_have_count(PHOTOS + FRAMES)
    accessible(page)
    keep(page, "days")
    page.get_by_label("Sort by").select_option("newest")
    expect(page.locator(".day h2")).to_have_text(days[::-1])
    page.get_by_label("Sort by").select_option("score")
    expect(page.locator(".tile")).to_have_count(PHOTOS + FRAMES)
    expect(page.locator(".day, [data-axis]")).to_have_count(0)


def test_tiles_stand_below_the_heading_of_their_day(page: Page) -> None:
    visit(page, "/?order=oldest")
    expect(page.locator(".day h2")).to_have_count(2)
    second = page.locator(".day").nth(1).bounding_box()
    before, after = (page.locator(f"#t{n}").bounding_box() for n in (PHOTOS - 1, PHOTOS))
    assert second and before and after
    assert before["y"] + before["height"] <= second["y"]
    assert after["y"] >= second["y"] + second["height"]


def test_arrows_cross_the_days_in_their_column(page: Page) -> None:
    visit(page, "/?order=oldest")
    columns = int(
        page.locator("[data-grid]").evaluate("g => g.style.getPropertyValue('--columns')")
    )
    rest = (PHOTOS - 1) % columns  # of the last photo of the first day
    page.locator(f"#t{PHOTOS - 1}").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#t{PHOTOS + min(rest, FRAMES - 1)}")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(f"#t{PHOTOS - 1}")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#t{PHOTOS}")).to_be_focused()


def test_a_pause_begins_a_scene(page: Page) -> None:
    """In the site one photo is taken an hour, which is no pause; without one of them it is."""
    visit(page, "/?order=oldest")
    expect(page.locator("[data-scene]")).to_have_count(0)
    visit(page, "/?order=oldest&camera=Testcam+1&taken_to=2026-05-01")
    expect(page.locator("#t2")).to_have_accessible_name(re.compile("after a pause, at 14:00"))
    expect(page.locator(".cell[data-scene]")).to_have_count(3)


def test_the_axis_leads_to_a_day_and_follows(browser: Browser, year: Place) -> None:
    with tab(browser, year.site.url) as page:
        visit(page, "/?order=oldest")
        axis = page.get_by_role("navigation", name="Days")
        days = axis.get_by_role("button")
        expect(axis.locator("[aria-current]")).to_have_attribute("data-day", "0")
        accessible(page)
        number = days.count()
        days.nth(0).focus()
        page.keyboard.press("End")
        undated = f"Without a date · {MANY // 50 - MANY // 200} photos"
        expect(days.nth(number - 1)).to_be_focused()
        expect(days.nth(number - 1)).to_have_accessible_name(undated)
        expect(page.get_by_role("heading", name=undated)).to_be_in_viewport()
        page.keyboard.press("ArrowUp")
        expect(axis.locator("[aria-current]")).to_have_attribute("data-day", str(number - 2))
        before = days.nth(number - 2).get_attribute("aria-label")
        expect(page.get_by_role("heading", name=before)).to_be_in_viewport()
        page.keyboard.press("Escape")  # to the photos: the first of that day
        tile = page.locator(".tile:focus")
        expect(tile).to_be_visible()
        page.keyboard.press("ArrowLeft")
        expect(tile).to_be_visible()
        page.evaluate("scrollTo(0, 0)")
        expect(axis.locator("[aria-current]")).to_have_attribute("data-day", "0")


def test_only_tiles_near_the_screen_are_there(browser: Browser, year: Place) -> None:
    with tab(browser, year.site.url) as page:
        visit(page, "/?order=newest")
        page.get_by_role("navigation", name="Days").get_by_role("button").nth(0).focus()
        page.keyboard.press("End")
        expect(page.get_by_role("heading", name=re.compile("Without a date"))).to_be_in_viewport()
        expect(page.locator("#t0")).to_have_count(0)
        assert page.locator(".tile").count() < 600


def test_a_phone_has_headings_and_no_axis(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, "/?order=oldest")
    expect(page.locator(".day h2").first).to_be_visible()
    expect(page.locator("[data-axis]")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
