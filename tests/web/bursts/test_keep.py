"""K keeps the current frame of a burst and rejects the rest; K and A go on to the next one."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from aesplugin.catalog.records import Preference
from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.client import Client
from tests.web.lines import Place, drained
from tests.web.shoots import Shoot, add_bracket
from tests.web.site import START


def on_burst(page: Page, photos: tuple[str, ...]) -> None:
    """This burst is shown."""
    expect(page.locator(".frame").first).to_have_attribute("data-photo", photos[0])
    expect(page.locator(".frame")).to_have_count(len(photos))


def open_burst(page: Page, photos: tuple[str, ...]) -> None:
    visit(page, f"/group/burst-{photos[0][:10]}?folder=")
    on_burst(page, photos)


def kept(photos: tuple[str, ...], *frames: int) -> dict[str, str]:
    """What stands of a burst where these frames were kept, and the others rejected."""
    return {key: "pick" if n in frames else "reject" for n, key in enumerate(photos)}


def send(client: Client, **step: object) -> dict[str, str]:
    """The answer to one step: what stands of its photos."""
    answer = client.ask("POST", "/api/v1/steps", {"steps": [{"id": uuid4().hex, **step}]})
    assert answer.status == 200 and answer.json["steps"][0]["error"] is None
    return {one["photo"]: one["choice"] for one in answer.json["steps"][0]["decisions"]}


def test_the_server_rejects_nothing_that_was_decided_or_loved_meanwhile(
    place: Place, made: Shoot
) -> None:
    client = Client(place.site.port, {"x-aes-client": "test"})
    burst = made.bursts[3]
    rated = [Preference(content_hash=burst[1], rating=4, source="sidecar")]
    place.workshop.catalog.people.prefer("me", rated)
    send(client, do="decide", photos=[burst[2]], favorite=True)
    send(client, do="decide", photos=[burst[3]], choice="pick")
    send(client, do="decide", photos=[burst[0]], choice="reject")
    step = {"id": uuid4().hex, "do": "keep", "picks": [[burst[0]]], "where": "here"}
    step["rejects"] = [[burst[1]], [burst[2], burst[4]], [burst[3]], [burst[5]]]
    assert send(client, **step) == send(client, **step)
    wanted = {burst[0]: "pick", burst[3]: "pick", burst[5]: "reject"}
    assert place.choices() == wanted
    assert send(client, do="undo") == {burst[0]: "reject", burst[5]: "none"}
    assert send(client, do="redo") == {burst[0]: "pick", burst[5]: "reject"}
    assert place.choices() == wanted


def test_one_key_decides_a_burst_and_the_next_one_comes(
    page: Page, place: Place, made: Shoot
) -> None:
    first, second, *_ = made.bursts
    open_burst(page, first)
    expect(page.locator("[data-place]")).to_have_text("Burst 1 of 4, 4 undecided")
    accessible(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("k")
    expect(page.locator("#toast")).to_have_text("1 kept, 4 rejected")
    on_burst(page, second)
    expect(page.locator("[data-place]")).to_have_text("Burst 2 of 4, 3 undecided")
    drained(page)
    assert place.choices() == kept(first, 1)
    assert place.steps() == 1
    page.keyboard.press("Control+z")
    expect(page.locator("#toast")).to_have_text(
        "1 pick, 4 rejects in the burst of 5 from BURST_01.jpg on undone"
    )
    on_burst(page, first)
    expect(page.locator(".frame.current")).to_have_attribute("data-photo", first[1])
    expect(page.locator("[data-place]")).to_have_text("Burst 1 of 4, 4 undecided")
    assert place.choices() == {}
    page.keyboard.press("Control+y")
    expect(page.locator("#toast")).to_contain_text("redone")
    assert place.choices() == kept(first, 1)
    keep(page, "burst-kept")


def test_the_button_does_what_the_key_does(page: Page, place: Place, made: Shoot) -> None:
    open_burst(page, made.bursts[1])
    page.locator(".frame").nth(2).focus()
    page.get_by_role("button", name="Keep this").click()
    on_burst(page, made.bursts[2])
    drained(page)
    assert place.choices() == kept(made.bursts[1], 2)


def test_what_was_picked_stays_and_what_is_loved_is_not_rejected(
    page: Page, place: Place, made: Shoot
) -> None:
    burst = made.bursts[3]
    people = place.workshop.catalog.people
    people.prefer("me", [Preference(content_hash=burst[6], rating=5, source="sidecar")])
    open_burst(page, burst)
    for key in ("p", "ArrowRight", "4", "ArrowRight", "f", "ArrowRight", "3", "ArrowRight", "x"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("k")
    on_burst(page, made.bursts[0])  # the first that is undecided, after the last
    drained(page)
    rejected = {burst[n]: "reject" for n in (3, 4, 7)}
    assert place.choices() == {burst[0]: "pick", burst[5]: "pick"} | rejected
    assert place.steps() == 6
    page.keyboard.press("Control+z")
    on_burst(page, burst)
    expect(page.locator("#toast")).to_contain_text("1 pick, 2 rejects in the burst of 8")


def test_a_rejected_frame_can_be_kept_after_all(page: Page, place: Place, made: Shoot) -> None:
    burst = made.bursts[1]
    open_burst(page, burst)
    page.keyboard.press("x")
    page.keyboard.press("k")
    on_burst(page, made.bursts[2])
    drained(page)
    assert place.choices() == kept(burst, 0)
    page.keyboard.press("Control+z")
    on_burst(page, burst)
    drained(page)
    assert place.choices() == {burst[0]: "reject"}


@pytest.mark.parametrize("slow", [0.0, 1.5])
def test_all_bursts_without_a_pause_and_then_it_says_so(
    page: Page, place: Place, made: Shoot, slow: float
) -> None:
    place.line.seconds = slow
    open_burst(page, made.bursts[0])
    for _ in made.bursts:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("k")
    on_burst(page, made.bursts[-1])
    expect(page.locator("#toast")).to_contain_text("No undecided burst is left")
    expect(page.locator("[data-place]")).to_have_text("Burst 4 of 4, none undecided")
    drained(page)
    wanted: dict[str, str] = {}
    for photos in made.bursts:
        wanted |= kept(photos, 1)
    assert place.choices() == wanted
    page.keyboard.press("k")
    expect(page.locator("#toast")).to_have_text(
        "This burst is decided already. No undecided burst is left"
    )
    for photos in reversed(made.bursts):
        page.keyboard.press("Control+z")
        on_burst(page, photos)
        expect(page.locator('.frame[data-choice="none"]')).to_have_count(len(photos))
    drained(page)
    assert place.choices() == {}


@pytest.mark.parametrize("key", ["k", "a"])
def test_a_key_that_is_held_down_decides_one_burst(
    page: Page, place: Place, made: Shoot, key: str
) -> None:
    open_burst(page, made.bursts[0])
    for _ in range(6):
        page.keyboard.down(key)  # again and again, as a keyboard repeats it
    page.keyboard.up(key)
    on_burst(page, made.bursts[1])
    drained(page)
    assert set(place.choices()) <= set(made.bursts[0])
    assert place.steps() == 1


def test_k_keeps_the_frame_that_is_held(page: Page, place: Place, made: Shoot) -> None:
    open_burst(page, made.bursts[0])
    for key in ("ArrowRight", "h", "ArrowRight", "k"):
        page.keyboard.press(key)
    on_burst(page, made.bursts[1])
    drained(page)
    assert place.choices() == kept(made.bursts[0], 1)


def test_what_was_taken_back_elsewhere_is_undecided_again(
    page: Page, place: Place, made: Shoot
) -> None:
    first, *_, last = made.bursts
    open_burst(page, first)
    for burst in made.bursts[:-1]:
        on_burst(page, burst)
        page.keyboard.press("k")
    on_burst(page, last)
    drained(page)
    phone = Client(place.site.port, {"x-aes-client": "test"})
    for photo in first:
        phone.ask("PUT", f"/api/v1/photos/{photo}/decision", {"user": "me", "choice": "none"})
    page.keyboard.press("b")
    on_burst(page, made.bursts[2])
    page.keyboard.press("n")
    on_burst(page, last)
    expect(page.locator("[data-place]")).to_have_text("Burst 4 of 4, 2 undecided")
    page.keyboard.press("k")
    on_burst(page, first)
    expect(page.locator("[data-place]")).to_have_text("Burst 1 of 4, 1 undecided")


@dataclass
class NoPreviews:
    """A server that makes none as long as it is waited for."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get("path", "").endswith("/preview.jpg"):
            return await self.app(scope, receive, send)
        while (await receive())["type"] != "http.disconnect":
            pass
        return None


