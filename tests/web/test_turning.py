"""Keys that outrun the next photo or burst are of what they come to, whoever is slow."""

import asyncio
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from aesplugin.web.app import create_app
from aesplugin.web.desk import Desk
from aesplugin.web.guard import Access
from aesplugin.web.probe import served
from tests.web.chromium import ready, tab, visit
from tests.web.lines import drained
from tests.web.site import Site, build


@dataclass
class Slow:
    """A server whose photo and burst pages take their time, or do not come."""

    app: ASGIApp
    seconds: float = 0.3
    is_cut: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith(("/photo/", "/group/")) and path.count("/") == 2:
            await asyncio.sleep(self.seconds)
            if self.is_cut:
                await JSONResponse({"error": "a proxy says no"}, 502)(scope, receive, send)
                return
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Place:
    site: Site
    line: Slow

    def choices(self) -> dict[str, str]:
        found = self.site.workshop.catalog.people.decisions("me")
        return {photo: decision.choice.value for photo, decision in found.items()}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    site = build(tmp_path)
    line = Slow(create_app(Desk(site.workshop, Access())))
    with served(line) as port:
        yield Place(replace(site, port=port), line)
    site.workshop.catalog.close()


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        yield made


def _opened(page: Page) -> list[str]:
    """The first photo's own page; all photos in the gallery's order."""
    visit(page, "/")
    order = page.locator(".tile").evaluate_all("ts => ts.map(t => t.dataset.photo)")
    page.locator(".tile").first.click()
    page.wait_for_url("**/photo/*")
    ready(page)
    return [str(photo) for photo in order]


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
    order = _opened(page)
    _type(page, "p", "ArrowRight", "x", "ArrowRight", "p", "ArrowRight", "x")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[3])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    drained(page)
    wanted = ("pick", "reject", "pick", "reject")
    assert place.choices() == dict(zip(order, wanted, strict=False))
    assert order[3] in page.url
    page.go_back()
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[2])


def test_a_photo_come_to_works_like_one_that_was_loaded(page: Page) -> None:
    order = _opened(page)
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
    order = _opened(page)
    place.line.is_cut = True
    _type(page, "ArrowRight", "x", "x")
    expect(page.locator("#toast")).to_contain_text("2 keys typed for it not taken")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[0])
    drained(page)
    assert place.choices() == {}


@pytest.mark.parametrize("milliseconds", [0, 150, 350])
def test_keys_typed_while_a_page_comes_survive_a_reload(
    page: Page, place: Place, milliseconds: int
) -> None:
    order = _opened(page)
    _type(page, "ArrowRight", "p", "ArrowRight", "x", "ArrowRight", "p")
    page.wait_for_timeout(milliseconds)
    page.reload()
    ready(page)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", order[3])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "pick")
    drained(page)
    wanted = ("pick", "reject", "pick")
    assert place.choices() == dict(zip(order[1:], wanted, strict=False))
    page.reload()
    ready(page)
    assert place.choices() == dict(zip(order[1:], wanted, strict=False)), "each key once"


def test_keys_typed_while_a_page_comes_are_of_no_other_page(page: Page, place: Place) -> None:
    _opened(page)
    place.line.seconds = 2
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    _type(page, "ArrowRight", "x", "x")
    visit(page, "/")
    assert asked == ["beforeunload"]
    expect(page.locator("#toast")).to_contain_text("2 keys typed for it not taken")
    page.locator(".tile").nth(3).focus()
    page.reload()
    ready(page)
    assert place.choices() == {}


