"""Photos chosen in the gallery are compared side by side, and decided about there."""

import re
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.lines import Place, drained
from tests.web.site import PHOTOS, Site
from tests.web.test_browser import move_together
from tests.web.test_one_fate import Pair, pair

__all__ = ["pair"]

NOWHERE = "0" * 64


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        yield made


def photos_of(site: Site, numbers: Sequence[int]) -> list[str]:
    return [site.photos[f"IMG_{number:02}.jpg"] for number in numbers]


def compare(page: Page, photos: Sequence[str]) -> None:
    visit(page, f"/compare?photos={','.join(photos)}")
    expect(page.locator(".frame")).to_have_count(len(photos))


def shown(page: Page) -> list[str]:
    return [
        str(photo)
        for photo in page.locator(".frame").evaluate_all("fs => fs.map(f => f.dataset.photo)")
    ]


def selected(page: Page, number: int) -> None:
    expect(page.locator("#selected-count")).to_have_text(f"{number} selected")


def test_from_the_gallery_and_back_with_the_selection(page: Page) -> None:
    visit(page, "/?camera=Testcam+1")
    for number in (5, 1, 3):
        page.locator(f"#t{number}").click(modifiers=["Control"])
    tiles = page.locator(".tile[data-selected]")
    chosen = tiles.evaluate_all("ts => ts.map(t => t.dataset.photo)")
    page.keyboard.press("g")
    page.wait_for_url("**/compare?photos=*")
    ready(page)
    assert shown(page) == chosen  # in the gallery's order
    keep(page, "compare")
    accessible(page)
    page.reload()
    ready(page)
    assert shown(page) == chosen
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"/\?camera=Testcam"))
    selected(page, 3)
    expect(page.locator("#t3")).to_be_focused()  # the one selected last: the arrows go on there
    page.locator("#selection").get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare?photos=*")
    page.go_back()
    ready(page)
    selected(page, 3)
    assert tiles.evaluate_all("ts => ts.map(t => t.dataset.photo)") == chosen


@pytest.mark.parametrize("chosen", [0, 1, 10])
def test_too_few_or_too_many_are_told(page: Page, chosen: int) -> None:
    visit(page, "/")
    for number in range(chosen):
        page.locator(f"#t{number}").click(modifiers=["Control"])
    page.keyboard.press("g")
    expect(page.locator("#toast")).to_have_text(
        f"Select 2 to 9 photos to compare them: {chosen or 'none'} selected"
    )
    assert "/compare" not in page.url


def test_decisions_are_about_the_current_photo(page: Page, place: Place) -> None:
    photos = photos_of(place.site, (3, 0, 7))
    compare(page, photos)
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("4")
    page.keyboard.press("f")
    drained(page)
    assert place.stands() == dict(
        zip(
            photos,
            [("pick", None, False), ("reject", None, False), ("none", 4, True)],
            strict=True,
        )
    )
    head = page.locator(".burst-head")
    page.locator(".frame").first.click()
    head.get_by_role("button", name="Clear decision").click()
    head.get_by_role("button", name="2 stars").click()
    drained(page)
    assert place.stands()[photos[0]] == ("none", 2, False)
    for _ in range(6):
        page.keyboard.press("Control+z")
    drained(page)
    assert place.stands() == {}


def test_all_photos_zoom_together(page: Page, place: Place) -> None:
    compare(page, photos_of(place.site, range(4)))
    page.keyboard.press("z")
    expect(page.locator(".viewer.at-full")).to_have_count(4)
    expect(page.locator('.viewer img[src$="/full.jpg"]')).to_have_count(4)
    move_together(page)


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 720), (390, 844)])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nine_fit_the_window(
    browser: Browser, place: Place, size: tuple[int, int], scheme: str
) -> None:
    width, height = size
    context = browser.new_context(
        base_url=place.site.url,
        viewport={"width": width, "height": height},
        color_scheme="light" if scheme == "light" else "dark",
    )
    page = context.new_page()
    compare(page, photos_of(place.site, range(9)))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width > 820:
        bottoms = page.locator(".frame").evaluate_all(
            "fs => fs.map(f => f.getBoundingClientRect().bottom)"
        )
        assert max(bottoms) <= height
    keep(page, f"compare-{width}-{scheme}")
    accessible(page)
    context.close()


@pytest.mark.parametrize(
    ("numbers", "also", "status", "says"),
    [
        ((), "", 422, "no photo cannot be compared"),
        ((1,), "", 422, "1 photo cannot be compared"),
        (range(10), "", 422, "10 photos cannot be compared"),
        ((1, 2, 1), "", 422, "is named twice"),
        ((1, 2), "nonsense", 422, "“nonsense” is not the content hash of a photo"),
        ((1,), NOWHERE, 404, "1 of the 2 photos is not in this catalog"),
        ((), f"{NOWHERE},{'1' * 64}", 404, "2 of the 2 photos are not in this catalog"),
    ],
)
def test_an_address_that_cannot_be_compared(
    page: Page, place: Place, numbers: Sequence[int], also: str, status: int, says: str
) -> None:
    named = [*photos_of(place.site, numbers), *([also] if also else [])]
    answer = page.goto(f"/compare?photos={','.join(named)}")
    assert answer is not None
    assert answer.status == status
    expect(page.locator("main p").first).to_contain_text(says)
    expect(page.locator("main p").first).to_contain_text("select 2 to 9 photos in the gallery")
    expect(page.locator("main").get_by_role("link", name="Back to the gallery")).to_be_visible()


def test_those_that_are_left_are_compared(page: Page, place: Place) -> None:
    first, second = photos_of(place.site, (1, 2))
    visit(page, f"/compare?photos={first},{NOWHERE},{second}")
    assert shown(page) == [first, second]
    expect(page.locator(".burst-head .doubt")).to_contain_text("1 of the 3 photos is not in this")


def test_a_file_that_is_gone_has_a_line(page: Page, place: Place) -> None:
    (place.site.folder / "IMG_02.jpg").unlink()
    compare(page, photos_of(place.site, (1, 2)))
    expect(page.locator(".burst-head .doubt")).to_contain_text(
        "IMG_02.jpg was deleted or moved since it was scored; run: aesplugin score"
    )
    accessible(page)


def test_raw_and_jpeg_go_together(browser: Browser, pair: Pair) -> None:
    with tab(browser, pair.place.site.url) as page:
        compare(page, [pair.jpeg, pair.raw, pair.place.site.photos["IMG_03.jpg"]])
        page.keyboard.press("x")
        expect(page.locator('.frame[data-choice="reject"]')).to_have_count(2)
        drained(page)
        assert pair.stands == ["reject"] * 2


def test_ten_photos_are_there_to_choose_from() -> None:
    assert PHOTOS >= 10
