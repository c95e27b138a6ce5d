"""Accepting takes exactly the proposals that the page shows; undo and redo tell of them."""

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from aesplugin.decision import Choice
from tests.web.chromium import keep, ready, visit
from tests.web.site import FRAMES, Site

_numbers = itertools.count()


@pytest.fixture
def person(page: Page, site: Site) -> str:
    """Somebody who decided nothing yet."""
    name = f"person{next(_numbers)}"
    page.context.add_cookies([{"name": "aes_user", "value": name, "url": site.url}])
    return name


@pytest.fixture
def burst(page: Page, person: str) -> Page:
    visit(page, "/groups")
    page.locator(".group-list a").first.click()
    expect(page.locator(".frame")).to_have_count(FRAMES)
    ready(page)
    return page


def proposed(page: Page) -> dict[str, str]:
    """What stands under each frame."""
    return {
        str(frame.get_attribute("data-photo")): frame.locator(".proposal b").inner_text()
        for frame in page.locator(".frame").all()
    }


def decided(site: Site, person: str) -> dict[str, str]:
    found = site.workshop.catalog.people.decisions(person)
    return {key: d.choice.value for key, d in found.items() if d.choice is not Choice.NONE}


def stored(page: Page) -> None:
    """The server has confirmed everything."""
    left = "Object.keys(localStorage).filter(key => key.startsWith('aes:step:')).length"
    for _ in range(300):
        if page.evaluate(left) == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("steps wait")


@pytest.mark.parametrize("key", ["p", "x"])
@pytest.mark.parametrize("frame", range(FRAMES))
def test_the_rest_of_a_burst_goes_as_shown_whatever_was_decided_of_one(
    burst: Page, site: Site, person: str, key: str, frame: int
) -> None:
    shown = proposed(burst)
    photos = list(shown)
    expected = {photo: choice for photo, choice in shown.items() if choice in ("pick", "reject")}
    assert set(expected.values()) == {"pick", "reject"}, "else this shows nothing"
    for _ in range(frame):
        burst.keyboard.press("ArrowRight")
    burst.keyboard.press(key)
    burst.keyboard.press("a")
    expect(burst.locator("#toast")).to_contain_text("accepted")
    expected[photos[frame]] = {"p": "pick", "x": "reject"}[key]
    stored(burst)
    assert decided(site, person) == expected
    on_page = burst.locator(".frame").evaluate_all(
        "fs => fs.map(f => [f.dataset.photo, f.dataset.choice]).filter(([, c]) => c !== 'none')"
    )
    assert dict(on_page) == expected
    burst.keyboard.press("Control+z")
    expect(burst.locator("#toast")).to_contain_text("undone")
    burst.keyboard.press("Control+z")
    expect(burst.locator('.frame:not([data-choice="none"])')).to_have_count(0)


_NO_PICK = "no pick left: you rejected the proposed one"


def test_a_burst_that_is_left_without_a_pick_is_said(burst: Page) -> None:
    shown = list(proposed(burst).values())
    for frame, choice in enumerate(shown):
        if choice == "pick":
            burst.keyboard.press("x")
        if frame + 1 < len(shown):
            burst.keyboard.press("ArrowRight")
    burst.keyboard.press("a")
    expect(burst.locator("#toast")).to_contain_text("accepted. A burst has " + _NO_PICK)


def test_nothing_is_said_of_a_burst_that_has_another_pick(burst: Page) -> None:
    shown = list(proposed(burst).values())
    assert shown.count("pick") == 1
    for frame, choice in enumerate(shown):
        is_other = frame == (0 if shown[0] != "pick" else 1)
        if choice == "pick" or is_other:
            burst.keyboard.press("p" if is_other else "x")
        if frame + 1 < len(shown):
            burst.keyboard.press("ArrowRight")
    burst.keyboard.press("a")
    expect(burst.locator("#toast")).to_contain_text("accepted")
    assert _NO_PICK not in burst.locator("#toast").inner_text()