def test_the_next_burst_does_not_wait_for_pictures_of_the_one_that_is_left(
    page: Page, place: Place, made: Shoot
) -> None:
    """A browser asks a server for six things at a time."""
    open_burst(page, made.bursts[2])
    place.line.pages.app = NoPreviews(place.line.pages.app)
    page.keyboard.press("n")
    on_burst(page, made.bursts[3])
    page.keyboard.press("k")
    on_burst(page, made.bursts[0])


@pytest.mark.parametrize("frame", range(8))
def test_any_frame_of_eight_is_kept_with_three_keys(
    page: Page, place: Place, made: Shoot, frame: int
) -> None:
    """Left and right go round; up and down by rows of four."""
    keys = {1: ["Right"], 2: ["Right"] * 2, 3: ["Down", "Left"], 4: ["Down"]}
    keys |= {5: ["Down", "Right"], 6: ["Left"] * 2, 7: ["Left"]}
    page.set_viewport_size({"width": 1600, "height": 1000})
    open_burst(page, made.bursts[3])
    pressed = [*(f"Arrow{one}" for one in keys.get(frame, [])), "k"]
    assert len(pressed) <= 3
    for key in pressed:
        page.keyboard.press(key)
    on_burst(page, made.bursts[0])
    drained(page)
    assert place.choices() == kept(made.bursts[3], frame)


