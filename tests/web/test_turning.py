"""Keys that outrun the next photo or burst are of what they come to, whoever is slow."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import opened, ready, tab, visit
from tests.web.lines import LOAD, TURN, Gate, Place, drained, until


@pytest.fixture
def place(place: Place) -> Place:
    place.pages.seconds = 0.3
    return place


def choices(place: Place) -> dict[str, str]:
    return {photo: choice for photo, (choice, _, _) in place.stands().items()}


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        yield made


def _type(page: Page, *keys: str) -> None:
    """Without any pause: the page is not waited for."""
    session = page.context.new_cdp_session(page)
    for key in keys:
        code = key if len(key) > 1 else f"Key{key.upper()}"
        number = 39 if key == "ArrowRight" else ord(key.upper())
        event = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        text = {"text": key} if len(key) == 1 else {}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", **event, **text})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})


def test_each_key_is_of_the_photo_it_comes_to(page: Page, place: Place) -> None:
    order = opened(page)
    _type(page, "p", "ArrowRight", "x", "ArrowRight", "p", "ArrowRight", "x")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[3])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    drained(page)
    wanted = ("pick", "reject", "pick", "reject")
    assert choices(place) == dict(zip(order, wanted, strict=False))
    assert order[3] in page.url
    page.go_back()
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[2])


def test_a_photo_come_to_works_like_one_that_was_loaded(page: Page) -> None:
    order = opened(page)
    _type(page, "ArrowRight")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[1])
    expect(page.locator(".histogram-box svg")).to_be_visible()
    _type(page, "z")
    expect(page.locator("body")).to_have_class(re.compile("zoomed"))
    expect(page.locator("[data-viewer].at-full")).to_have_count(1)
    _type(page, "ArrowRight")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[2])
    expect(page.locator("[data-viewer].at-full")).to_have_count(0)


def test_keys_for_a_photo_that_does_not_come_fall_on_no_other(page: Page, place: Place) -> None:
    order = opened(page)
    place.pages.is_cut = True
    _type(page, "ArrowRight", "x", "x")
    expect(page.locator("#toast")).to_contain_text("2 keys typed for it not taken")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[0])
    drained(page)
    assert choices(place) == {}


@pytest.mark.parametrize("milliseconds", [0, 150, 350])
def test_keys_typed_while_a_page_comes_survive_a_reload(
    page: Page, place: Place, milliseconds: int
) -> None:
    order = opened(page)
    _type(page, "ArrowRight", "p", "ArrowRight", "x", "ArrowRight", "p")
    page.wait_for_timeout(milliseconds)
    page.reload()
    ready(page)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[3])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "pick")
    drained(page)
    wanted = ("pick", "reject", "pick")
    assert choices(place) == dict(zip(order[1:], wanted, strict=False))
    page.reload()
    ready(page)
    assert choices(place) == dict(zip(order[1:], wanted, strict=False)), "each key once"


def test_keys_typed_while_a_page_comes_are_of_no_other_page(page: Page, place: Place) -> None:
    place.pages.gate(opened(page)[1])
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    _type(page, "ArrowRight", "x", "x")
    visit(page, "/")
    assert asked == ["beforeunload"]
    expect(page.locator("#toast")).to_contain_text("2 keys typed for it not taken")
    page.locator(".tile").nth(3).focus()
    page.reload()
    ready(page)
    assert choices(place) == {}


def test_a_page_that_is_left_with_no_key_waiting_asks_nothing(page: Page, place: Place) -> None:
    order = opened(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    _type(page, "p", "ArrowRight")
    page.reload()
    ready(page)
    drained(page)
    assert (asked, choices(place)) == ([], {order[0]: "pick"})


def test_undo_waits_for_the_photo_too_and_the_browsers_own_keys_do_not(
    page: Page, place: Place
) -> None:
    order = opened(page)
    page.keyboard.press("x")
    gate = place.pages.gate(order[1], 502, "a proxy says no")
    page.keyboard.press("ArrowRight")
    for key in ("Control+z", "Shift", "Control+Shift+z", "p"):
        page.keyboard.press(key)
    is_left = page.evaluate(
        "document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'F5', bubbles: true, cancelable: true}))"
    )
    assert is_left, "the key is left to the browser"
    gate.open()
    expect(page.locator("#toast")).to_contain_text("3 keys typed for it not taken")
    drained(page)
    assert choices(place) == {order[0]: "reject"}


@pytest.fixture
def on_fourth(page: Page, place: Place) -> list[str]:
    """Come to the fourth photo by arrows."""
    place.pages.seconds = 0
    order = opened(page)
    for photo in order[1:4]:
        page.keyboard.press("ArrowRight")
        expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)
    return order


@pytest.fixture
def gate(place: Place, on_fourth: list[str]) -> Gate:
    """The page after the fourth comes when it is opened."""
    return place.pages.gate(on_fourth[4])


def leave(page: Page, leaving: str) -> None:
    """Until the browser has loaded a page in place of this one."""
    page.evaluate(f"document.documentElement.dataset.old = '1'; {leaving}")
    page.locator("html[data-ready]:not([data-old])").wait_for(state="attached")


LEAVINGS = ["history.back()", "history.go(-2)", "setTimeout(() => location.reload())"]


@pytest.mark.parametrize(("leaving", "at"), list(zip(LEAVINGS, (2, 1, 3), strict=True)))
def test_back_or_a_reload_while_a_page_comes_shows_what_it_names(
    page: Page, place: Place, on_fourth: list[str], gate: Gate, leaving: str, at: int
) -> None:
    page.keyboard.press("ArrowRight")
    leave(page, leaving)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[at])
    page.keyboard.press("x")
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    gate.open()
    page.wait_for_timeout(500)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[at])
    drained(page)
    assert choices(place) == {on_fourth[at]: "reject"}


@pytest.mark.parametrize("leaving", LEAVINGS[:2])
def test_keys_typed_before_a_back_are_of_no_page_and_told(
    page: Page, place: Place, on_fourth: list[str], gate: Gate, leaving: str
) -> None:
    for key in ("ArrowRight", "x", "p"):
        page.keyboard.press(key)
    leave(page, leaving)
    expect(page.locator("#toast")).to_contain_text("2 keys typed for it not taken")
    gate.open()
    page.wait_for_timeout(500)
    expect(page.locator(".photo-page")).to_have_attribute(
        "data-photo", on_fourth[2 if leaving == LEAVINGS[0] else 1]
    )
    assert choices(place) == {}


def test_keys_typed_for_the_page_that_a_back_goes_to_are_of_it(
    page: Page, place: Place, on_fourth: list[str]
) -> None:
    gate = place.pages.gate(on_fourth[2])
    gate.open(LOAD)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("x")
    until(page, lambda: gate.asked[TURN], "the photo before is asked for")
    page.evaluate("history.back()")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[2])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    drained(page)
    assert choices(place) == {on_fourth[2]: "reject"}


def test_a_photo_that_is_not_stayed_on_is_not_seen_after_a_reload(
    page: Page, place: Place, on_fourth: list[str], gate: Gate
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    leave(page, LEAVINGS[2])
    expect(page.locator("#main")).to_be_hidden()
    page.keyboard.press("5")
    gate.open()
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[4])
    expect(page.locator("#main")).to_be_visible()
    expect(page.locator(".photo-page")).to_have_attribute("data-stars", "5")
    drained(page)
    assert choices(place) == {on_fourth[4]: "reject"}


def test_a_key_pressed_while_a_back_is_slow_is_of_the_photo_that_is_seen(
    page: Page, place: Place, on_fourth: list[str], gate: Gate
) -> None:
    page.keyboard.press("ArrowRight")
    until(page, lambda: gate.asked[TURN], "the next photo is asked for")
    page.evaluate(
        """addEventListener("popstate", () => document.body.dispatchEvent(
          new KeyboardEvent("keydown", {key: "x", bubbles: true, cancelable: true})));
        history.back()"""
    )
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[2])
    drained(page)
    assert choices(place) == {on_fourth[3]: "reject"}


FORBIDDEN = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(
  window, name, {get() { throw new DOMException("denied", "SecurityError"); }});"""
FULL = """Storage.prototype.setItem = function () {
  throw new DOMException("full", "QuotaExceededError"); };"""


@pytest.mark.parametrize("script", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_keys_are_taken_where_the_browser_stores_nothing(
    page: Page, place: Place, script: str
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(script)
    order = opened(page)
    for choice, photo in (("x", order[1]), ("p", order[2])):
        page.keyboard.press("ArrowRight")
        page.keyboard.press(choice)
        expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "pick")
    page.get_by_label("Profile").fill("uma")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    ready(page)
    expect(page.get_by_label("Profile")).to_have_value("uma")
    page.locator("[data-theme-switch]").click()
    assert errors == []
    assert choices(place) == {order[1]: "reject", order[2]: "pick"}