def test_the_cull_asks_first_where_a_burst_would_be_left_without_a_pick(
    page: Page, person: str
) -> None:
    visit(page, "/cull")
    kept = page.locator('section[aria-labelledby="h-pick"] .tile[href^="/group/"]').first
    kept.focus()
    page.keyboard.press("x")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Accept").click()
    assert len(asked) == 1 and asked[0].startswith("A burst has " + _NO_PICK)


def test_what_was_accepted_is_taken_back_and_made_again(
    burst: Page, site: Site, person: str
) -> None:
    burst.keyboard.press("a")
    stored(burst)
    accepted = decided(site, person)
    picks, rejects = (list(accepted.values()).count(one) for one in ("pick", "reject"))
    counts = f"{picks} pick{'s' * (picks > 1)}, {rejects} reject{'s' * (rejects > 1)}"
    where = f"in the burst of {FRAMES} from BURST_01.jpg on"
    for key, ending, stands in (
        ("Control+z", "undone", {}),
        ("Control+Shift+z", "redone", accepted),
        ("Control+z", "undone", {}),
        ("Control+y", "redone", accepted),
        ("Meta+z", "undone", {}),
        ("Meta+Shift+z", "redone", accepted),
    ):
        burst.keyboard.press(key)
        expect(burst.locator("#toast")).to_have_text(f"{counts} {where} {ending}")
        assert decided(site, person) == stands
        shown = burst.locator('.frame:not([data-choice="none"])')
        expect(shown).to_have_count(len(stands))
    burst.keyboard.press("Control+Shift+z")
    expect(burst.locator("#toast")).to_have_text("Nothing to redo")


def test_nothing_is_made_again_after_another_word(burst: Page, site: Site, person: str) -> None:
    burst.keyboard.press("p")
    burst.keyboard.press("Control+z")
    burst.keyboard.press("x")
    burst.keyboard.press("Control+Shift+z")
    expect(burst.locator("#toast")).to_have_text("Nothing to redo")
    assert list(decided(site, person).values()) == ["reject"]


def test_the_cull_is_accepted_as_shown(page: Page, site: Site, person: str) -> None:
    visit(page, "/cull")
    shown = {}
    for name in ("pick", "reject"):
        section = page.locator(f'section[aria-labelledby="h-{name}"] .tile')
        for tile in section.all():
            shown[str(tile.get_attribute("data-photo"))] = name
    assert set(shown.values()) == {"pick", "reject"}
    button = page.get_by_role("button", name="Accept")
    before = button.inner_text()
    page.keyboard.press("ArrowRight")
    focused = str(page.locator(":focus").get_attribute("data-photo"))
    page.keyboard.press("x" if shown[focused] == "pick" else "p")
    expect(button).not_to_have_text(before)
    told = button.inner_text()
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        button.click()
    expect(page).to_have_url(re.compile(r"/\?choice=pick$"))
    ready(page)
    expected = shown | {focused: "reject" if shown[focused] == "pick" else "pick"}
    assert decided(site, person) == expected
    del expected[focused]
    picks, rejects = (list(expected.values()).count(one) for one in ("pick", "reject"))
    assert told.startswith(f"Accept {picks} pick") and f" {rejects} reject" in told
    page.keyboard.press("Control+z")
    expect(page.locator("#toast")).to_contain_text("in the cull undone")
    assert len(decided(site, person)) == 1
    keep(page, "cull-taken-back")


@pytest.mark.parametrize("key", ["5", "4", "f"])
def test_what_was_loved_meanwhile_is_not_rejected(
    burst: Page, site: Site, person: str, key: str
) -> None:
    """The cull keeps what a person gave four stars or called a favourite, without a pick."""
    shown = proposed(burst)
    photos = list(shown)
    loved = next(photo for photo, choice in shown.items() if choice == "reject")
    for _ in range(photos.index(loved)):
        burst.keyboard.press("ArrowRight")
    burst.keyboard.press(key)
    burst.keyboard.press("a")
    stored(burst)
    expected = {k: choice for k, choice in shown.items() if choice != "can't tell" and k != loved}
    assert decided(site, person) == expected
    expect(burst.locator(f'[data-photo="{loved}"]')).to_have_attribute("data-choice", "none")
