"""The gallery sorted by a measured value: on the page and by the API."""

from playwright.sync_api import Page, expect

from tests.web.chromium import accessible, visit
from tests.web.client import Client


def _contrasts(client: Client, order: str) -> list[float]:
    photos = client.get(f"/api/v1/photos?order={order}-contrast&limit=500").json["photos"]
    return [photo["attributes"]["contrast"]["value"] for photo in photos]


def test_the_api_sorts_by_a_measure(client: Client) -> None:
    largest, smallest = _contrasts(client, "largest"), _contrasts(client, "smallest")
    assert largest == sorted(largest, reverse=True) and len(set(largest)) > 3
    assert smallest == sorted(largest)
    refused = client.get("/api/v1/photos?order=largest-dust")
    assert refused.status == 422 and "largest-contrast" in refused.json["error"]


def test_tiles_show_the_value_they_are_sorted_by(page: Page, client: Client) -> None:
    visit(page, "/")
    expect(page.locator(".tile .measure")).to_have_count(0)
    page.get_by_label("Sort by").select_option("contrast, largest first")
    first = page.locator(".tile .measure").first
    expect(first).to_have_text(f"{_contrasts(client, 'largest')[0]:.3g} %")
    expect(first).to_have_attribute("title", "contrast")
    accessible(page)
    page.locator(".tile").first.click()
    page.wait_for_url("**/photo/*order=largest-contrast*")
    expect(page.locator(".stage .next")).to_be_visible()
    expect(page.locator(".stage .prev")).to_have_count(0)  # the first of this order