def test_a_page_that_is_left_with_no_key_waiting_asks_nothing(page: Page, place: Place) -> None:
    order = _opened(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    _type(page, "p", "ArrowRight")
    page.reload()
    ready(page)
    drained(page)
    assert (asked, place.choices()) == ([], {order[0]: "pick"})


def test_undo_waits_for_the_photo_too_and_the_browsers_own_keys_do_not(
    page: Page, place: Place
) -> None:
    order = _opened(page)
    page.keyboard.press("x")
    place.line.is_cut = True
    place.line.seconds = 1
    page.keyboard.press("ArrowRight")
    for key in ("Control+z", "Shift", "Control+Shift+z", "p"):
        page.keyboard.press(key)
    is_left = page.evaluate(
        "document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'F5', bubbles: true, cancelable: true}))"
    )
    assert is_left, "the key is left to the browser"
    expect(page.locator("#toast")).to_contain_text("3 keys typed for it not taken")
    drained(page)
    assert place.choices() == {order[0]: "reject"}


@pytest.fixture
def on_fourth(page: Page, place: Place) -> list[str]:
    """Come to the fourth photo by arrows; the next one takes its time."""
    order = _opened(page)
    for photo in order[1:4]:
        page.keyboard.press("ArrowRight")
        expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)
    _hold(page, order[4])
    return order


def _hold(page: Page, photo: str, milliseconds: int = 2500) -> None:
    """This one page comes late."""

    def late(route: Route) -> None:
        with contextlib.suppress(Error):  # nobody waits for it any more, or the tab is closed
            page.wait_for_timeout(milliseconds)
            route.continue_()

    page.route(f"**/photo/{photo}*", late)


LEAVINGS = ["history.back()", "history.go(-2)", "setTimeout(() => location.reload())"]


@pytest.mark.parametrize(("leaving", "at"), list(zip(LEAVINGS, (2, 1, 3), strict=True)))
def test_back_or_a_reload_while_a_page_comes_shows_what_it_names(
    page: Page, place: Place, on_fourth: list[str], leaving: str, at: int
) -> None:
    page.keyboard.press("ArrowRight")
    page.evaluate(leaving)
    page.wait_for_timeout(500)
    ready(page)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[at])
    page.keyboard.press("x")
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    page.wait_for_timeout(3000)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[at])
    drained(page)
    assert place.choices() == {on_fourth[at]: "reject"}


@pytest.mark.parametrize("leaving", LEAVINGS[:2])
def test_keys_typed_before_a_back_are_of_no_page_and_told(
    page: Page, place: Place, on_fourth: list[str], leaving: str
) -> None:
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("p")
    page.evaluate(leaving)
    page.wait_for_timeout(500)
    ready(page)
    expect(page.locator("#toast")).to_contain_text("2 keys typed for it not taken")
    page.wait_for_timeout(3000)
    expect(page.locator(".photo-page")).to_have_attribute(
        "data-photo", on_fourth[2 if leaving == LEAVINGS[0] else 1]
    )
    assert place.choices() == {}


def test_keys_typed_for_the_page_that_a_back_goes_to_are_of_it(
    page: Page, place: Place, on_fourth: list[str]
) -> None:
    _hold(page, on_fourth[2], 500)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("x")
    page.evaluate("history.back()")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[2])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    drained(page)
    assert place.choices() == {on_fourth[2]: "reject"}


def test_a_photo_that_is_not_stayed_on_is_not_seen_after_a_reload(
    page: Page, place: Place, on_fourth: list[str]
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(500)
    ready(page)
    expect(page.locator("#main")).to_be_hidden()
    page.keyboard.press("5")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[4])
    expect(page.locator("#main")).to_be_visible()
    expect(page.locator(".photo-page")).to_have_attribute("data-stars", "5")
    drained(page)
    assert place.choices() == {on_fourth[4]: "reject"}


def test_a_key_pressed_while_a_back_is_slow_is_of_the_photo_that_is_seen(
    page: Page, place: Place, on_fourth: list[str]
) -> None:
    page.keyboard.press("ArrowRight")
    page.evaluate(
        """addEventListener("popstate", () => document.body.dispatchEvent(
          new KeyboardEvent("keydown", {key: "x", bubbles: true, cancelable: true})));
        history.back()"""
    )
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", on_fourth[2])
    drained(page)
    assert place.choices() == {on_fourth[3]: "reject"}


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
    order = _opened(page)
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
    assert place.choices() == {order[1]: "reject", order[2]: "pick"}
