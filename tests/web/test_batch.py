"""With a selection a key decides about all selected photos, as one step."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import keep, ready, tab, visit
from tests.web.lines import Place, drained
from tests.web.site import FRAMES, PHOTOS
from tests.web.test_one_fate import Pair, pair

__all__ = ["pair"]


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        visit(made, "/")
        yield made


def select(page: Page, *numbers: int) -> list[str]:
    """Selects the photos at these places."""
    for number in numbers:
        page.locator(f"#t{number}").click(modifiers=["Control"])
    chosen = page.locator(".tile[data-selected]")
    expect(chosen).to_have_count(len(numbers))
    return [str(photo) for photo in chosen.evaluate_all("ts => ts.map(t => t.dataset.photo)")]


def says(page: Page, text: str) -> None:
    expect(page.locator("#toast")).to_have_text(text)


@pytest.mark.parametrize(
    ("key", "label", "stands", "undone"),
    [
        ("p", "Picked", ("pick", None, False), "3 picks undone"),
        ("x", "Rejected", ("reject", None, False), "3 rejects undone"),
        ("3", "★★★", ("none", 3, False), "3 star ratings undone"),
        ("f", "Favourite", ("none", None, True), "3 favourites undone"),
    ],
)
def test_a_key_decides_about_all_and_one_undo_takes_it_back(
    page: Page, place: Place, key: str, label: str, stands: object, undone: str
) -> None:
    photos = select(page, 1, 6, 9)
    page.locator("#t4").focus()  # not selected: nothing happens to it
    page.keyboard.press(key)
    says(page, f"{label}: 3 photos")
    shown = page.locator(".tile").evaluate_all(
        "ts => ts.filter(t => t.dataset.choice !== 'none' || t.dataset.stars !== '0' ||"
        " t.dataset.favorite === '1').map(t => t.dataset.photo)"
    )
    assert shown == photos
    drained(page)
    assert place.stands() == dict.fromkeys(photos, stands)
    assert place.steps() == 1
    keep(page, f"batch-{key}")
    page.keyboard.press("Control+z")
    says(page, undone)
    drained(page)
    assert place.stands() == {}
    expect(page.locator(".tile[data-selected]")).to_have_count(3)
    page.keyboard.press("Control+Shift+z")
    drained(page)
    assert place.stands() == dict.fromkeys(photos, stands)


def test_the_buttons_do_what_the_keys_do(page: Page, place: Place) -> None:
    photos = select(page, 0, 2)
    bar = page.locator("#selection")
    bar.get_by_role("button", name="Reject").click()
    bar.get_by_role("button", name="4 stars").click()
    bar.get_by_role("button", name="Favourite").click()
    drained(page)
    assert place.stands() == dict.fromkeys(photos, ("reject", 4, True))
    bar.get_by_role("button", name="Clear decision").click()
    bar.get_by_role("button", name="No stars").click()
    bar.get_by_role("button", name="Favourite").click()
    says(page, "Favourite removed: 2 photos")
    drained(page)
    assert place.stands() == {}
    bar.get_by_role("button", name="Clear selection").click()
    expect(bar).to_be_hidden()


def test_some_favourites_become_all_before_they_become_none(page: Page, place: Place) -> None:
    page.locator("#t3").focus()
    page.keyboard.press("f")
    photos = select(page, 1, 3)
    page.keyboard.press("f")
    says(page, "Favourite: 2 photos")
    drained(page)
    assert place.stands() == dict.fromkeys(photos, ("none", None, True))
    page.keyboard.press("f")
    drained(page)
    assert place.stands() == {}


def test_all_that_match_in_one_step(page: Page, place: Place) -> None:
    page.keyboard.press("Control+a")
    page.keyboard.press("x")
    drained(page)
    assert [choice for choice, _, _ in place.stands().values()] == ["reject"] * (PHOTOS + FRAMES)
    page.keyboard.press("Control+z")
    says(page, f"{PHOTOS + FRAMES} rejects undone")


def test_a_batch_waits_for_a_lost_line_like_any_step(page: Page, place: Place) -> None:
    photos = select(page, 1, 2, 3)
    place.line.is_cut = True
    page.keyboard.press("p")
    expect(page.locator("#waiting")).to_contain_text("1 decision waits")
    page.keyboard.press("Escape")
    page.locator("#t5").focus()
    page.keyboard.press("x")
    page.reload()
    ready(page)
    expect(page.locator('.tile[data-choice="pick"]')).to_have_count(3)
    place.line.is_cut = False
    drained(page)
    assert {key for key, one in place.stands().items() if one[0] == "pick"} == set(photos)
    for words in (re.compile("^Reject of .* undone"), "3 picks undone"):
        page.keyboard.press("Control+z")
        expect(page.locator("#toast")).to_have_text(words)


def test_what_stood_so_already_is_no_step(page: Page, place: Place) -> None:
    page.locator("#t8").focus()
    page.keyboard.press("4")
    select(page, 1, 2)
    page.keyboard.press("p")
    page.keyboard.press("p")
    drained(page)
    page.keyboard.press("Control+z")
    says(page, "2 picks undone")
    page.keyboard.press("Control+z")
    drained(page)
    assert place.stands() == {}


def test_raw_and_jpeg_go_together(browser: Browser, pair: Pair) -> None:
    with tab(browser, pair.place.site.url) as page:
        visit(page, "/")
        for photo in (pair.jpeg, pair.place.site.photos["IMG_03.jpg"]):
            page.locator(f'.tile[data-photo="{photo}"]').click(modifiers=["Control"])
        page.keyboard.press("x")
        drained(page)
        assert pair.stands == ["reject"] * 2
        raw = page.locator(f'.tile[data-photo="{pair.raw}"]')
        expect(raw).to_have_attribute("data-choice", "reject")
        page.keyboard.press("Control+z")
        says(page, "3 rejects undone")
        expect(raw).to_have_attribute("data-choice", "none")
