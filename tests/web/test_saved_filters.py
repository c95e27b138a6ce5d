"""Filters are saved under a name, shown on every device of a profile, and deleted with an undo."""

from playwright.sync_api import Page, expect

from tests.web.chromium import accessible, keep, ready, visit
from tests.web.client import Client
from tests.web.site import FRAMES, PHOTOS

ALL = PHOTOS + FRAMES


def _saved(client: Client, name: str, query: str) -> int:
    body = f"name={name}&query={query}".encode()
    form = {"content-type": "application/x-www-form-urlencoded", "x-aes-user": "ann"}
    return client.ask("POST", "/saved", body, form).status


def test_filters_are_saved_opened_deleted_and_restored(page: Page) -> None:
    visit(page, "/")
    page.get_by_label("Find").fill("burst")
    expect(page.locator(".count")).to_have_text(f"{FRAMES} of {ALL} photos")
    page.get_by_label("Sort by").select_option("oldest")
    expect(page.locator("[data-grid]")).to_have_attribute("data-query", "q=burst&order=oldest")
    page.get_by_text("Save these filters…").click()
    page.get_by_label("Name", exact=True).fill("Bursts & more")
    page.keyboard.press("Enter")
    saved = page.get_by_role("navigation", name="Saved filters")
    link = saved.get_by_role("link", name="Bursts & more")
    expect(link).to_have_attribute("aria-current", "true")
    expect(saved.get_by_role("status")).to_have_text("“Bursts & more” saved.")
    accessible(page)
    keep(page, "saved-filters")
    visit(page, "/")
    expect(link).not_to_have_attribute("aria-current", "true")
    link.click()
    expect(page.locator(".count")).to_have_text(f"{FRAMES} of {ALL} photos")
    expect(page.get_by_label("Sort by")).to_have_value("oldest")
    ready(page)
    page.get_by_role("button", name="Delete “Bursts & more”").click()
    expect(link).to_have_count(0)
    undo = saved.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(link).to_have_attribute("href", "/?q=burst&order=oldest")


def test_each_profile_has_its_own_on_every_browser(client: Client) -> None:
    assert _saved(client, "Best", "score_min=7%26as_of=3%26scored_by=5") == 200
    page = client.get("/", x_aes_user="ann").text
    assert 'data-saved="score_min=7.0"' in page
    assert 'data-saved="score_min=7.0"' not in client.get("/", x_aes_user="bob").text


def test_a_name_is_needed_and_replacing_can_be_undone(client: Client) -> None:
    assert _saved(client, "+", "stars=1") == 422
    assert _saved(client, "a%00b", "stars=1") == 422
    assert _saved(client, "Mine", "stars=1") == 200
    form = {"content-type": "application/x-www-form-urlencoded", "x-aes-user": "ann"}
    again = client.ask("POST", "/saved", b"name=Mine&query=stars%3D2", form).text
    assert "“Mine” saved." in again and "stars=1" in again and "Undo" in again
    gone = client.ask("DELETE", "/saved?name=never", headers={"x-aes-user": "ann"})
    assert gone.status == 200 and "Undo" not in gone.text


def test_a_camera_that_is_gone_is_named(page: Page) -> None:
    visit(page, "/?camera=Sold+one")
    expect(page.locator(".empty")).to_contain_text("No photo of the camera “Sold one”")
    expect(page.get_by_label("Camera")).to_have_value("Sold one")
    visit(page, "/?folder=/no/such")
    expect(page.locator(".empty")).to_contain_text("No photo of the folder /no/such is in")
    visit(page, "/?stars=5&camera=Testcam+1")
    expect(page.locator(".empty")).to_contain_text("No photos match")
    expect(page.locator(".empty")).not_to_contain_text("catalog")
