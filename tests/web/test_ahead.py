"""Neighbouring photos are fetched before a key: shown at once, and never as they no longer are."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import opened, ready, tab, visit
from tests.web.client import Client
from tests.web.lines import Place, drained, until
from tests.web.site import Site

SAVES_DATA = 'Object.defineProperty(navigator, "connection", {value: {saveData: true}})'
IS_PAINTED = """image => image.complete && image.naturalWidth > 0"""


@pytest.fixture
def place(place: Place) -> Place:
    place.pages.are_ahead = True
    return place


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as made:
        yield made


@pytest.fixture
def photos(page: Page, place: Place) -> list[str]:
    """In the gallery's order; the page of the first one is open, the next two are fetched."""
    order = opened(page)
    come_ahead(page, place, order[2])
    return order


def come_ahead(page: Page, place: Place, photo: str) -> None:
    """Until this photo's page and picture were fetched."""
    picture = "name => performance.getEntriesByName(name).length > 0"
    address = f"{place.site.url}/api/v1/photos/{photo}/preview.jpg"
    until(page, lambda: place.pages.ahead[photo], f"{photo} is fetched ahead")
    until(page, lambda: page.evaluate(picture, address), "its picture, too")


def on(page: Page, photo: str) -> None:
    expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)


def test_a_key_shows_the_next_photo_without_asking_for_it(
    page: Page, place: Place, photos: list[str]
) -> None:
    for photo in photos[1:3]:
        place.pages.gate(photo)
    for photo in photos[1:3]:
        page.keyboard.press("ArrowRight")
        assert page.locator(".photo-page").get_attribute("data-photo") == photo, "with the key"
        assert page.locator(".viewer img").evaluate(IS_PAINTED)
    page.keyboard.press("x")
    drained(page)
    assert place.stands() == {photos[2]: ("reject", None, False)}
    assert photos[2] in page.url
    expect(page.locator(".histogram-box svg")).to_be_visible()
    place.pages.gates.clear()
    page.go_back()
    on(page, photos[1])


def test_keys_are_of_the_photo_that_each_arrow_comes_to(
    page: Page, place: Place, photos: list[str]
) -> None:
    """Two are there already, the third comes when the server gives it."""
    place.pages.seconds = 0.3
    for key in ("p", "ArrowRight", "x", "ArrowRight", "5", "ArrowRight", "f", "ArrowLeft", "p"):
        page.keyboard.press(key)
    on(page, photos[2])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "pick")
    drained(page)
    assert place.stands() == {
        photos[0]: ("pick", None, False),
        photos[1]: ("reject", None, False),
        photos[2]: ("pick", 5, False),
        photos[3]: ("none", None, True),
    }


def test_a_page_on_its_way_is_waited_for_and_not_asked_for_twice(page: Page, place: Place) -> None:
    order = opened(page)
    gate = place.pages.gate(order[3])
    for photo in order[1:3]:
        page.keyboard.press("ArrowRight")
        on(page, photo)
    until(page, lambda: place.pages.ahead[order[3]], "the fourth is asked for")
    for key in ("ArrowRight", "x"):
        page.keyboard.press(key)
    on(page, order[2])
    gate.open()
    on(page, order[3])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    assert gate.asked.total() == 1


def test_what_another_tab_decided_meanwhile_is_shown(
    page: Page, place: Place, photos: list[str]
) -> None:
    other = page.context.new_page()
    visit(other, f"/photo/{photos[1]}")
    other.keyboard.press("x")
    drained(other)
    page.bring_to_front()
    page.keyboard.press("ArrowRight")
    on(page, photos[1])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "reject")
    expect(page.locator(".marks .reject")).to_have_attribute("aria-pressed", "true")


def test_what_another_device_decided_meanwhile_is_shown(
    page: Page, place: Place, photos: list[str]
) -> None:
    client = Client(place.site.port, {"x-aes-client": "phone"})
    said = {"user": "me", "favorite": True}
    assert client.ask("PUT", f"/api/v1/photos/{photos[1]}/decision", said).status == 200
    page.wait_for_timeout(1200)  # sooner nobody turns from one device to the other
    page.keyboard.press("ArrowRight")
    expect(page.locator(".photo-page")).to_have_attribute("data-favorite", "1")


def test_an_undo_on_the_next_photo_shows_on_the_one_that_was_left(
    page: Page, place: Place, photos: list[str]
) -> None:
    page.keyboard.press("p")
    drained(page)
    page.keyboard.press("ArrowRight")
    on(page, photos[1])
    until(page, lambda: place.pages.ahead[photos[0]], "the photo before is fetched")
    page.keyboard.press("Control+z")
    page.keyboard.press("ArrowLeft")
    on(page, photos[0])
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "none")
    drained(page)
    assert place.stands() == {}


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, "<form>token</form>"), (200, "<h1>Welcome</h1>"), (404, "<p>nothing here</p>")],
)
def test_what_is_not_a_photo_of_ours_is_never_kept(
    page: Page, place: Place, status: int, body: str
) -> None:
    order = opened(page)
    gate = place.pages.gate(order[2], status, body)
    gate.open()
    page.keyboard.press("ArrowRight")
    on(page, order[1])
    until(page, lambda: gate.asked["cors"], "it is fetched")
    place.pages.gates.clear()
    page.keyboard.press("ArrowRight")
    on(page, order[2])


def test_another_persons_page_is_not_kept(page: Page, place: Place) -> None:
    """Whoever else has chosen a profile in this browser meanwhile."""
    order = opened(page)
    other = page.context.new_page()
    visit(other, "/")
    other.get_by_label("Profile").fill("uma")
    with other.expect_navigation():
        other.keyboard.press("Enter")
    ready(other)
    page.keyboard.press("ArrowRight")
    on(page, order[1])
    page.keyboard.press("ArrowRight")
    on(page, order[2])
    page.keyboard.press("p")
    drained(page)
    expect(page.get_by_label("Profile")).to_have_value("me")
    assert place.stands("uma") == {}
    assert place.stands() == {order[2]: ("pick", None, False)}


def test_who_saves_data_is_sent_nothing_ahead(page: Page, place: Place) -> None:
    page.add_init_script(SAVES_DATA)
    order = opened(page)
    page.keyboard.press("ArrowRight")
    on(page, order[1])
    expect(page.locator(".histogram-box svg")).to_be_visible()
    page.wait_for_timeout(500)
    assert not place.pages.ahead


def test_a_list_of_the_undecided_stays_as_it_was_when_a_photo_of_it_was_opened(
    client: Client, site: Site
) -> None:
    photo = next(iter(site.photos.values()))
    text = client.get(f"/photo/{photo}?choice=none&i=0").text
    address = text.partition('data-back="')[2].partition('"')[0]
    assert "as_of" not in address, "the gallery is asked for as it is then"
    links = [part.partition('"')[0] for part in text.split('href="/photo/')[1:]]
    queries = [parse_qs(urlsplit(link.replace("&amp;", "&")).query) for link in links]
    assert queries
    assert all(query["as_of"] for query in queries)
