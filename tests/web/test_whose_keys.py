"""Keys that wait for a page are of one tab and of no photo that was left, however it is left."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import opened, ready, tab, visit
from tests.web.lines import LOAD, TURN, Place, Stands, drained, until

FAVOURITE: Stands = ("none", None, True)
NO_LOCKS = 'Object.defineProperty(navigator, "locks", {value: undefined})'
SEEN = 1500  # ms: then a person has seen that the next photo does not come
TYPED_AT_ONCE = """() => {
  const options = {key: "4", bubbles: true, cancelable: true};
  document.body.dispatchEvent(new KeyboardEvent("keydown", options));
  return document.getElementById("toast").textContent; }"""
TYPED_WHEN_TOLD = """keys => new MutationObserver((_, observer) => {
  observer.disconnect();
  for (const key of keys) document.body.dispatchEvent(
    new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
}).observe(document.getElementById("toast"), {childList: true})"""
OTHER_PAGES = {
    "not there": (404, "<p>nothing here</p>"),
    "sign-in": (403, "<form>token</form>"),
    "of another program": (200, "<h1>Welcome</h1>"),
}


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        yield made


@pytest.fixture
def photos(page: Page) -> list[str]:
    """In the gallery's order; the page of the first one is open."""
    return opened(page)


def type_on(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("kind", OTHER_PAGES)
def test_a_key_typed_while_another_kind_of_page_is_loaded_is_not_of_the_photo_left(
    page: Page, place: Place, photos: list[str], kind: str
) -> None:
    gate = place.pages.gate(photos[1], *OTHER_PAGES[kind])
    type_on(page, "ArrowRight", "x")
    gate.open(TURN)
    until(page, lambda: gate.asked[LOAD], "the other page is asked for")
    type_on(page, "p", "f")
    gate.open(LOAD)
    page.wait_for_url(f"**/photo/{photos[1]}*")
    assert place.stands() == {}
    place.pages.gates.clear()
    page.reload()  # the photo is there now: of it they are
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "pick")
    drained(page)
    assert place.stands() == {photos[1]: ("pick", None, True)}


def test_a_photo_that_is_gone_says_how_many_keys_it_had(
    page: Page, place: Place, photos: list[str]
) -> None:
    gone = photos[1][:-4] + "0000"
    page.locator(".photo-page").evaluate("(p, to) => (p.dataset.after = to)", f"/photo/{gone}")
    gate = place.pages.gate(gone)
    type_on(page, "ArrowRight", "x", "p")
    gate.open()
    expect(page.locator("h1")).to_have_text("That did not work")
    expect(page.locator("#toast")).to_contain_text("2 keys typed for it not taken")
    assert place.stands() == {}


def test_keys_go_on_where_loading_another_kind_of_page_is_stopped(
    page: Page, place: Place, photos: list[str]
) -> None:
    page.evaluate("addEventListener('keydown', ({key}) => key === 'F8' && window.stop())")
    gate = place.pages.gate(photos[1], 404, "nothing here")
    type_on(page, "ArrowRight", "x")
    gate.open(TURN)
    until(page, lambda: gate.asked[LOAD], "the other page is asked for")
    type_on(page, "p", "F8")
    expect(page.locator("#toast")).to_contain_text("still on this page; 2 keys")
    page.wait_for_timeout(SEEN)
    type_on(page, "f")
    drained(page)
    assert place.stands() == {photos[0]: FAVOURITE}


@pytest.mark.parametrize("script", ["", NO_LOCKS], ids=["locks", "no locks"])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_keys_that_wait_are_not_of_a_copy_of_the_tab(
    page: Page, place: Place, photos: list[str], script: str, at: int
) -> None:
    page.add_init_script(script)
    page.reload()
    ready(page)
    gate = place.pages.gate(photos[1])
    gate.open(LOAD)
    type_on(page, "ArrowRight", "f")
    until(page, lambda: gate.asked[TURN], "the next photo is asked for")
    copy = copied(page, place, photos[at], script)
    assert copy.evaluate(TYPED_AT_ONCE) == "★★★★", "it waits for no other tab"
    drained(copy)
    expect(copy.locator("#toast")).to_have_text("★★★★")
    assert place.stands() == {photos[at]: ("none", 4, False)}
    gate.open()
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", photos[1])
    expect(page.locator(".photo-page")).to_have_attribute("data-favorite", "1")
    drained(page)
    stars = {photos[at]: ("none", 4, at == 1)}
    assert place.stands() == {photos[1]: FAVOURITE} | stars
    copy.reload()
    ready(copy)
    copy.wait_for_timeout(500)
    assert (place.steps(), place.stands()) == (2, {photos[1]: FAVOURITE} | stars), "each key once"


def copied(page: Page, place: Place, photo: str, script: str) -> Page:
    copy = opened_from(page)
    copy.add_init_script(script)
    visit(copy, f"{place.site.url}/photo/{photo}")
    return copy


def opened_from(page: Page) -> Page:
    """An empty tab with a copy of this one's storage."""
    with page.expect_popup() as opened:
        page.evaluate("void window.open('about:blank')")
    copy = opened.value
    assert copy.evaluate("Object.keys(sessionStorage).some(key => key.startsWith('aes:turn:'))")
    return copy


@pytest.mark.parametrize("script", ["", NO_LOCKS], ids=["locks", "no locks"])
def test_a_copy_that_comes_when_the_keys_were_taken_takes_none(
    page: Page, place: Place, photos: list[str], script: str
) -> None:
    page.context.add_init_script(script)
    page.reload()
    ready(page)
    gate = place.pages.gate(photos[1])
    type_on(page, "ArrowRight", "f")
    copy = opened_from(page)
    gate.open()
    expect(page.locator(".photo-page")).to_have_attribute("data-favorite", "1")
    drained(page)
    visit(copy, f"{place.site.url}/photo/{photos[1]}")
    copy.wait_for_timeout(500)
    drained(copy)
    assert (place.steps(), place.stands()) == (1, {photos[1]: FAVOURITE})


@pytest.mark.parametrize("script", ["", NO_LOCKS], ids=["locks", "no locks"])
def test_one_of_two_tabs_takes_the_keys_of_a_page_that_was_left(
    page: Page, place: Place, photos: list[str], script: str
) -> None:
    """The tab is loaded anew in the moment in which it was copied."""
    page.context.add_init_script(script)
    page.reload()
    ready(page)
    gate = place.pages.gate(photos[1])
    type_on(page, "ArrowRight", "f")
    copy = opened_from(page)
    page.reload()
    ready(page)
    gate.open(LOAD)
    visit(copy, f"{place.site.url}/photo/{photos[1]}")
    gate.open(TURN)
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", photos[1])
    expect(page.locator(".photo-page")).to_have_attribute("data-favorite", "1")
    drained(page)
    assert (place.steps(), place.stands()) == (1, {photos[1]: FAVOURITE})


@pytest.mark.parametrize("script", ["", NO_LOCKS], ids=["locks", "no locks"])
def test_keys_are_taken_over_reloads(
    page: Page, place: Place, photos: list[str], script: str
) -> None:
    page.add_init_script(script)
    page.reload()
    ready(page)
    gate = place.pages.gate(photos[1])
    type_on(page, "ArrowRight", "f")
    for _ in range(3):
        page.reload()
    gate.open()
    expect(page.locator(".photo-page")).to_have_attribute("data-favorite", "1")
    page.reload()
    ready(page)
    drained(page)
    assert (place.steps(), place.stands()) == (1, {photos[1]: FAVOURITE})


def test_keys_that_waited_when_the_page_crashed_are_told(
    page: Page, place: Place, photos: list[str]
) -> None:
    """A page that crashes notes nothing, as here; nor does anything hold its keys any more."""
    page.evaluate(
        """to => { sessionStorage.setItem(
          "aes:turn:" + document.querySelector("meta[name=catalog]").content, JSON.stringify({
            name: "of-a-page-that-crashed", user: "me", at: location.href, to: to,
            typed: [{key: "x"}]})); }""",
        f"{place.site.url}/photo/{photos[1]}",
    )
    page.reload()
    expect(page.locator("#toast")).to_contain_text("1 key typed for it not taken")
    assert place.stands() == {}


def test_keys_typed_before_a_person_saw_that_the_photo_does_not_come_are_not_taken(
    page: Page, place: Place, photos: list[str]
) -> None:
    """An arrow among them neither: what follows it was meant for a photo further on."""
    place.pages.gate(photos[1], 502, "a proxy says no").open()
    page.evaluate(TYPED_WHEN_TOLD, ["x", "ArrowRight", "5"])
    type_on(page, "ArrowRight")
    expect(page.locator("#toast")).to_contain_text("still on this page; 3 keys typed for it not")
    place.pages.gates.clear()
    page.wait_for_timeout(SEEN)
    type_on(page, "4", "ArrowRight", "f")
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", photos[1])
    expect(page.locator(".photo-page")).to_have_attribute("data-favorite", "1")
    drained(page)
    assert place.stands() == {photos[0]: ("none", 4, False), photos[1]: FAVOURITE}
