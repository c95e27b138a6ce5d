"""Photos are selected in the gallery by mouse, finger and keyboard, over all its windows."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.client import Client
from tests.web.large import large
from tests.web.lines import Place, drained
from tests.web.site import FRAMES, PHOTOS, Site

MANY = 5600
COUNT = "#selected-count"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with large(tmp_path_factory.mktemp("wide"), MANY) as place:
        yield place


@pytest.fixture
def far(browser: Browser, wide: Place) -> Iterator[Page]:
    """The large gallery, with nothing decided by this person."""
    with tab(browser, wide.site.url) as page:
        visit(page, "/")
        yield page


def selected(page: Page) -> list[str]:
    """Names of the selected tiles that the page holds."""
    return page.locator(".tile[data-selected] .name").all_inner_texts()


def is_told(page: Page, number: int) -> None:
    expect(page.locator(COUNT)).to_have_text(f"{number:,} selected" if number else "")


def test_a_plain_click_opens_and_one_with_ctrl_selects(page: Page) -> None:
    visit(page, "/")
    expect(page.locator("#selection")).to_be_hidden()
    page.locator("#t2").click(modifiers=["Control"])
    page.locator("#t4").click(modifiers=["Meta"])
    is_told(page, 2)
    expect(page.locator("#selection")).to_be_visible()
    assert len(page.context.pages) == 1
    for number in (2, 4):
        check = page.locator(f".cell:has(#t{number}) .check")
        expect(check).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#t2")).to_have_accessible_description("selected")
    keep(page, "selected")
    accessible(page)
    page.locator("#t2").click(modifiers=["Control"])
    is_told(page, 1)
    expect(page.locator("#t2")).to_have_accessible_description("")
    page.locator("#t3").click()
    expect(page).to_have_url(re.compile("/photo/"))


def test_the_check_mark_shows_on_hover_and_on_focus_and_selects(page: Page) -> None:
    visit(page, "/")
    check = page.locator(".cell:has(#t1) .check")
    expect(check).to_have_css("opacity", "0")
    page.locator("#t1").focus()
    expect(check).to_have_css("opacity", "1")
    page.locator("#t5").hover()
    hovered = page.locator(".cell:has(#t5) .check")
    expect(hovered).to_have_css("opacity", "1")
    hovered.click()
    is_told(page, 1)
    page.locator(".cell:has(#t7) .check").click(modifiers=["Shift"])
    is_told(page, 3)
    expect(page.locator("#t7")).to_be_focused()


def test_a_range_from_the_last_one(page: Page) -> None:
    visit(page, "/")
    page.locator("#t9").click(modifiers=["Control"])
    page.locator("#t3").click(modifiers=["Control"])
    page.locator("#t6").click(modifiers=["Shift"])
    is_told(page, 5)
    page.locator("#t1").click(modifiers=["Shift"])
    is_told(page, 4)  # 1 to 3, and 9
    expect(page.locator("#t5")).not_to_have_attribute("data-selected", "")
    page.keyboard.press("Escape")
    is_told(page, 0)
    expect(page.locator("#selection")).to_be_hidden()


def test_by_keyboard_alone(page: Page) -> None:
    visit(page, "/")
    page.keyboard.press("ArrowRight")  # on the first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    is_told(page, 1)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    is_told(page, 4)
    expect(page.locator("#t4")).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    is_told(page, 3)
    columns = int(page.locator(".grid").evaluate("g => g.style.getPropertyValue('--columns')"))
    page.keyboard.press("Shift+ArrowDown")
    is_told(page, 3 + columns)
    page.keyboard.press("Space")
    is_told(page, 2 + columns)
    page.keyboard.press("Control+a")
    is_told(page, PHOTOS + FRAMES)
    page.keyboard.press("Escape")
    is_told(page, 0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/photo/"))


def test_keys_that_select_leave_fields_alone(page: Page) -> None:
    visit(page, "/")
    profile = page.get_by_label("Profile")
    profile.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("a b")
    is_told(page, 0)
    expect(profile).to_have_value("a b")


def test_it_stays_over_a_photo_a_reload_and_another_order(page: Page) -> None:
    visit(page, "/")
    for number in (1, 4, 5):
        page.locator(f"#t{number}").click(modifiers=["Control"])
    names = selected(page)
    page.locator("#t8").click()
    page.wait_for_url("**/photo/*")
    ready(page)
    page.keyboard.press("p")  # about this photo, and none of the selected
    expect(page.locator("#toast")).to_have_text("Picked")
    page.keyboard.press("Control+z")
    drained(page)
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"/\?"))
    is_told(page, 3)
    assert selected(page) == names
    page.reload()
    is_told(page, 3)
    page.get_by_label("Sort by").select_option("lowest")
    expect(page.locator(".tile .name").first).to_have_text("IMG_11.jpg")
    is_told(page, 3)
    assert selected(page) == names[::-1]


@pytest.mark.parametrize("choice", ["none", "pick"])
def test_another_filter_forgets_it(page: Page, choice: str) -> None:
    visit(page, "/")
    page.keyboard.press("Control+a")
    is_told(page, PHOTOS + FRAMES)
    page.get_by_label("Decision").select_option(choice)
    expect(page).to_have_url(re.compile("choice="))
    is_told(page, 0)
    expect(page.locator("#selection")).to_be_hidden()
    page.get_by_label("Decision").select_option("")
    expect(page.locator(".tile")).to_have_count(PHOTOS + FRAMES)
    is_told(page, 0)
    visit(page, "/")
    is_told(page, 0)


def test_it_is_of_one_tab_and_one_person(page: Page, site: Site) -> None:
    visit(page, "/")
    page.keyboard.press("Control+a")
    is_told(page, PHOTOS + FRAMES)
    other = page.context.new_page()
    visit(other, "/")
    is_told(other, 0)
    page.get_by_label("Profile").fill("somebody else")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    ready(page)
    is_told(page, 0)


def test_what_no_longer_matches_is_not_selected_after_a_reload(page: Page, site: Site) -> None:
    page.context.add_cookies([{"name": "aes_user", "value": "mia", "url": site.url}])
    visit(page, "/?choice=none")
    for number in (0, 1, 2):
        page.locator(f"#t{number}").click(modifiers=["Control"])
    kept = page.locator("#t2 .name").inner_text()
    page.keyboard.press("Escape")
    page.locator("#t0").focus()
    page.keyboard.press("p")
    page.locator("#t1").focus()
    page.keyboard.press("x")
    drained(page)
    for number in (0, 1, 2):
        page.locator(f"#t{number}").click(modifiers=["Control"])
    page.reload()
    is_told(page, 1)
    assert selected(page) == [kept]


def test_a_finger_that_rests_on_a_tile_selects_it(browser: Browser, site: Site) -> None:
    phone = browser.new_context(
        base_url=site.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    visit(page, "/")
    box = page.locator("#t1").bounding_box()
    assert box is not None
    finger = phone.new_cdp_session(page)
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 30}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    is_told(page, 1)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    is_told(page, 1)
    check = page.locator(".cell:has(#t2) .check")
    expect(check).to_have_css("opacity", "1")  # without a mouse it always shows
    check.click()
    is_told(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep(page, "selected-phone")
    accessible(page)
    assert "/photo/" not in page.url
    phone.close()


def test_far_ranges_are_asked_of_the_server(far: Page, wide: Place) -> None:
    far.locator("#t3").click(modifiers=["Control"])
    far.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    far.locator("#t2800").click(modifiers=["Shift"])
    is_told(far, 2798)
    far.evaluate("scrollBy(0, 400)")
    expect(far.locator("#t3")).to_have_count(0)  # its window went
    far.evaluate("scrollTo(0, 0)")
    expect(far.locator("#t3")).to_have_attribute("data-selected", "")
    expect(far.locator("#t2")).not_to_have_attribute("data-selected", "")


def test_all_that_match_as_far_as_a_step_reaches(far: Page, wide: Place) -> None:
    far.keyboard.press("Control+a")
    is_told(far, 5000)
    expect(far.locator("#toast")).to_have_text(
        "No more than 5,000 photos can be selected: a step takes no more"
    )
    far.locator("#t1").click(modifiers=["Control"])
    is_told(far, 4999)
    visit(far, "/?camera=Beta")
    total = int(str(far.locator("[data-grid]").get_attribute("data-total")))
    far.keyboard.press("Control+a")
    is_told(far, total)


def test_keys_typed_while_a_range_is_asked_for_are_of_it(far: Page, wide: Place) -> None:
    far.keyboard.press("Control+a")
    far.keyboard.press("4")
    far.keyboard.press("Control+z")
    drained(far)
    expect(far.locator("#toast")).to_have_text("5000 star ratings undone")
    assert wide.stands() == {}


@pytest.mark.parametrize("query", ["offset=-1", "limit=0", "limit=5001", "offset=x"])
def test_a_range_out_of_bounds_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"/hashes?{query}")
    assert answer.status == 422
    assert set(answer.json) == {"error"}


def test_ranges_and_places_by_themselves(client: Client, site: Site) -> None:
    every = client.get("/hashes").json["photos"]
    assert len(every) == PHOTOS + FRAMES
    part = client.get("/hashes?offset=3&limit=4").json
    assert (part["photos"], part["decisions"]) == (every[3:7], [])
    assert client.get("/hashes?offset=9999").json["photos"] == []
    places = client.ask("POST", "/hashes", {"photos": [every[5], every[2], "0" * 64]}).json[
        "places"
    ]
    assert places == {every[2]: 2, every[5]: 5}
    for body in ({"photos": ["x"]}, {"photos": "no"}, {}, {"photos": ["0" * 64] * 5001}):
        assert client.ask("POST", "/hashes", body).status == 422
