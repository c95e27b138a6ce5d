"""Photos appear while scoring runs, and those that one looks at stay where they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.scoring import BATCH, Scoring, photographed, scoring

PHOTOS = 20


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Scoring]:
    photographed(tmp_path / "photos", PHOTOS)
    with scoring(tmp_path) as found:
        yield found


@pytest.fixture
def page(browser: Browser, made: Scoring) -> Iterator[Page]:
    with tab(browser, made.url) as opened:
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
        assert problems == []


def names(page: Page) -> list[str]:
    return page.locator(".tile .name").all_inner_texts()


def test_a_first_visit_becomes_the_gallery_and_photos_come_when_asked_for(
    page: Page, made: Scoring
) -> None:
    visit(page, "/")
    page.get_by_role("button", name="Score photos").click()
    line = page.locator("[data-arriving]")
    expect(line).to_contain_text(f"Scoring 0 of {PHOTOS}")
    keep(page, "scoring-first")
    made.gate.let(BATCH)
    expect(page.locator(".tile")).to_have_count(BATCH)
    ready(page)
    expect(line).to_contain_text(f"Scoring {BATCH} of {PHOTOS}")
    before = names(page)
    page.keyboard.press("ArrowRight")
    chosen = page.locator(":focus").get_attribute("data-photo")
    page.keyboard.press("p")
    made.gate.let(2 * BATCH)
    button = page.get_by_role("button", name=f"Show {2 * BATCH} new photos")
    expect(button).to_be_visible()
    assert names(page) == before, "nothing moves by itself"
    expect(line.get_by_role("link")).to_have_attribute("href", "/progress")
    keep(page, "new-photos")
    accessible(page)
    button.click()
    expect(page.locator(".tile")).to_have_count(3 * BATCH)
    expect(page.locator(f'[data-photo="{chosen}"]')).to_have_attribute("data-choice", "pick")
    expect(button).to_be_hidden()
    made.gate.let(PHOTOS)
    expect(line).to_contain_text("Scoring has ended")
    page.get_by_role("button", name=f"Show {PHOTOS - 3 * BATCH} new photos").click()
    expect(page.locator(".tile")).to_have_count(PHOTOS)
    assert "scored_by" not in page.url


def test_one_goes_on_from_photo_to_photo_while_others_come(page: Page, made: Scoring) -> None:
    number = made.start()
    made.score(number, 2 * BATCH)
    visit(page, "/")
    expect(page.locator(".tile")).to_have_count(2 * BATCH)
    order = page.locator(".tile").evaluate_all("ts => ts.map(t => t.dataset.photo)")
    page.locator(".tile").nth(1).click()
    page.wait_for_url("**/photo/*")
    ready(page)
    made.score(number, 4 * BATCH)
    for photo in order[2:]:
        page.keyboard.press("ArrowRight")
        expect(page.locator(".photo-page")).to_have_attribute("data-photo", photo)
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_attribute("data-photo", order[-1])
    expect(page.get_by_role("button", name=f"Show {2 * BATCH} new photos")).to_be_visible()


def test_the_photo_one_is_at_stays_in_place(page: Page, made: Scoring) -> None:
    made.score(made.start(), 2 * BATCH)
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, "/?order=lowest")
    expect(page.locator(".tile")).to_have_count(2 * BATCH)
    last = page.locator(".tile").last
    photo = last.get_attribute("data-photo")
    last.focus()
    made.gate.let(PHOTOS)
    page.get_by_role("button", name=f"Show {PHOTOS - 2 * BATCH} new photos").dispatch_event("click")
    expect(page.locator(":focus")).to_have_attribute("data-photo", photo or "")
    expect(page.locator(":focus")).to_be_in_viewport()
    keep(page, "new-photos-phone")
    accessible(page)


def test_they_are_asked_for_again_after_the_server_was_away(page: Page, made: Scoring) -> None:
    number = made.start()
    made.score(number, BATCH)
    visit(page, "/")
    made.score(number, 2 * BATCH)
    button = page.get_by_role("button", name=f"Show {BATCH} new photos")
    expect(button).to_be_visible()
    for broken in ("abort", "fail"):
        answer = {
            "abort": lambda route: route.abort(),
            "fail": lambda route: route.fulfill(status=500),
        }
        page.route(lambda url: url.split("?")[0] == f"{made.url}/", answer[broken], times=1)
        button.click()
        expect(page.locator("#toast")).to_contain_text("the new photos are not shown yet")
        page.evaluate("document.getElementById('toast').hidden = true")
    expect(page.locator(".tile")).to_have_count(BATCH)
    button.click()
    expect(page.locator(".tile")).to_have_count(2 * BATCH)


def test_scoring_starts_with_the_token_of_a_new_server(page: Page, made: Scoring) -> None:
    """The page is left open while the server is started anew."""
    visit(page, "/")
    button = page.get_by_role("button", name="Score photos")
    expect(button).to_be_enabled()
    page.evaluate(
        """document.querySelector('meta[name="csrf"]').content = 'of the server before'"""
    )
    button.click()
    expect(page.locator("[data-arriving]")).to_contain_text(f"Scoring 0 of {PHOTOS}")


def test_what_is_selected_stays_selected(page: Page, made: Scoring) -> None:
    number = made.start()
    made.score(number, 2 * BATCH)
    visit(page, "/")
    expect(page.locator(".tile")).to_have_count(2 * BATCH)
    chosen = [page.locator(".tile").nth(place) for place in (1, 4)]
    photos = {tile.get_attribute("data-photo") for tile in chosen}
    for tile in chosen:
        tile.click(modifiers=["Control"])
    made.score(number, 4 * BATCH)
    page.get_by_role("button", name=f"Show {2 * BATCH} new photos").click()
    expect(page.locator(".tile")).to_have_count(4 * BATCH)
    page.keyboard.press("x")
    rejected = page.locator('.tile[data-choice="reject"]')
    expect(rejected).to_have_count(2)
    assert {tile.get_attribute("data-photo") for tile in rejected.all()} == photos


def test_a_folder_without_photos_is_told_on_the_first_page(page: Page, made: Scoring) -> None:
    (made.folder / "empty").mkdir()
    visit(page, "/")
    made.client.ask("POST", "/api/v1/jobs", {"paths": [str(made.folder / "empty")]})
    expect(page.locator("[data-arriving]")).to_contain_text("contains no photos")
    expect(page.locator("[data-choose]")).to_be_visible()


@pytest.mark.parametrize("value", ["0", "-5", "x", "9" * 30, "1e9", ""])
def test_any_moment_in_the_address_is_taken(made: Scoring, value: str) -> None:
    for path in ("/", "/tiles", "/arrived"):
        answer = made.client.get(f"{path}?scored_by={value}")
        assert answer.status == 200, answer.text
