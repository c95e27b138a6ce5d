"""Frames side by side fill the window; their faces stand in a row, and the zoom goes to them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from aesplugin.face import Eyes, Face
from tests.photos import drawn, save
from tests.web.chromium import accessible, keep, ready, shown, tab, visit
from tests.web.lines import until
from tests.web.shoots import add_burst, face, see_faces
from tests.web.site import FRAMES, START, Site, put

WINDOWS = [(1600, 1000), (1280, 720), (390, 844)]


@pytest.fixture(scope="module")
def bursts(site: Site) -> dict[int, tuple[str, ...]]:
    """By their number of frames."""
    days = {n: START + timedelta(days=2 + n) for n in (2, 3, 4, 6, 7, 8, 9)}
    return {n: add_burst(site, f"of{n}", day, n) for n, day in days.items()}


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    problems: list[str] = []
    with tab(browser, site.url) as opened:
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        yield opened
    assert problems == []


def look(page: Page, photos: tuple[str, ...], window: tuple[int, int]) -> None:
    page.set_viewport_size({"width": window[0], "height": window[1]})
    visit(page, f"/group/burst-{photos[0][:10]}?folder=")
    expect(page.locator(".frame")).to_have_count(len(photos))
    shown(page)


BOXES = """[...document.querySelectorAll('.frame')].map(frame => {
  const box = frame.getBoundingClientRect();
  const image = frame.querySelector('img').getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom, image.width, image.height];
})"""


@pytest.mark.parametrize("count", [2, 3, 4, 6, 7, 8, 9])
def test_all_frames_are_within_the_window(
    page: Page, bursts: dict[int, tuple[str, ...]], count: int
) -> None:
    for window in WINDOWS[:2]:
        look(page, bursts[count], window)
        boxes = page.evaluate(BOXES)
        assert all(left >= 0 and top >= 0 for left, top, *_ in boxes)
        assert all(right <= window[0] and low <= window[1] for _, _, right, low, *_ in boxes)
        assert len({(round(wide), round(high)) for *_, wide, high in boxes}) == 1
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        wide, high = boxes[0][4:]
        area = count * min(wide, 1.5 * high) ** 2 / 1.5
        assert area > 0.3 * window[0] * window[1], "the pictures, of the window"
        keep(page, f"survey-{count}-{window[0]}")


def test_a_window_made_smaller_is_filled_anew(
    page: Page, bursts: dict[int, tuple[str, ...]]
) -> None:
    look(page, bursts[8], (1600, 1000))
    page.set_viewport_size({"width": 900, "height": 1000})
    until(page, lambda: max(box[2] for box in page.evaluate(BOXES)) <= 900, "all in view")
    columns = "getComputedStyle(document.querySelector('.frames')).gridTemplateColumns"
    until(page, lambda: len(page.evaluate(columns).split()) == 3, "three columns for four")


def test_on_a_phone_the_page_scrolls_and_each_has_its_reason(
    page: Page, bursts: dict[int, tuple[str, ...]], site: Site
) -> None:
    first = tuple(site.photos[f"BURST_{n + 1:02}.jpg"] for n in range(FRAMES))
    look(page, first, WINDOWS[2])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(".frame .proposal").first).to_be_visible()
    expect(page.locator("[data-of-current]")).to_be_hidden()
    accessible(page)


def test_the_current_frames_reason_is_told_in_full(page: Page, site: Site) -> None:
    first = tuple(site.photos[f"BURST_{n + 1:02}.jpg"] for n in range(FRAMES))
    look(page, first, WINDOWS[1])
    told = page.locator("[data-of-current]")
    for number in (1, 2):
        why = page.locator(".frame .proposal").nth(number - 1).text_content()
        expect(told).to_have_text(f"BURST_{number:02}.jpg. {why}")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(told).to_have_text("BURST_03.jpg. Decided by you")
    page.keyboard.press("Control+z")
    expect(told).to_contain_text("Proposal")
    under = page.locator(".frame .under").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert max(under) < 45, "one line"


@pytest.fixture(scope="module")
def people(site: Site) -> tuple[str, ...]:
    """A burst whose frames show faces at other places: two, one with closed eyes, none."""
    folder = site.folder / "people"
    folder.mkdir()
    view = drawn(93, (2400, 1600))
    seen: list[list[Face]] = [
        [face(0.3, 0.3), face(0.7, 0.4, Eyes.UNSURE, size=0.05)],
        [face(0.6, 0.35, Eyes.CLOSED)],
        [],
    ]
    photos = []
    for number, faces in enumerate(seen):
        frame: Image.Image = view.crop((2 * number, 0, 2 * number + 2390, 1600))
        taken_at = START + timedelta(days=20, milliseconds=150 * number)
        path = save(frame, folder / f"P_{number}.jpg", taken_at)
        photos.append(put(site.workshop, path, number))
        see_faces(site, path, faces)
    return tuple(photos)


PLACES = """[...document.querySelectorAll('.viewer')].map(viewer => {
  const box = viewer.getBoundingClientRect();
  const image = viewer.querySelector('img').getBoundingClientRect();
  const right = (box.x + box.width / 2 - image.x) / image.width;
  const down = (box.y + box.height / 2 - image.y) / image.height;
  return [right.toFixed(2), down.toFixed(2)].map(Number);
})"""


def at(page: Page, *wanted: tuple[float, float]) -> None:
    """These places stand in the middle of the frames, in the full pictures."""
    expect(page.locator('.viewer img[src$="/full.jpg"]')).to_have_count(len(wanted))

    def is_there() -> bool:
        found = page.evaluate(PLACES)
        return all(
            abs(one - other) < 0.02
            for place, meant in zip(found, wanted, strict=True)
            for one, other in zip(place, meant, strict=True)
        )

    until(page, is_there, f"{wanted}, not {page.evaluate(PLACES)}")


def test_the_faces_of_all_frames_in_a_row(page: Page, people: tuple[str, ...]) -> None:
    look(page, people, WINDOWS[1])
    row = page.get_by_role("group", name="Faces of the frames")
    labels = row.get_by_role("button").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert labels == [
        "Frame 1, face 1: eyes open",
        "Frame 1, face 2: eyes unclear",
        "Frame 2, face 1: eyes closed",
    ]
    expect(row.locator(".of-frame").nth(2)).to_have_text("3 no face")
    accessible(page)
    keep(page, "face-row")
    page.keyboard.press("ArrowRight")
    expect(row.locator(".of-frame").nth(1)).to_have_class("of-frame current")


def test_the_zoom_goes_to_each_frames_own_face_and_back(
    page: Page, people: tuple[str, ...]
) -> None:
    look(page, people, WINDOWS[1])
    page.keyboard.press("z")
    at(page, (0.3, 0.3), (0.6, 0.35), (0.5, 0.5))
    box = page.locator(".viewer").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 200 - 239, box["y"] + 200)  # a tenth of the picture
    page.mouse.up()
    at(page, (0.4, 0.3), (0.7, 0.35), (0.6, 0.5))
    page.keyboard.press("z")
    expect(page.locator(".viewer.at-full")).to_have_count(0)


def test_a_click_on_a_face_shows_it_in_its_frame(page: Page, people: tuple[str, ...]) -> None:
    look(page, people, WINDOWS[1])
    page.get_by_role("button", name="Frame 2, face 1").click()
    expect(page.locator(".frame.current")).to_have_attribute("data-photo", people[1])
    at(page, (0.3, 0.3), (0.6, 0.35), (0.5, 0.5))
    page.get_by_role("button", name="Frame 1, face 2").click()
    expect(page.locator(".frame.current")).to_have_attribute("data-photo", people[0])
    at(page, (0.7, 0.4), (0.6, 0.35), (0.5, 0.5))
    page.keyboard.press("x")
    expect(page.locator(".frame").first).to_have_attribute("data-choice", "reject")
    page.keyboard.press("Control+z")
    page.keyboard.press("z")
    expect(page.locator(".viewer.at-full")).to_have_count(0)


def test_without_faces_there_is_no_row(page: Page, bursts: dict[int, tuple[str, ...]]) -> None:
    look(page, bursts[3], WINDOWS[1])
    expect(page.locator(".face-row")).to_have_count(0)
    ready(page)
    page.keyboard.press("z")
    expect(page.locator(".viewer.at-full")).to_have_count(3)
