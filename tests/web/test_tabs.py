"""Two tabs of one browser may belong to two people, and keep what they show when loaded anew."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web.chromium import ready, visit
from tests.web.lines import drained
from tests.web.site import Site


@pytest.fixture
def tabs(browser: Browser, site: Site) -> Iterator[tuple[Page, Page]]:
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    yield context.new_page(), context.new_page()
    context.close()


def become(page: Page, name: str) -> None:
    page.get_by_label("Profile").fill(name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    ready(page)
    expect(page.get_by_label("Profile")).to_have_value(name)


def is_still(page: Page, name: str) -> None:
    ready(page)
    expect(page.get_by_label("Profile")).to_have_value(name)
    assert page.locator('meta[name="user"]').get_attribute("content") == name


def test_each_tab_keeps_its_person(tabs: tuple[Page, Page], site: Site) -> None:
    one, two = tabs
    photo = site.photos["IMG_02.jpg"]
    visit(one, "/")
    become(one, "Zoë & Ünal")
    visit(two, "/")
    is_still(two, "Zoë & Ünal")  # a new tab begins with who was chosen last
    become(two, "bob; Path=/x")
    one.reload()
    is_still(one, "Zoë & Ünal")
    two.reload()
    is_still(two, "bob; Path=/x")
    one.get_by_role("link", name="Bursts").click()
    one.wait_for_url("**/groups")
    is_still(one, "Zoë & Ünal")
    for tab, name in ((two, "bob; Path=/x"), (one, "Zoë & Ünal")):
        visit(tab, f"/photo/{photo}")
        is_still(tab, name)
    one.keyboard.press("p")
    two.keyboard.press("x")
    for tab, choice in ((one, "pick"), (two, "reject"), (one, "pick")):
        tab.reload()
        ready(tab)
        expect(tab.locator(".photo-page")).to_have_attribute("data-choice", choice)
    one.go_back()
    is_still(one, "Zoë & Ünal")


def test_parts_of_a_page_are_for_its_person(tabs: tuple[Page, Page], site: Site) -> None:
    one, two = tabs
    photo = site.photos["IMG_05.jpg"]
    visit(one, "/")
    become(one, "eve")
    visit(two, "/")
    become(two, "fay")
    visit(one, f"/photo/{photo}")
    one.keyboard.press("p")
    visit(one, "/")
    two.reload()  # the cookie is fay's now
    ready(two)
    one.get_by_label("Decision").select_option("pick")
    expect(one.locator(".count")).to_have_text("1 picture")
    two.get_by_label("Decision").select_option("pick")
    expect(two.locator(".count")).to_have_text("0 pictures")


def test_a_tab_that_could_not_claim_its_page_in_time_loads_it_again(
    tabs: tuple[Page, Page], site: Site
) -> None:
    one, two = tabs
    visit(one, "/")
    become(one, "gil")
    one.context.add_cookies([{"name": "aes_user", "value": "hal", "url": site.url}])
    one.evaluate("window.aesTab.claim = () => {}")
    one.reload()
    is_still(one, "gil")
    visit(two, "/")
    is_still(two, "gil")


def test_cull_keeps_folder_number_and_strictness(tabs: tuple[Page, Page], site: Site) -> None:
    page, _ = tabs
    visit(page, "/cull")
    page.get_by_label("Folder").fill(str(site.folder))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/cull\?folder=[^&]+photos$"))
    page.get_by_label("keep exactly").fill("3")
    expect(page).to_have_url(re.compile("keep=3"))
    expect(page.locator('[data-count="pick"] strong')).to_have_text("3")
    page.get_by_label("Kind").select_option("all")
    expect(page).to_have_url(re.compile("kind=all"))
    page.reload()
    ready(page)
    expect(page.get_by_label("Folder")).to_have_value(str(site.folder))
    expect(page.get_by_label("keep exactly")).to_have_value("3")
    expect(page.get_by_label("Kind")).to_have_value("all")
    expect(page.locator('[data-count="pick"] strong')).to_have_text("3")
    page.get_by_label("keep exactly").fill("")
    page.get_by_label("Strictness").fill("0.9")
    expect(page).to_have_url(re.compile("strictness=0.9"))
    assert "keep" not in page.url
    page.locator(".proposals .tile").first.click()
    page.go_back()
    ready(page)
    expect(page.get_by_label("Strictness")).to_have_value("0.9")
    expect(page.get_by_label("Folder")).to_have_value(str(site.folder))


def test_a_page_that_was_made_before_another_tab_had_its_step_stored(
    tabs: tuple[Page, Page], site: Site
) -> None:
    one, two = tabs
    address = f"/photo/{site.photos['IMG_05.jpg']}"
    for tab in tabs:
        visit(tab, address)

    def late(route: Route) -> None:
        made = route.fetch()
        two.keyboard.press("p")
        drained(two)
        route.fulfill(response=made)

    one.route(f"**{address}", late)
    one.reload()
    ready(one)
    expect(one.locator(".photo-page")).to_have_attribute("data-choice", "pick")
