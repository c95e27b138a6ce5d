"""The list of bursts: in order of time, how far each is decided, by keyboard, in parts."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.services.groups.frame import Group, GroupKind
from aesplugin.web.bursts import PAGE, Listed, listed, open_ones, place_of, window
from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.lines import Place, drained
from tests.web.shoots import Shoot, add_bracket
from tests.web.site import START


def names(page: Page) -> list[str]:
    links = page.locator(".group-list a").evaluate_all("all => all.map(one => one.dataset.burst)")
    return [str(one) for one in links]


def name(photos: tuple[str, ...]) -> str:
    return f"burst-{photos[0][:10]}"


def how_far(page: Page) -> list[str]:
    return page.locator(".how-far").all_inner_texts()


def test_in_order_of_time_with_what_is_decided(page: Page, place: Place, made: Shoot) -> None:
    visit(page, "/groups")
    assert names(page) == [name(photos) for photos in made.bursts]
    expect(page.locator("[data-bursts]")).to_have_text("4 groups, 4 undecided")
    accessible(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".group-list a:focus")).to_have_attribute(
        "data-burst", name(made.bursts[1])
    )
    page.keyboard.press("Enter")
    expect(page.locator(".frame")).to_have_count(len(made.bursts[1]))
    page.keyboard.press("k")
    expect(page.locator(".frame")).to_have_count(len(made.bursts[2]))
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    page.wait_for_url("**/groups?*")
    ready(page)
    expect(page.locator(".group-list a:focus")).to_have_attribute(
        "data-burst", name(made.bursts[2])
    )
    expect(page.locator(".how-far").nth(1)).to_have_text("decided")
    assert how_far(page) == ["", "decided", "1 of 3 decided", ""]
    drained(page)
    page.reload()
    ready(page)
    assert how_far(page) == ["", "decided", "1 of 3 decided", ""]
    expect(page.locator("[data-bursts]")).to_have_text("4 groups, 3 undecided")
    keep(page, "bursts")
    accessible(page)


def test_undecided_only_is_kept_on_the_way_in_and_back(
    page: Page, place: Place, made: Shoot
) -> None:
    first, second, third, last = made.bursts
    folder = quote(str(made.site.folder), safe="")
    visit(page, f"/groups?folder={folder}")
    page.keyboard.press("n")
    expect(page.locator(".frame")).to_have_count(len(first))
    page.keyboard.press("n")
    expect(page.locator(".frame")).to_have_count(len(second))
    page.keyboard.press("k")
    expect(page.locator(".frame")).to_have_count(len(third))
    page.keyboard.press("Escape")
    page.wait_for_url("**/groups?*")
    ready(page)
    drained(page)
    page.get_by_label("undecided only").check()
    page.wait_for_url("**undecided=1*")
    ready(page)
    assert names(page) == [name(one) for one in (first, third, last)]
    page.locator(".group-list a").first.click()
    expect(page.locator(".frame")).to_have_count(len(first))
    ready(page)
    assert f"folder={folder}&undecided=1" in page.url
    expect(page.locator("[data-place]")).to_have_text("Burst 1 of 4, 3 undecided")
    page.keyboard.press("b")
    expect(page.locator("#toast")).to_have_text("This is the first one")
    page.keyboard.press("n")
    expect(page.locator(".frame")).to_have_count(len(third))
    page.keyboard.press("b")
    expect(page.locator(".frame")).to_have_count(len(first))
    for photos in (third, last):
        page.keyboard.press("k")
        expect(page.locator(".frame")).to_have_count(len(photos))
    page.keyboard.press("k")
    expect(page.locator("#toast")).to_contain_text("No undecided burst is left")
    drained(page)
    page.keyboard.press("Escape")
    page.wait_for_url("**/groups?*")
    ready(page)
    expect(page.get_by_text("No undecided burst is left here")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#toast")).to_have_text("No undecided burst is left")
    page.get_by_text("Show all 4").click()
    expect(page.locator(".how-far.done")).to_have_count(4)


def test_what_the_server_does_not_know_yet_is_shown_in_the_list(
    page: Page, place: Place, made: Shoot
) -> None:
    visit(page, "/groups")
    place.line.is_cut = True
    page.keyboard.press("n")
    expect(page.locator(".frame")).to_have_count(len(made.bursts[0]))
    page.keyboard.press("k")
    expect(page.locator(".frame")).to_have_count(len(made.bursts[1]))
    page.keyboard.press("Escape")
    page.wait_for_url("**/groups?*")
    ready(page)
    assert how_far(page) == ["decided", "", "", ""]
    page.locator(".group-list a").first.focus()
    page.keyboard.press("n")
    expect(page.locator(".frame")).to_have_count(len(made.bursts[1]))


def test_a_series_is_nothing_to_decide(browser: Browser, place: Place, made: Shoot) -> None:
    add_bracket(made.site, START + timedelta(hours=20))
    with tab(browser, place.site.url) as page:
        visit(page, "/groups")
        assert how_far(page) == ["to be merged", "", "", "", ""]
        page.keyboard.press("n")
        expect(page.locator(".frame")).to_have_count(len(made.bursts[0]))
        page.keyboard.press("b")
        expect(page.locator("h1")).to_have_text("Bracket of 3")


def many(count: int, decided: set[int]) -> list[Listed]:
    groups = [
        Group(kind=GroupKind.BURST, members=(f"{n:010}a", f"{n:010}b"), reason="made")
        for n in range(count)
    ]
    return listed(groups, {key for n in decided for key in groups[n].members})


def test_every_burst_of_many_is_reached_part_by_part() -> None:
    every = many(3 * PAGE + 5, set())
    reached: list[str] = []
    start: int | None = 0
    while start is not None:
        part = window(every, start, only_open=False)
        reached += [one.group.id for one in part.shown]
        start = part.after
    assert reached == [one.group.id for one in every]
    assert window(every, 10**8, only_open=False).start == 3 * PAGE
    found = window(every, 0, every[PAGE + 7].group.id, only_open=False)
    assert (found.start, found.at) == (PAGE, every[PAGE + 7].group.id)
    assert open_ones(every, found) == (every[PAGE].group.id, every[2 * PAGE].group.id)


@pytest.mark.parametrize("at", [0, 5, 9])
def test_a_burst_that_is_not_listed_any_more_is_followed_by_the_next(at: int) -> None:
    every = many(10, {0, 5, 9})
    part = window(every, 0, every[at].group.id, only_open=True)
    assert (part.count, part.total, part.left) == (7, 10, 7)
    assert part.at == every[{0: 1, 5: 6, 9: 1}[at]].group.id


def test_a_list_with_nothing_left_or_nothing_at_all() -> None:
    done = many(3, {0, 1, 2})
    part = window(done, 0, done[1].group.id, only_open=True)
    assert (part.shown, part.at, part.left) == ((), None, 0)
    assert open_ones(done, part) == (None, None)
    assert window([], 0, "burst-1", only_open=False).shown == ()


def test_neighbours_are_those_of_the_list_as_it_is_filtered() -> None:
    every = many(6, {1, 3})
    plain = place_of(every, every[2].group.id)
    assert (plain.number, plain.total, plain.others) == (3, 6, 3)
    assert (plain.previous, plain.following) == (every[1].group.id, every[3].group.id)
    assert plain.ahead == tuple(every[n].group.id for n in (4, 5, 0))
    filtered = place_of(every, every[2].group.id, only_open=True)
    assert (filtered.previous, filtered.following) == (every[0].group.id, every[4].group.id)
