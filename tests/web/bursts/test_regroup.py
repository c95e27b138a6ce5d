"""S splits a burst, J joins it with the next one: for everybody, and it can be undone."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.bursts.test_keep import kept, on_burst, open_burst
from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.client import Client
from tests.web.lines import Place, drained
from tests.web.shoots import Shoot, add_bracket
from tests.web.site import START


def bursts(place: Place, folder: str = "") -> list[list[str]]:
    """As the API has them, in order of time."""
    client = Client(place.site.port, {"x-aes-client": "test"})
    return [one["photos"] for one in client.get(f"/api/v1/groups?folder={folder}").json]


def lists(*groups: Sequence[str]) -> list[list[str]]:
    return [list(one) for one in groups]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_burst_is_split_where_the_current_frame_is(page: Page, place: Place, made: Shoot) -> None:
    first, second, third, eight = made.bursts
    open_burst(page, eight)
    press(page, "ArrowRight", "ArrowRight", "ArrowRight", "s")
    on_burst(page, eight[:3])
    expect(page.locator("[data-place]")).to_have_text("Burst 4 of 5, 5 undecided")
    expect(page.locator(".burst-head")).to_contain_text("3 photos grouped by hand")
    accessible(page)
    keep(page, "burst-split")
    press(page, "ArrowRight", "k")
    on_burst(page, eight[3:])
    drained(page)
    assert place.choices() == kept(eight[:3], 1)
    assert bursts(place) == lists(first, second, third, eight[:3], eight[3:])
    press(page, "Control+z", "Control+z")
    expect(page.locator("#toast")).to_contain_text(
        "Split in the burst of 8 from day4_01.jpg on undone"
    )
    on_burst(page, eight)
    assert bursts(place) == lists(*made.bursts)
    press(page, "Control+Shift+z")
    expect(page.locator("#toast")).to_contain_text("from day4_01.jpg on redone")
    on_burst(page, eight[:3])
    drained(page)
    assert bursts(place) == lists(first, second, third, eight[:3], eight[3:])


def test_two_bursts_are_joined(page: Page, place: Place, made: Shoot) -> None:
    """They are of one day; those of two days are not."""
    eight = made.bursts[3]
    open_burst(page, eight)
    press(page, "ArrowRight", "ArrowRight", "s")
    on_burst(page, eight[:2])
    press(page, "j")
    on_burst(page, eight)
    expect(page.locator("[data-place]")).to_have_text("Burst 4 of 4, 4 undecided")
    drained(page)
    assert bursts(place) == lists(*made.bursts)
    press(page, "Control+z")
    expect(page.locator("#toast")).to_contain_text(
        "Join in the burst of 2 from day4_01.jpg on undone"
    )
    on_burst(page, eight[:2])
    press(page, "Control+z")
    on_burst(page, eight)
    press(page, "Control+y", "Control+y")
    expect(page.locator("#toast")).to_contain_text(
        "Join in the burst of 2 from day4_01.jpg on redone"
    )
    on_burst(page, eight)
    drained(page)
    assert place.choices() == {}
    assert place.steps() == 2


def test_the_buttons_do_what_the_keys_do(page: Page, place: Place, made: Shoot) -> None:
    four = made.bursts[1]
    open_burst(page, four)
    page.locator(".frame").nth(2).focus()
    page.get_by_role("button", name="Split here").click()
    on_burst(page, four[:2])
    page.get_by_role("button", name="Join with the next burst").click()
    on_burst(page, four)
    drained(page)
    assert bursts(place) == lists(*made.bursts)


@pytest.mark.parametrize(("at", "shown"), [(1, slice(1, None)), (2, slice(0, 2)), (3, slice(0, 3))])
def test_a_frame_that_is_left_alone_is_no_burst(
    page: Page, place: Place, made: Shoot, at: int, shown: slice
) -> None:
    four = made.bursts[1]
    open_burst(page, four)
    press(page, *["ArrowRight"] * at, "s")
    on_burst(page, four[shown])
    drained(page)
    parts = [part for part in (four[:at], four[at:]) if len(part) > 1]
    assert bursts(place) == lists(made.bursts[0], *parts, *made.bursts[2:])


def test_a_burst_of_two_falls_apart_and_the_next_one_comes(
    page: Page, place: Place, made: Shoot
) -> None:
    four = made.bursts[1]
    open_burst(page, four)
    press(page, "ArrowRight", "ArrowRight", "s", "ArrowRight", "s")
    on_burst(page, four[2:])
    drained(page)
    assert bursts(place) == lists(made.bursts[0], four[2:], *made.bursts[2:])
    press(page, "Control+z")
    on_burst(page, four[:2])


def test_keys_typed_before_it_is_stored_are_of_the_new_burst(
    page: Page, place: Place, made: Shoot
) -> None:
    """Else K would reject the frames that were split off."""
    eight = made.bursts[3]
    place.line.seconds = 1.0
    open_burst(page, eight)
    press(page, *["ArrowRight"] * 4, "s", "k")
    on_burst(page, eight[4:])
    drained(page)
    assert place.choices() == kept(eight[:4], 0)


def test_a_reload_while_the_server_is_away(page: Page, place: Place, made: Shoot) -> None:
    eight = made.bursts[3]
    open_burst(page, eight)
    place.line.is_cut = True
    press(page, *["ArrowRight"] * 4, "s", "k")
    expect(page.locator("#waiting")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    place.line.is_cut = False
    ready(page)
    on_burst(page, eight[4:])
    drained(page)
    assert place.choices() == kept(eight[:4], 0)


def test_what_cannot_be_joined_is_refused_in_a_line(page: Page, place: Place, made: Shoot) -> None:
    open_burst(page, made.bursts[2])
    press(page, "j", "k")
    expect(page.locator("#toast")).to_contain_text("photos of different folders are no burst")
    expect(page.locator("#toast")).to_contain_text("1 key typed for it not taken")
    on_burst(page, made.bursts[2])
    drained(page)
    assert place.choices() == {} and place.steps() == 0
    assert bursts(place) == lists(*made.bursts)
    open_burst(page, made.bursts[3])
    press(page, "s")
    expect(page.locator("#toast")).to_contain_text(
        "Go to the frame with which the next burst begins"
    )
    press(page, "j")
    expect(page.locator("#toast")).to_contain_text("no burst follows")


def test_a_series_stays_as_it_is(browser: Browser, place: Place, made: Shoot) -> None:
    bracket = add_bracket(made.site, START + timedelta(days=3, hours=1))
    client = Client(place.site.port, {"x-aes-client": "test"})
    with tab(browser, place.site.url) as page:
        visit(page, f"/group/bracket-{bracket[0][:10]}?folder=")
        press(page, "ArrowRight", "s")
        expect(page.locator("#toast")).to_contain_text("A bracket stays as it is")
        press(page, "j")
        expect(page.get_by_role("button", name="Split here")).to_have_count(0)
        drained(page)
    step = {"id": "group-0001", "do": "group", "photos": list(bracket[:2])}
    answer = client.ask("POST", "/api/v1/steps", {"steps": [step]}).json["steps"][0]
    assert answer["error"] == "a bracket of 3 is to be merged: a series stays as it is"


def test_selected_photos_are_one_burst(page: Page, place: Place, made: Shoot) -> None:
    """Also two of a burst, which leave the others there."""
    four = made.bursts[1]
    visit(page, "/?order=oldest&folder=" + str(place.site.folder / "day2"))
    page.locator(f'.tile[data-photo="{four[1]}"]').focus()
    press(page, "j")
    expect(page.locator("#toast")).to_contain_text("Select 2 or more photos")
    press(page, " ", "ArrowRight", " ")
    expect(page.locator("#selected-count")).to_have_text("2 selected")
    keep(page, "selection-group")
    press(page, "j")
    expect(page.locator("#toast")).to_have_text("One burst: 2 photos")
    drained(page)
    rest = [four[0], four[3]]
    assert sorted(bursts(place)[1:3]) == sorted([rest, list(four[1:3])])
    press(page, "Control+z")
    expect(page.locator("#toast")).to_have_text("Split undone")
    assert bursts(place) == lists(*made.bursts)


def test_the_list_shows_what_was_undone_on_it(page: Page, place: Place, made: Shoot) -> None:
    eight = made.bursts[3]
    open_burst(page, eight)
    press(page, *["ArrowRight"] * 4, "s")
    on_burst(page, eight[:4])
    press(page, "Escape")
    page.wait_for_url("**/groups?*")
    ready(page)
    expect(page.locator(".group-list a")).to_have_count(5)
    press(page, "Control+z")
    expect(page.locator(".group-list a")).to_have_count(4)
