"""Decisions by key outrun the server, the page, the connection: none is lost, none counts twice."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.chromium import accessible, keep, ready, visit
from tests.web.lines import NOTHING, Line, Place, Stands, drained, serving
from tests.web.site import build

KEYS = "pxu123450f"


@pytest.fixture
def opened(browser: Browser, place: Place) -> Iterator[Callable[[], Page]]:
    """Opens tabs of one browser."""
    context = browser.new_context(base_url=place.site.url)
    context.set_default_timeout(30_000)
    yield context.new_page
    context.close()


@dataclass
class Typist:
    """Types on the gallery's tiles, and knows what must stand afterwards."""

    page: Page
    seed: int
    stands: dict[str, Stands] = field(default_factory=dict)
    steps: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def type(self, count: int) -> None:
        """`count` keys without any pause, decisions and arrows between."""
        photos = self.page.locator(".tile").evaluate_all("ts => ts.map(t => t.dataset.photo)")
        at = 0
        keys = ["ArrowRight"]  # focuses the first
        for _ in range(count):
            key = self.dice.choice(KEYS)
            keys.append(key)
            self._know(photos[at], key)
            if self.dice.random() < 0.6 and at + 1 < len(photos):
                keys.append("ArrowRight")
                at += 1
            elif at + 1 == len(photos):
                keys += ["ArrowLeft"] * at
                at = 0
        for key in keys:
            self.page.keyboard.press(key)

    def _know(self, photo: str, key: str) -> None:
        choice, stars, favorite = before = self.stands.get(photo, NOTHING)
        if key in "pxu":
            choice = {"p": "pick", "x": "reject", "u": "none"}[key]
        elif key == "f":
            favorite = not favorite
        else:
            stars = int(key) or None
        self.stands[photo] = (choice, stars, favorite)
        self.steps += self.stands[photo] != before

    @property
    def expected(self) -> dict[str, Stands]:
        return {photo: stands for photo, stands in self.stands.items() if stands != NOTHING}


@pytest.mark.parametrize("milliseconds", [0, 60, 300])
def test_two_hundred_keys_and_a_reload_in_the_middle(
    opened: Callable[[], Page], place: Place, milliseconds: int
) -> None:
    page = opened()
    visit(page, "/")
    typist = Typist(page, seed=milliseconds)
    place.line.seconds = milliseconds / 1000
    typist.type(100)
    page.reload()
    ready(page)
    typist.type(100)
    drained(page)
    assert place.stands() == typist.expected
    assert place.steps() == typist.steps, "each step once"
    shown = page.locator(".tile").evaluate_all(
        "ts => ts.map(t => [t.dataset.photo, t.dataset.choice, +t.dataset.stars || null,"
        " t.dataset.favorite === '1'])"
    )
    assert {p: (c, s, f) for p, c, s, f in shown if (c, s, f) != NOTHING} == typist.expected


def test_answers_that_are_lost_count_nothing_twice(
    opened: Callable[[], Page], place: Place
) -> None:
    page = opened()
    visit(page, "/")
    place.line.seconds, place.line.lost_answers = 0.05, 3
    typist = Typist(page, seed=5)
    typist.type(60)
    drained(page)
    assert place.stands() == typist.expected
    assert place.steps() == typist.steps
    for _ in range(10):  # undo is a step as well, and one of them is lost on its way back
        place.line.lost_answers = 1
        page.keyboard.press("Control+z")
    drained(page)
    assert place.steps() == typist.steps - 10


def test_the_page_left_at_once_by_a_link(opened: Callable[[], Page], place: Place) -> None:
    page = opened()
    place.line.seconds = 0.3
    photos = list(place.site.photos.values())
    for photo in photos[:6]:
        visit(page, f"/photo/{photo}")
        for key in "p4f":
            page.keyboard.press(key)
        page.goto("/progress")
    drained(page)
    assert place.stands() == dict.fromkeys(photos[:6], ("pick", 4, True))


def test_what_is_on_its_way_is_shown_by_the_next_page(
    opened: Callable[[], Page], place: Place
) -> None:
    page = opened()
    place.line.is_cut = True
    photo = place.site.photos["IMG_03.jpg"]
    visit(page, f"/photo/{photo}")
    page.keyboard.press("p")
    page.keyboard.press("4")
    expect(page.locator("#waiting")).to_contain_text("2 decisions wait for the server, kept in")
    expect(page.locator("#waiting")).to_contain_text("a proxy says no")
    accessible(page)
    keep(page, "waiting")
    visit(page, "/")
    tile = page.locator(f'[data-photo="{photo}"]')
    expect(tile).to_have_attribute("data-choice", "pick")
    expect(tile).to_have_attribute("data-stars", "4")
    assert place.stands() == {}
    place.line.is_cut = False
    drained(page)
    expect(page.locator("#waiting")).to_be_hidden()
    assert place.stands() == {photo: ("pick", 4, False)}


def test_offline_and_back(opened: Callable[[], Page], place: Place) -> None:
    page = opened()
    visit(page, "/")
    page.context.set_offline(True)
    typist = Typist(page, seed=9)
    typist.type(40)
    page.keyboard.press("Control+z")
    expect(page.locator("#waiting")).to_contain_text("the server does not answer")
    page.context.set_offline(False)
    drained(page)
    assert place.steps() == typist.steps - 1
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#toast")).to_contain_text("redone")
    assert place.stands() == typist.expected


