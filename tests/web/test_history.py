"""Ctrl-Z and Ctrl-Shift-Z mean the step their person saw, however late they reach the server."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import ready, visit
from tests.web.lines import Place, Stands, drained

ONE, TWO, THREE = "IMG_03.jpg", "IMG_04.jpg", "IMG_05.jpg"


@pytest.fixture
def device(browser: Browser, place: Place) -> Iterator[Callable[[], Page]]:
    """Opens browsers that know nothing of each other, all with the same person."""
    contexts = []

    def opened() -> Page:
        contexts.append(browser.new_context(base_url=place.site.url))
        contexts[-1].set_default_timeout(30_000)
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def at(page: Page, place: Place, name: str, *keys: str) -> None:
    visit(page, f"/photo/{place.site.photos[name]}")
    for key in keys:
        page.keyboard.press(key)


def stands(place: Place) -> dict[str, Stands]:
    names = {photo: name for name, photo in place.site.photos.items()}
    return {names[photo]: decision for photo, decision in place.stands().items()}


PICKED: Stands = ("pick", None, False)
STARRED: Stands = ("none", 5, False)


@pytest.mark.parametrize("is_stored", [True, False])
def test_an_undo_that_waited_leaves_what_another_device_said(
    device: Callable[[], Page], place: Place, is_stored: bool
) -> None:
    mine, other = device(), device()
    at(mine, place, ONE)
    if is_stored:
        mine.keyboard.press("p")
        drained(mine)
    mine.context.set_offline(True)
    if not is_stored:
        mine.keyboard.press("p")
    mine.keyboard.press("Control+z")
    at(other, place, TWO, "5")
    drained(other)
    mine.context.set_offline(False)
    drained(mine)
    assert stands(place) == {TWO: STARRED}
    expect(mine.locator("#toast")).to_have_text(f"Pick of {ONE} undone")
    mine.context.set_offline(True)
    mine.keyboard.press("Control+Shift+z")
    mine.context.set_offline(False)
    drained(mine)
    assert stands(place) == {ONE: PICKED, TWO: STARRED} or not is_stored


def test_a_page_that_did_nothing_itself_means_the_steps_it_came_with(
    device: Callable[[], Page], place: Place
) -> None:
    first, mine, other = device(), device(), device()
    at(first, place, ONE, "p", "4")
    drained(first)
    at(mine, place, ONE)
    mine.context.set_offline(True)
    for _ in range(2):
        mine.keyboard.press("Control+z")
    at(other, place, TWO, "5", "p")
    drained(other)
    mine.context.set_offline(False)
    drained(mine)
    assert stands(place) == {TWO: ("pick", 5, False)}
    mine.keyboard.press("Control+z")
    expect(mine.locator("#toast")).to_have_text("Nothing to undo")
    mine.reload()  # now it has seen them
    ready(mine)
    mine.keyboard.press("Control+z")
    drained(mine)
    assert stands(place) == {TWO: STARRED}


def test_what_two_devices_undo_is_undone_once(device: Callable[[], Page], place: Place) -> None:
    mine, other = device(), device()
    at(mine, place, ONE, "p", "f")
    drained(mine)
    at(other, place, ONE)
    mine.context.set_offline(True)
    mine.keyboard.press("Control+z")
    other.keyboard.press("Control+z")
    drained(other)
    mine.context.set_offline(False)
    drained(mine)
    assert stands(place) == {ONE: PICKED}
    expect(mine.locator(".photo-page")).to_have_attribute("data-favorite", "0")


def test_a_redo_that_waited_makes_no_others_step_again(
    device: Callable[[], Page], place: Place
) -> None:
    mine, other = device(), device()
    at(mine, place, ONE, "p", "4", "Control+z")
    drained(mine)
    at(other, place, ONE)
    mine.context.set_offline(True)
    mine.keyboard.press("Control+Shift+z")
    other.keyboard.press("Control+z")  # the pick as well
    drained(other)
    mine.context.set_offline(False)
    drained(mine)
    assert stands(place) == {ONE: ("none", 4, False)}


def test_all_of_it_without_a_connection_and_over_a_reload(
    device: Callable[[], Page], place: Place
) -> None:
    page, other = device(), device()
    at(page, place, ONE, "p")
    drained(page)
    place.line.is_cut = True
    for key in ("x", "3", "f", "Control+z", "Control+z", "Control+z", "Control+Shift+z"):
        page.keyboard.press(key)
    home = page.locator(".photo-page")
    expect(home).to_have_attribute("data-choice", "reject")
    expect(home).to_have_attribute("data-stars", "0")
    page.reload()
    ready(page)
    expect(home).to_have_attribute("data-choice", "reject")
    expect(home).to_have_attribute("data-stars", "0")
    page.keyboard.press("Control+Shift+z")
    expect(home).to_have_attribute("data-stars", "3")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(home).to_have_attribute("data-choice", "none")
    place.line.is_cut = False
    at(other, place, TWO, "5")
    drained(other)
    drained(page)
    expect(home).to_have_attribute("data-choice", "none")
    assert stands(place) == {TWO: STARRED}


def test_a_word_that_said_nothing_new_is_no_step_to_take_back(
    device: Callable[[], Page], place: Place
) -> None:
    page = device()
    at(page, place, ONE, "5")
    drained(page)
    place.line.is_cut = True
    for key in ("p", "p", "5", "p", "Control+z"):
        page.keyboard.press(key)
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "none")
    page.reload()
    ready(page)
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "none")
    place.line.is_cut = False
    drained(page)
    assert stands(place) == {ONE: STARRED}
    page.keyboard.press("Control+z")
    drained(page)
    assert stands(place) == {}


@pytest.mark.parametrize("is_late", [False, True])
def test_an_undo_of_what_stood_already_takes_no_earlier_step_back(
    device: Callable[[], Page], place: Place, *, is_late: bool
) -> None:
    page, other = device(), device()
    at(page, place, TWO, "5")
    drained(page)
    visit(page, f"/photo/{place.site.photos[ONE]}")
    at(other, place, ONE, "p")
    drained(other)
    place.line.is_cut = is_late  # then the undo waits behind the pick
    page.keyboard.press("p")
    if not is_late:
        drained(page)
    page.keyboard.press("Control+z")
    place.line.is_cut = False
    expect(page.locator("#toast")).to_have_text("Nothing to undo: “Picked” was set already")
    drained(page)
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "pick")
    assert stands(place) == {ONE: PICKED, TWO: STARRED}
    page.keyboard.press("Control+z")  # now the step before
    expect(page.locator("#toast")).to_contain_text(TWO)
    drained(page)
    assert stands(place) == {ONE: PICKED}


def test_a_step_of_one_tab_is_taken_back_in_another(
    device: Callable[[], Page], place: Place
) -> None:
    first = device()
    at(first, place, ONE, "4")
    second = first.context.new_page()
    at(second, place, TWO, "p")
    drained(second)
    first.keyboard.press("Control+z")
    expect(first.locator("#toast")).to_have_text(f"Pick of {TWO} undone")
    expect(second.locator(".photo-page")).to_have_attribute("data-choice", "none")
    second.keyboard.press("Control+z")
    expect(first.locator(".photo-page")).to_have_attribute("data-stars", "0")
    drained(second)
    assert stands(place) == {}


QUICK = [
    (("f", "Control+z", "f"), ("none", None, True)),
    (("f", "Control+z", "Control+Shift+z", "f"), None),
    (("p", "Control+z", "p"), PICKED),
    (("3", "Control+z", "3"), ("none", 3, False)),
    (("f", "p", "Control+z", "Control+z", "f", "f"), None),
    (("f", "f", "Control+z", "f"), None),
    (("p", "x", "Control+z", "Control+z", "Control+y", "f"), ("pick", None, True)),
]


@pytest.mark.parametrize("is_reloaded", [False, True])
@pytest.mark.parametrize(("keys", "expected"), QUICK)
@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_keys_quicker_than_the_undo_before_them(
    device: Callable[[], Page],
    place: Place,
    *,
    keys: tuple[str, ...],
    expected: Stands | None,
    seconds: float,
    is_reloaded: bool,
) -> None:
    page = device()
    place.line.seconds = seconds
    at(page, place, ONE, keys[0])
    if is_reloaded:
        drained(page)
        page.reload()
        ready(page)
    for key in keys[1:]:
        page.keyboard.press(key)
    drained(page)
    assert stands(place) == ({ONE: expected} if expected else {})
    shown = page.locator(".photo-page").evaluate(
        "p => [p.dataset.choice, +p.dataset.stars || null, p.dataset.favorite === '1']"
    )
    assert tuple(shown) == (expected or ("none", None, False))


@pytest.mark.parametrize("name", ["Pick", "Favourite", "3 stars"])
def test_buttons_quicker_than_the_undo_before_them(
    device: Callable[[], Page], place: Place, name: str
) -> None:
    page = device()
    at(page, place, ONE)
    place.line.seconds = 0.3
    button = page.locator(".marks").get_by_role("button", name=name)
    for _ in range(2):
        button.click()
        page.keyboard.press("Control+z")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    drained(page)
    expect(button).to_have_attribute("aria-pressed", "true")
    assert len(stands(place)) == 1