def test_accepting_goes_on_and_comes_back(page: Page, place: Place, made: Shoot) -> None:
    open_burst(page, made.bursts[0])
    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("accepted")
    on_burst(page, made.bursts[1])
    drained(page)
    assert set(place.choices()) <= set(made.bursts[0]) and place.choices()
    page.keyboard.press("Control+z")
    on_burst(page, made.bursts[0])
    drained(page)
    assert place.choices() == {}


def test_keys_typed_while_the_next_burst_comes_are_of_it(
    page: Page, place: Place, made: Shoot
) -> None:
    first, second, third, _ = made.bursts
    place.pages.seconds = 0.5
    open_burst(page, first)
    for key in ("k", "ArrowRight", "k", "p"):
        page.keyboard.press(key)
    on_burst(page, third)
    expect(page.locator(".frame").first).to_have_attribute("data-choice", "pick")
    drained(page)
    assert place.choices() == kept(first, 0) | kept(second, 1) | {third[0]: "pick"}


def test_a_burst_stays_where_the_next_one_does_not_come(
    page: Page, place: Place, made: Shoot
) -> None:
    open_burst(page, made.bursts[0])
    place.pages.is_cut = True
    page.keyboard.press("k")
    expect(page.locator("#toast")).to_contain_text("The server does not answer")
    on_burst(page, made.bursts[0])
    drained(page)
    assert place.choices() == kept(made.bursts[0], 0)


def test_the_frames_of_a_series_are_never_rejected(
    browser: Browser, place: Place, made: Shoot
) -> None:
    bracket = add_bracket(made.site, START + timedelta(days=3, hours=1))
    with tab(browser, place.site.url) as page:
        visit(page, "/groups")
        page.locator(".group-list a", has_text="bracket").click()
        on_burst(page, bracket)
        ready(page)
        expect(page.get_by_role("button", name="Keep this")).to_have_count(0)
        expect(page.locator("[data-place]")).to_have_text("Series 4 of 5, 4 undecided")
        page.keyboard.press("k")
        expect(page.locator("#toast")).to_have_text(
            "Nothing rejected: these frames belong together, to be merged"
        )
        drained(page)
        assert place.choices() == {}
        open_burst(page, made.bursts[2])
        page.keyboard.press("k")
        on_burst(page, made.bursts[3])


def test_a_reload_while_the_server_is_away_forgets_no_burst(
    page: Page, place: Place, made: Shoot
) -> None:
    open_burst(page, made.bursts[0])
    place.line.is_cut = True
    for photos in made.bursts[1:3]:
        page.keyboard.press("k")
        on_burst(page, photos)
    page.reload()
    ready(page)
    expect(page.locator("[data-place]")).to_have_text("Burst 3 of 4, 2 undecided")
    page.keyboard.press("k")
    on_burst(page, made.bursts[3])
    page.keyboard.press("k")
    expect(page.locator("#toast")).to_contain_text("No undecided burst is left")
    page.reload()
    ready(page)
    for photos in reversed(made.bursts):
        page.keyboard.press("Control+z")
        on_burst(page, photos)
    place.line.is_cut = False
    drained(page)
    assert place.choices() == {}


def test_with_a_finger_on_a_phone(browser: Browser, place: Place, made: Shoot) -> None:
    context = browser.new_context(
        base_url=place.site.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    open_burst(page, made.bursts[1])
    page.locator(".frame").nth(2).scroll_into_view_if_needed()
    page.locator(".frame .viewer").nth(2).click()
    keep(page, "phone-keep")
    accessible(page)
    page.get_by_role("button", name="Keep this").click()
    on_burst(page, made.bursts[2])
    drained(page)
    assert place.choices() == kept(made.bursts[1], 2)
    context.close()


def test_n_means_nothing_where_there_are_no_bursts(page: Page, place: Place) -> None:
    visit(page, "/")
    for key in ("n", "b", "k"):
        page.keyboard.press(key)
    page.keyboard.press("Control+z")
    expect(page.locator("#toast")).to_have_text("Nothing to undo")