def test_a_closed_tab_keeps_them_for_the_next(opened: Callable[[], Page], place: Place) -> None:
    first = opened()
    visit(first, "/")
    place.line.is_cut = True
    typist = Typist(first, seed=8)
    typist.type(30)
    first.close()
    assert place.stands() == {}
    place.line.is_cut = False
    second = opened()
    visit(second, "/cull")
    drained(second)
    assert place.stands() == typist.expected


def test_two_tabs_share_the_queue_and_its_order(opened: Callable[[], Page], place: Place) -> None:
    photo = place.site.photos["IMG_02.jpg"]
    tabs = [opened(), opened()]
    for tab in tabs:
        visit(tab, f"/photo/{photo}")
    place.line.seconds = 0.2
    for number in range(20):
        tabs[number % 2].keyboard.press("px"[number % 2])
        tabs[number % 2].keyboard.press(str(1 + number % 5))
    for tab in tabs:
        drained(tab)
    assert place.stands() == {photo: ("reject", 5, False)}
    assert place.steps() == 40


def test_a_server_that_starts_anew_takes_what_waited(browser: Browser, tmp_path: Path) -> None:
    site = build(tmp_path)
    photo = site.photos["IMG_01.jpg"]
    context = browser.new_context()
    page = context.new_page()
    with serving(site) as place:
        page.goto(f"{place.site.url}/photo/{photo}")
        ready(page)
        port = place.site.port
        old = page.locator('meta[name="csrf"]').get_attribute("content")
    page.keyboard.press("p")
    page.keyboard.press("5")
    expect(page.locator("#waiting")).to_contain_text("2 decisions wait")
    line = Line(create_app(Desk(site.workshop, Access())))
    with served(line, port=port):
        drained(page)
        assert Place(site, line).stands() == {photo: ("pick", 5, False)}
        assert page.locator('meta[name="csrf"]').get_attribute("content") != old
    context.close()
    site.workshop.catalog.close()


def test_a_step_that_can_never_be_taken_is_told_and_stops_no_other(
    opened: Callable[[], Page], place: Place
) -> None:
    page = opened()
    photo = place.site.photos["IMG_01.jpg"]
    visit(page, f"/photo/{photo}")
    place.line.is_cut = True
    page.keyboard.press("p")
    mark = page.locator('meta[name="catalog"]').get_attribute("content")
    unknown = {"id": "a" * 32, "do": "decide", "user": "me", "photos": ["f" * 64], "choice": "pick"}
    strange = {"id": "b" * 32, "do": "dance", "user": "me"}
    for number, step in enumerate((unknown, strange, "no step", {})):
        text = json.dumps(step)
        page.evaluate(
            "([key, text]) => localStorage.setItem(key, text)",
            [f"aes:step:{mark}:0000000000000000{number}:x", text],
        )
    page.keyboard.press("3")
    place.line.is_cut = False
    drained(page)
    expect(page.locator("#toast")).to_contain_text("Not stored: ")
    assert place.stands() == {photo: ("pick", 3, False)}


def test_a_refused_decision_is_no_longer_shown(opened: Callable[[], Page], place: Place) -> None:
    """A name that no person can have: the page's own check passes it, the server's does not."""
    page = opened()
    photo = place.site.photos["IMG_01.jpg"]
    visit(page, f"/photo/{photo}")
    page.evaluate("document.querySelector('meta[name=\"user\"]').content = ' '")
    page.keyboard.press("p")
    expect(page.locator("#toast")).to_contain_text("Not stored: ")
    expect(page.locator(".photo-page")).to_have_attribute("data-choice", "none")


def test_another_catalog_at_the_same_address_gets_none_of_them(
    browser: Browser, tmp_path: Path
) -> None:
    first, second = build(tmp_path / "one"), build(tmp_path / "two")
    context = browser.new_context()
    page = context.new_page()
    with serving(first) as place:
        place.line.is_cut = True
        port = place.site.port
        page.goto(f"{place.site.url}/")
        ready(page)
        typist = Typist(page, seed=3)
        typist.type(10)
    for site, expected in ((second, {}), (first, typist.expected)):
        line = Line(create_app(Desk(site.workshop, Access())))
        with served(line, port=port):
            page.goto(f"http://127.0.0.1:{port}/")
            ready(page)
            if site is first:
                drained(page)
            page.wait_for_timeout(300)
            assert Place(site, line).stands() == expected
    context.close()
    for site in (first, second):
        site.workshop.catalog.close()


def test_those_that_wait_can_be_forgotten(opened: Callable[[], Page], place: Place) -> None:
    page = opened()
    visit(page, "/")
    place.line.is_cut = True
    Typist(page, seed=2).type(5)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Discard them").click()
    drained(page)
    place.line.is_cut = False
    page.reload()
    ready(page)
    assert place.stands() == {}


def test_without_a_storage_a_reload_is_warned_of(browser: Browser, place: Place) -> None:
    context = browser.new_context(base_url=place.site.url)
    page = context.new_page()
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    photo = place.site.photos["IMG_04.jpg"]
    visit(page, f"/photo/{photo}")
    place.line.is_cut = True
    page.keyboard.press("p")
    expect(page.locator("#waiting")).to_contain_text("cannot keep them: leave the page open")
    place.line.is_cut = False
    expect(page.locator("#waiting")).to_be_hidden()
    assert place.stands() == {photo: ("pick", None, False)}
    context.close()
