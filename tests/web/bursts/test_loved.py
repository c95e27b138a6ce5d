"""A frame that the person loves is not rejected by K, however the love is known to the page."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, event

from aesplugin.catalog.records import Preference
from aesplugin.decision import Choice, Decision
from aesplugin.web.said import Said
from tests.web.chromium import ready, tab, visit
from tests.web.client import Client
from tests.web.lines import Place, drained
from tests.web.shoots import Shoot
from tests.web.test_one_fate import Pair, pair  # noqa: F401 - a fixture


def address(photos: tuple[str, ...]) -> str:
    return f"/group/burst-{photos[0][:10]}?folder="


@pytest.mark.parametrize(("given", "taken"), [("f", "f"), ("5", "0"), ("4", "2")])
def test_a_love_taken_back_after_a_reload_is_gone(
    browser: Browser, place: Place, made: Shoot, given: str, taken: str
) -> None:
    burst = made.bursts[1]
    with tab(browser, place.site.url) as page:
        visit(page, address(burst))
        page.keyboard.press("ArrowRight")
        page.keyboard.press(given)
        drained(page)
        page.reload()
        ready(page)
        page.keyboard.press("ArrowRight")
        page.keyboard.press(taken)
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("k")
        expect(page.locator("#toast")).to_have_text("1 kept, 3 rejected")
        drained(page)
    assert place.choices() == {burst[0]: "pick"} | dict.fromkeys(burst[1:], "reject")


def test_a_love_taken_back_is_gone_from_the_list_of_bursts(
    browser: Browser, place: Place, made: Shoot
) -> None:
    burst = made.bursts[2]
    client = Client(place.site.port, {"x-aes-client": "test"})
    step = {"id": "love-0001", "do": "decide", "photos": list(burst), "favorite": True}
    assert client.ask("POST", "/api/v1/steps", {"steps": [step]}).status == 200
    with tab(browser, place.site.url) as page:
        visit(page, "/groups")
        expect(page.locator(".how-far").nth(2)).to_have_text("decided")
        page.keyboard.press("Control+z")
        expect(page.locator(".how-far").nth(2)).not_to_have_text("decided")


def test_the_stars_of_a_raw_keep_its_jpeg(browser: Browser, pair: Pair) -> None:  # noqa: F811
    place = pair.place
    rated = [Preference(content_hash=pair.raw, rating=5, source="sidecar")]
    place.workshop.catalog.people.prefer("me", rated)
    with tab(browser, place.site.url) as page:
        open_first(page)
        page.keyboard.press("k")
        expect(page.locator("#toast")).to_contain_text("2 kept, 3 rejected")
        drained(page)
        assert set(pair.stands) == {""}
        visit(page, "/groups")
        expect(page.locator(".how-far").first).to_have_text("decided")


def open_first(page: Page) -> None:
    visit(page, "/groups")
    page.locator(".group-list a").first.click()
    expect(page.locator(".frame").first).to_be_visible()
    ready(page)


def test_a_burst_page_reads_what_was_said_of_everything_once(place: Place, made: Shoot) -> None:
    client = Client(place.site.port, {"x-aes-client": "test"})
    whole: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        is_read = "judgements.user_name = ?" in statement and "judgements.source" in statement
        if statement.startswith("SELECT") and is_read and "content_hash IN" not in statement:
            whole.append(statement)

    assert client.ask("GET", address(made.bursts[0])).status == 200  # the groups are known now
    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.ask("GET", address(made.bursts[0])).status == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(whole) <= 8  # four reads for the page, and four for the person's taste


def test_what_is_decided_or_told_by_the_photo_itself_is_not_marked_as_loved() -> None:
    """A step may be stored while a page is made: what was read together has to agree."""

    def word(key: str, **told: Any) -> dict[str, Decision]:
        return {key: Decision(content_hash=key, user="me", **told)}

    own = {
        **word("picked", choice=Choice.PICK),
        **word("rejected", choice=Choice.REJECT),
        **word("starred", stars=5),
        **word("cleared"),
    }
    rated = word("rated", choice=Choice.PICK) | word("starred", stars=5, choice=Choice.PICK)
    said = Said(own, own | rated, {"cleared": ("rated",)})
    assert said.settled_unseen([*own, "rated", "unknown"]) == {"rated", "cleared"}
