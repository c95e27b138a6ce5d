"""The faces of a photo as boxes over it: where they are, fitted, zoomed and moved."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.face import Eyes
from tests.photos import drawn, save
from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.lines import until
from tests.web.shoots import face, see_faces
from tests.web.site import Site, put

START = datetime(2026, 7, 1, 12, 0, 0)
FACES = [
    face(0.3, 0.3, Eyes.OPEN, size=0.2),
    face(0.7, 0.4, Eyes.CLOSED),
    face(0.9, 0.8, Eyes.UNSURE, size=0.05),
]
PLACES = """() => {
  const image = document.querySelector(".photo-page .viewer img");
  const box = image.getBoundingClientRect();
  const { naturalWidth: wide, naturalHeight: high } = image;
  const isFitted = getComputedStyle(image).objectFit === "contain";
  const scale = isFitted ? Math.min(box.width / wide, box.height / high) : box.width / wide;
  const left = box.x + (box.width - wide * scale) / 2;
  const top = box.y + (box.height - high * scale) / 2;
  return [...document.querySelectorAll(".face-boxes rect.under")].map(one => {
    const drawn = one.getBoundingClientRect();
    return [(drawn.x - left) / (wide * scale), (drawn.y - top) / (high * scale),
      (drawn.right - left) / (wide * scale), (drawn.bottom - top) / (high * scale)];
  }); }"""


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with tab(browser, site.url) as made:
        made.set_viewport_size({"width": 1280, "height": 720})
        yield made


@pytest.fixture(scope="module")
def photos(site: Site) -> tuple[str, str]:
    """One with three faces, and one in which none was found."""
    made = []
    for number, faces in enumerate((FACES, [])):
        path = site.folder / f"FACES_{number}.jpg"
        save(drawn(41 + number, (2400, 1600)), path, START + timedelta(days=number))
        made.append(put(site.workshop, path, number))
        see_faces(site, path, faces)
    return made[0], made[1]


def ask_for_faces(page: Page) -> None:
    for name in ("Clipping", "Focus", "Faces"):
        page.keyboard.press("o")
        expect(page.locator("[data-overlay-name]")).to_have_text(name)


def lie_on_the_faces(page: Page) -> bool:
    found = page.evaluate(PLACES)
    return len(found) == len(FACES) and all(
        abs(one - other) < 0.01
        for box, face in zip(found, FACES, strict=True)
        for one, other in zip(box, face.box, strict=True)
    )


def test_they_lie_on_the_faces_fitted_zoomed_and_moved(page: Page, photos: tuple[str, str]) -> None:
    visit(page, f"/photo/{photos[0]}")
    boxes = page.locator(".face-boxes")
    expect(boxes).to_be_hidden()
    ask_for_faces(page)
    expect(boxes).to_be_visible()
    expect(page.locator(".viewer canvas")).to_be_hidden()
    expect(page.locator("[data-legend]")).to_contain_text("Red, dashed: closed.")
    until(page, lambda: lie_on_the_faces(page), "fitted")
    kinds = page.locator(".face-boxes g").evaluate_all("all => all.map(g => g.classList[0])")
    assert kinds == ["open", "closed", "unsure"]
    page.keyboard.press("z")
    expect(page.locator('.viewer img[src$="/full.jpg"]')).to_have_count(1)
    until(page, lambda: lie_on_the_faces(page), "at 100 %")
    page.mouse.move(500, 300)
    page.mouse.down()
    page.mouse.move(380, 250)
    page.mouse.up()
    until(page, lambda: lie_on_the_faces(page), "moved")
    page.keyboard.press("+")
    until(page, lambda: lie_on_the_faces(page), "at 200 %")
    keep(page, "face-boxes-200")
    page.keyboard.press("o")
    expect(boxes).to_be_hidden()
    expect(page.locator("[data-legend]")).to_be_hidden()


def test_where_none_was_found_there_is_nothing_to_ask_for(
    page: Page, photos: tuple[str, str]
) -> None:
    visit(page, f"/photo/{photos[1]}")
    for name in ("Clipping", "Focus", "Overlay"):
        page.keyboard.press("o")
        expect(page.locator("[data-overlay-name]")).to_have_text(name)


def test_they_stay_on_for_the_next_photo(page: Page, photos: tuple[str, str]) -> None:
    visit(page, "/?order=taken")
    order = page.locator(".tile").evaluate_all("ts => ts.map(t => t.dataset.photo)")
    at = order.index(photos[0])
    visit(page, f"/photo/{photos[0]}?order=taken&i={at}")
    ask_for_faces(page)
    step = "ArrowRight" if order[at + 1 : at + 2] == [photos[1]] else "ArrowLeft"
    page.keyboard.press(step)
    expect(page.locator(f'.photo-page[data-photo="{photos[0]}"]')).to_have_count(0)
    expect(page.locator("[data-legend]")).to_have_text("No faces to mark in this photo.")
    page.keyboard.press("ArrowLeft" if step == "ArrowRight" else "ArrowRight")
    expect(page.locator(f'.photo-page[data-photo="{photos[0]}"]')).to_have_count(1)
    expect(page.locator(".face-boxes")).to_be_visible()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_they_are_seen_in_each_window_and_theme(
    page: Page, photos: tuple[str, str], size: tuple[int, int], scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, f"/photo/{photos[0]}")
    ready(page)
    ask_for_faces(page)
    until(page, lambda: lie_on_the_faces(page), "they lie on the faces")
    accessible(page)
    keep(page, f"face-boxes-{size[0]}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
