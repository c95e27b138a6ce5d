"""The gallery's search: by field, address, API and keyboard."""

import re

from playwright.sync_api import Page, expect

from tests.web.chromium import accessible, visit
from tests.web.client import Client
from tests.web.site import FRAMES, PHOTOS, Site

ALL = PHOTOS + FRAMES


def test_the_api_finds_photos(client: Client, site: Site) -> None:
    answer = client.get("/api/v1/photos?q=burst").json
    assert (answer["total"], answer["note"]) == (FRAMES, None)
    assert client.get("/api/v1/photos?q=burst+-01").json["total"] == FRAMES - 1
    assert client.get("/api/v1/photos?q=testcam&camera=Testcam+2").json["total"] == 4
    names = [photo["path"] for photo in client.get("/api/v1/photos?q=IMG_03").json["photos"]]
    assert names == [str(site.folder / "IMG_03.jpg")]
    assert client.get("/api/v1/photos?q=+").json["total"] == ALL


def test_a_misspelt_word_is_taken_for_the_nearest(client: Client) -> None:
    answer = client.get("/api/v1/photos?q=bursd").json
    assert (answer["total"], answer["note"]) == (FRAMES, "no “bursd”: showing “burst”")
    answer = client.get("/api/v1/photos?q=xylophone").json
    assert (answer["total"], answer["note"]) == (0, "no photo has “xylophone”")


def test_odd_searches_are_answered(client: Client) -> None:
    for odd in ("%22", "*", "NEAR(", "%00", "'%20OR%201=1", "%F0%9F%90%B6", "-", "%ED%B3%BF"):
        assert client.get(f"/api/v1/photos?q={odd}").json["total"] == 0
        assert client.get(f"/?q={odd}").status == 200
    long = client.get(f"/api/v1/photos?q={'x' * 10_000}")
    assert (long.status, "at most 500 characters" in long.json["error"]) == (422, True)
    many = client.get(f"/api/v1/photos?q={'x+' * 40}")
    assert (many.status, "at most 32" in many.json["error"]) == (422, True)
    assert "at most 500" in client.get(f"/?q={'x' * 10_000}").json["error"]


def test_results_follow_the_words(page: Page) -> None:
    visit(page, "/")
    page.keyboard.press("/")
    field = page.get_by_label("Find")
    expect(field).to_be_focused()
    page.keyboard.type("burst")
    expect(page.locator(".count")).to_have_text(f"{FRAMES} of {ALL} photos")
    expect(page.get_by_label("Sort by")).to_have_value("match")
    expect(page).to_have_url(re.compile(r"/\?q=burst$"))
    accessible(page)
    page.keyboard.type(" 03")
    expect(page.locator(".count")).to_have_text(f"1 of {ALL} photos")
    expect(page.locator(".tile .name")).to_have_text("BURST_03.jpg")
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_be_focused()
    expect(field).to_have_value("burst 03")
    page.go_back()  # the search was one step
    expect(page.locator(".count")).to_have_text(f"{ALL} photos")
    expect(page.get_by_label("Find")).to_have_value("")


def test_a_search_is_combined_with_filters_and_kept(page: Page) -> None:
    visit(page, "/?q=testcam&order=oldest")
    expect(page.get_by_label("Find")).to_have_value("testcam")
    expect(page.get_by_label("Sort by")).to_have_value("oldest")
    page.get_by_text("More filters").click()
    page.get_by_label("Camera").select_option("Testcam 2")
    expect(page.locator(".count")).to_have_text("4 of 4 photos")
    expect(page).to_have_url(re.compile(r"q=testcam"))
    page.locator(".tile").nth(1).click()
    expect(page.locator(".photo-page")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Find")).to_have_value("testcam")
    expect(page.locator(".tile")).to_have_count(4)


def test_the_nearest_word_is_said_on_the_page(page: Page) -> None:
    visit(page, "/?q=bursd")
    expect(page.locator(".count")).to_have_text(
        f"No “bursd”: showing “burst”. {FRAMES} of {ALL} photos"
    )
    visit(page, "/?q=xylophone")
    expect(page.locator(".empty")).to_contain_text("No photos match this search.")
    accessible(page)
    page.get_by_label("Find").fill("")
    expect(page.locator(".count")).to_have_text(f"{ALL} photos")
    expect(page.get_by_label("Sort by")).to_have_value("score")
