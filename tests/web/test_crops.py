"""Before and after: the crop that was found, and the horizon made level."""

import math
from collections.abc import Iterator
from datetime import datetime

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.photos import save
from tests.web.chromium import accessible, keep, shown, tab, visit
from tests.web.client import Client
from tests.web.lines import Place
from tests.web.site import put

DEGREES = 4.0
SIZE = (1200, 800)
AFTER = """() => { const canvas = document.querySelector("canvas.after");
  return [canvas.width, canvas.height]; }"""
HORIZON = """x => { const canvas = document.querySelector("canvas.after");
  const context = canvas.getContext("2d");
  const column = context.getImageData(Math.round(x * canvas.width), 0, 1, canvas.height).data;
  for (let y = 0; y < canvas.height; y++) if (column[4 * y] < 128) return y;
  return -1; }"""


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        made.set_viewport_size({"width": 1280, "height": 720})
        yield made


def found_crop(place: Place, photo: str) -> bool:
    answer = Client(place.site.port, {}).ask("GET", f"/photo/{photo}/crop")
    return "data-crop-box" in answer.text


def test_a_crop_is_drawn_then_shown_then_put_away(page: Page, place: Place) -> None:
    photo = next(one for one in place.site.photos.values() if found_crop(place, one))
    visit(page, f"/photo/{photo}")
    shown(page)
    viewer, outline = page.locator(".viewer"), page.locator("[data-overlay]")
    page.keyboard.press("c")
    expect(outline).to_be_visible()
    share = page.locator("[data-crop-box]").evaluate("p => Number(p.dataset.cropBox.split(',')[2])")
    wide = page.locator(".viewer img").evaluate("image => image.naturalWidth")
    page.keyboard.press("c")
    expect(page.locator("canvas.after")).to_be_visible()
    expect(outline).to_be_hidden()
    assert page.evaluate(AFTER)[0] == pytest.approx(share * wide, abs=2)
    keep(page, "crop-after")
    accessible(page)
    page.keyboard.press("z")
    expect(page.locator("canvas.after")).to_be_hidden()
    page.keyboard.press("z")
    page.keyboard.press("c")
    expect(page.locator("canvas.after")).to_be_hidden()
    expect(page.locator(".viewer img")).to_be_visible()
    expect(outline).to_be_hidden()
    page.get_by_role("button", name="Before and after").click()
    expect(outline).to_be_visible()
    assert "shows-after" not in str(viewer.get_attribute("class"))


def test_a_tilted_photo_is_shown_level(page: Page, place: Place) -> None:
    """A horizon that falls to the left by the degrees by which the photo is to turn right."""
    path = place.site.folder / "TILTED.jpg"
    save(_tilted(), path, datetime(2026, 6, 1, 12, 0, 0))
    photo = put(place.workshop, path, 0, degrees=DEGREES)
    visit(page, f"/photo/{photo}")
    shown(page)
    page.keyboard.press("c")
    button = page.get_by_role("button", name="Before and after")
    expect(button).to_be_visible()
    if not found_crop(place, photo):
        expect(page.locator("#crop")).to_contain_text("it can be seen straightened")
    button.click()
    expect(page.locator("canvas.after")).to_be_visible()
    expect(page.locator("#toast")).to_contain_text("turned by 4°")
    at = [page.evaluate(HORIZON, x) for x in (0.1, 0.5, 0.9)]
    assert max(at) - min(at) <= 3, "level"
    assert min(at) > 0
    keep(page, "straightened")
    button.click()
    expect(page.locator("canvas.after")).to_be_hidden()


def _tilted() -> Image.Image:
    width, height = SIZE
    rise = math.tan(math.radians(DEGREES)) * width / 2
    made = Image.new("RGB", SIZE, (235, 240, 250))
    ground = [(0, height / 2 + rise), (width, height / 2 - rise), (width, height), (0, height)]
    ImageDraw.Draw(made).polygon(ground, fill=(30, 60, 30))
    return made


def test_where_nothing_is_to_be_changed_the_key_shows_nothing(page: Page, place: Place) -> None:
    """A score that no crop can raise."""
    path = place.site.folder / "BEST.jpg"
    save(_tilted(), path, datetime(2026, 6, 1, 12, 0, 0))
    photo = put(place.workshop, path, -1)
    visit(page, f"/photo/{photo}")
    shown(page)
    page.keyboard.press("c")
    expect(page.locator("#crop")).to_contain_text("No crop scores clearly higher")
    page.keyboard.press("c")
    expect(page.locator("canvas.after")).to_have_count(0)
    expect(page.get_by_role("button", name="Before and after")).to_have_count(0)
