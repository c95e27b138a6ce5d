"""Looking closely at one photo: zoom steps, marks over what is clipped and what is sharp."""

import re
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from tests.photos import save
from tests.web.chromium import accessible, keep, opened, tab, visit
from tests.web.lines import Place, until
from tests.web.site import put

SIZE = (2400, 1600)
PIXEL = """([x, y]) => {
  const canvas = document.querySelector(".viewer canvas");
  const at = [Math.round(x * canvas.width), Math.round(y * canvas.height)];
  return [...canvas.getContext("2d").getImageData(...at, 1, 1).data]; }"""
SHARE = """([left, top, right, bottom]) => {
  const canvas = document.querySelector(".viewer canvas");
  const box = [left * canvas.width, top * canvas.height,
    (right - left) * canvas.width, (bottom - top) * canvas.height].map(Math.round);
  const data = canvas.getContext("2d").getImageData(...box).data;
  return data.filter((_, at) => at % 4 === 3 && data[at]).length / (data.length / 4); }"""
SAME_PLACE = """() => {
  const [one, other] = [...document.querySelectorAll(".viewer img, .viewer canvas")]
    .map(one => one.getBoundingClientRect());
  const sides = ["left", "top", "width", "height"];
  return sides.every(side => Math.abs(one[side] - other[side]) < 1); }"""


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        made.set_viewport_size({"width": 1280, "height": 720})
        yield made


@pytest.fixture
def striped(page: Page, place: Place) -> None:
    """Open is a photo: white, black, fine detail in focus, the same out of focus."""
    path = place.site.folder / "STRIPES.jpg"
    save(_stripes(), path, datetime(2026, 6, 1, 12, 0, 0))
    photo = put(place.workshop, path, 0)
    visit(page, f"/photo/{photo}")


def _stripes() -> Image.Image:
    width, height = SIZE
    grain = np.random.default_rng(3).integers(40, 216, (height // 8, width // 32), dtype=np.uint8)
    sharp = Image.fromarray(grain.repeat(8, 0).repeat(8, 1)).convert("RGB")
    made = Image.new("RGB", SIZE, "white")
    made.paste("black", (width // 4, 0, width // 2, height))
    made.paste(sharp, (width // 2, 0))
    made.paste(sharp.filter(ImageFilter.GaussianBlur(12)), (3 * width // 4, 0))
    return made


def level(page: Page, text: str) -> None:
    expect(page.locator("[data-level]")).to_have_text(text)


def test_the_zoom_goes_up_and_down_in_steps_and_says_where_it_is(page: Page) -> None:
    opened(page)
    level(page, "Fit")
    for key, text in (("-", "Fit"), ("+", "100 %"), ("=", "200 %"), ("+", "400 %"), ("+", "400 %")):
        page.keyboard.press(key)
        level(page, text)
    for text in ("200 %", "100 %", "Fit"):
        page.get_by_label("Smaller").click()
        level(page, text)
    page.keyboard.press("z")
    level(page, "100 %")
    page.get_by_label("Larger").click()
    level(page, "200 %")
    page.keyboard.press("z")
    level(page, "Fit")
    page.keyboard.press("z")
    page.keyboard.press("ArrowRight")
    level(page, "Fit")


def test_clipping_and_focus_are_marked_fitted_and_zoomed(page: Page, striped: None) -> None:
    canvas = page.locator(".viewer canvas")
    page.keyboard.press("o")
    expect(page.locator("[data-legend]")).to_contain_text("Red: highlights without detail")
    expect(canvas).to_have_attribute("data-kind", "Clipping")
    assert page.evaluate(PIXEL, [0.12, 0.5])[:1] == [255], "white is red"
    assert page.evaluate(PIXEL, [0.12, 0.5])[2] < 100
    assert page.evaluate(PIXEL, [0.37, 0.5])[2] == 255, "black is blue"
    assert page.evaluate(SHARE, [0.52, 0, 1, 1]) == 0, "the rest is not marked"
    keep(page, "loupe-clipping")
    page.get_by_role("button", name="Clipping").click()
    expect(canvas).to_have_attribute("data-kind", "Focus")
    expect(page.locator("[data-legend]")).to_have_text("Green: what is in focus.")
    sharp, blurred = page.evaluate(SHARE, [0.52, 0, 0.73, 1]), page.evaluate(SHARE, [0.77, 0, 1, 1])
    assert sharp > 0.1
    assert blurred == 0
    page.keyboard.press("z")
    expect(page.locator('.viewer img[src$="/full.jpg"]')).to_have_count(1)
    until(page, lambda: page.evaluate(SAME_PLACE), "the marks lie on the photo")
    page.keyboard.press("+")
    assert page.evaluate(SAME_PLACE)
    keep(page, "loupe-focus")
    page.keyboard.press("z")
    page.keyboard.press("o")
    expect(canvas).to_be_hidden()
    expect(page.locator("[data-legend]")).to_be_hidden()


def test_marks_stay_on_for_the_next_photo(page: Page) -> None:
    order = opened(page)
    page.keyboard.press("o")
    expect(page.locator(".viewer canvas")).to_have_attribute("data-kind", "Clipping")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[1])
    expect(page.locator(".viewer canvas")).to_have_attribute("data-kind", "Clipping")
    expect(page.get_by_role("button", name="Clipping")).to_have_attribute("aria-pressed", "true")
    accessible(page)


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1600, 1000), (1280, 720), (390, 844)])
def test_the_histogram_is_seen_without_scrolling(
    page: Page, size: tuple[int, int], scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page)
    page.keyboard.press("o")
    expect(page.locator(".histogram-box svg")).to_be_in_viewport(ratio=1)
    expect(page.locator(".tools")).to_be_in_viewport(ratio=1)
    accessible(page)
    keep(page, f"loupe-{size[0]}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_nothing_is_marked_where_no_photo_is_open(page: Page) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    visit(page, "/")
    for key in ("o", "+", "-"):
        page.keyboard.press(key)
    assert problems == []
    expect(page.locator("body")).not_to_have_class(re.compile("zoomed"))
