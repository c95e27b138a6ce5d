"""The page in a real Chromium, as a person uses it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.chromium import accessible, keep, ready, shown, visit
from tests.web.site import FRAMES, PHOTOS, Site


def tile_names(page: Page) -> list[str]:
    return page.locator(".tile .name").all_inner_texts()


def standing(page: Page, photo: str) -> tuple[str | None, str | None]:
    tile = page.locator(f'[data-photo="{photo}"]').first
    return tile.get_attribute("data-choice"), tile.get_attribute("data-stars")


def move_together(page: Page) -> None:
    """All viewers show the same place (asked from outside: the page's policy forbids eval).

    Called when they show the full pictures; one that is still empty stands nowhere.
    """
    places = """[...document.querySelectorAll('.viewer img')].map(image => {
      const box = image.parentElement.getBoundingClientRect();
      const shown = image.getBoundingClientRect();
      const right = (box.x + box.width / 2 - shown.x) / shown.width;
      const down = (box.y + box.height / 2 - shown.y) / shown.height;
      return `${right.toFixed(2)} ${down.toFixed(2)} ${shown.width.toFixed(0)}`;
    })"""
    for _ in range(100):
        if len(set(page.evaluate(places))) == 1:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(places))


def test_first_visit_and_gallery(page: Page) -> None:
    visit(page, "/")
    expect(page.locator(".tile")).to_have_count(PHOTOS + FRAMES)
    expect(page.locator(".count")).to_have_text(f"{PHOTOS + FRAMES} photos")
    expect(page.locator(".tile .name").first).to_have_text("BURST_01.jpg")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    keep(page, "help")
    page.keyboard.press("Escape")
    keep(page, "gallery")
    accessible(page)


def test_filter_changes_the_results_and_the_address(page: Page) -> None:
    visit(page, "/")
    page.get_by_text("More filters").click()
    page.get_by_label("Camera").select_option("Testcam 2")
    expect(page.locator(".count")).to_have_text("4 photos")
    expect(page).to_have_url(re.compile(r"\?camera=Testcam[^&]*$"))
    keep(page, "filter")
    accessible(page)
    page.reload()
    ready(page)
    expect(page.locator(".tile")).to_have_count(4)


def test_photo_page_tells_all_there_is(page: Page, site: Site) -> None:
    visit(page, "/")
    page.locator(".tile", has_text="IMG_01.jpg").click()
    expect(page.locator("h1")).to_have_text("IMG_01.jpg")
    ready(page)
    expect(page.locator(".suggestions li")).to_have_count(1)
    expect(page.locator(".measured tr").first).to_be_visible()
    expect(page.locator(".histogram path")).to_have_count(4)
    expect(page.locator(".exif")).to_contain_text("Testcam")
    keep(page, "photo")
    accessible(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_have_text("IMG_02.jpg")
    ready(page)
    page.keyboard.press("c")
    expect(page.locator("#crop p")).to_contain_text("crop")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/\?[^/]*#t\d+$"))


def test_decisions_by_keyboard_and_undo(page: Page, site: Site) -> None:
    visit(page, "/")
    page.keyboard.press("ArrowRight")
    first = page.locator(":focus").get_attribute("data-photo")
    assert first is not None
    page.keyboard.press("p")
    expect(page.locator("#toast")).to_have_text("Picked")
    page.keyboard.press("4")
    expect(page.locator("#toast")).to_have_text("★★★★")
    assert standing(page, first) == ("pick", "4")
    page.keyboard.press("ArrowRight")
    second = page.locator(":focus").get_attribute("data-photo")
    page.keyboard.press("x")
    expect(page.locator(f'[data-photo="{second}"]')).to_have_attribute("data-choice", "reject")
    keep(page, "decisions")
    accessible(page)
    for _ in range(3):
        page.keyboard.press("Control+z")
        expect(page.locator("#toast")).to_contain_text("undone")
    expect(page.locator("#toast")).to_have_text(re.compile("^Pick of .* undone$"))
    assert standing(page, first) == ("none", "0")
    page.reload()
    ready(page)
    assert standing(page, first) == ("none", "0")


def test_a_burst_is_culled_by_keyboard_only(page: Page, site: Site) -> None:
    visit(page, "/groups")
    expect(page.locator(".group-list li")).not_to_have_count(0)
    accessible(page)
    page.locator(".group-list a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".frame")).to_have_count(FRAMES)
    ready(page)
    expect(page.locator(".proposal").first).to_contain_text("Proposal")
    accessible(page)
    keep(page, "burst")
    page.keyboard.press("z")
    expect(page.locator(".viewer.at-full")).to_have_count(FRAMES)
    expect(page.locator('.viewer img[src$="/full.jpg"]')).to_have_count(FRAMES)
    shown(page)
    move_together(page)
    page.locator(".viewer").first.hover()
    page.mouse.down()
    page.mouse.move(200, 300)
    page.mouse.up()
    move_together(page)
    keep(page, "burst-zoomed")
    page.keyboard.press("z")
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    for _ in range(FRAMES - 1):
        page.keyboard.press("x")
        page.keyboard.press("ArrowRight")
    expect(page.locator('.frame[data-choice="pick"]')).to_have_count(1)
    expect(page.locator('.frame[data-choice="reject"]')).to_have_count(FRAMES - 1)
    keep(page, "burst-culled")
    page.keyboard.press("Control+z")
    expect(page.locator('.frame[data-choice="reject"]')).to_have_count(FRAMES - 2)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/groups\?folder=&at=burst-\w+$"))


def test_a_burst_is_accepted_by_one_key_and_taken_back_by_another(page: Page, site: Site) -> None:
    page.context.add_cookies([{"name": "aes_user", "value": "ivy", "url": site.url}])
    visit(page, "/groups")
    page.locator(".group-list a").first.click()
    ready(page)
    decided = page.locator('.frame:not([data-choice="none"])')
    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("accepted")
    expect(decided).not_to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("Nothing left to accept. No")
    page.keyboard.press("Control+z")
    expect(page.locator("#toast")).to_contain_text(f"in the burst of {FRAMES} from BURST_01.jpg on")
    expect(decided).to_have_count(0)


def test_bursts_of_one_folder(page: Page, site: Site) -> None:
    visit(page, "/groups")
    page.get_by_label("Folder").fill(str(site.folder))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"folder=.+photos"))
    expect(page.get_by_label("Folder")).to_have_value(str(site.folder))
    page.locator(".group-list a").first.click()
    expect(page.locator(".frame")).to_have_count(FRAMES)
    assert "folder=" in page.url


def test_any_folder_can_be_typed(page: Page, site: Site) -> None:
    parent, nowhere = str(site.folder.parent), f"{site.folder}/nowhere"
    visit(page, "/")
    page.get_by_text("More filters").click()
    for folder, photos in ((nowhere, 0), (parent, PHOTOS + FRAMES)):
        page.get_by_label("Folder").fill(folder)
        page.keyboard.press("Enter")
        expect(page.locator(".count")).to_have_text(f"{photos} photos")
    keep(page, "folder")
    accessible(page)
    visit(page, "/cull")
    kept = page.locator('[data-count="pick"]')
    page.get_by_label("Folder").fill(nowhere)
    page.keyboard.press("Enter")
    expect(page.locator("#proposals")).to_have_text("No scored photos here yet.")
    page.get_by_label("Folder").fill(parent)
    page.keyboard.press("Enter")
    expect(kept).to_be_visible()
    visit(page, "/publish")
    page.get_by_label("Tags").check()
    page.get_by_label("Folder").fill(parent)
    page.keyboard.press("Enter")
    expect(page.locator("#differences")).to_contain_text(f"{PHOTOS + FRAMES} of {PHOTOS + FRAMES}")
    expect(page.get_by_label("Tags")).to_be_checked()


def test_strictness_changes_the_counts_at_once(page: Page) -> None:
    visit(page, "/cull")
    kept = page.locator('[data-count="pick"] strong')
    before = int(kept.inner_text())
    slider = page.get_by_label("Strictness")
    slider.focus()
    page.keyboard.press("End")
    expect(kept).not_to_have_text(str(before))
    assert int(kept.inner_text()) < before
    keep(page, "cull")
    accessible(page)


def test_an_exact_number_is_kept_and_single_photos_are_decided_by_key(
    page: Page, site: Site
) -> None:
    page.context.add_cookies([{"name": "aes_user", "value": "max", "url": site.url}])
    visit(page, "/cull")
    page.get_by_label("keep exactly").fill("3")
    kept = page.locator('[data-count="pick"] strong')
    expect(kept).to_have_text("3")
    page.locator(".proposals .tile").first.focus()  # to leave the field asks for nothing again
    page.wait_for_load_state("networkidle")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    chosen = page.locator(".proposals .tile").nth(1)
    expect(chosen).to_have_attribute("data-choice", "reject")
    keep(page, "cull-exactly")
    accessible(page)
    page.keyboard.press("Control+z")
    expect(chosen).to_have_attribute("data-choice", "none")


def test_an_undecided_gallery_stands_still_while_one_decides(page: Page, site: Site) -> None:
    visit(page, "/?choice=none")
    names = tile_names(page)
    expect(page.locator(".count")).to_have_text(f"{len(names)} photos")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    expect(page.locator("#toast")).to_have_text("Picked")
    grid = page.locator("[data-grid]")
    query = grid.get_attribute("data-query")
    answer = page.request.get(f"/tiles?{query}&offset=0&limit=60")
    assert [name for name in names if name in answer.text()] == names
    page.reload()
    ready(page)
    expect(page.locator(".count")).to_have_text(f"{len(names) - 1} photos")
    page.keyboard.press("Control+z")
    expect(page.locator("#toast")).to_contain_text("undone")


def test_favorites_change_the_personal_order(page: Page, site: Site) -> None:
    def order() -> list[str]:
        visit(page, "/?order=personal")
        expect(page.locator(".tile")).to_have_count(PHOTOS + FRAMES)
        return tile_names(page)

    page.context.add_cookies([{"name": "aes_user", "value": "lee", "url": site.url}])
    before = order()
    for name in ("IMG_11.jpg", "IMG_10.jpg", "IMG_09.jpg", "IMG_08.jpg"):
        visit(page, f"/photo/{site.photos[name]}")
        page.keyboard.press("f")
        expect(page.locator("#toast")).to_have_text("Favourite")
        page.keyboard.press("5")
        expect(page.locator("#toast")).to_have_text("★★★★★")
    for name in ("BURST_01.jpg", "IMG_00.jpg", "IMG_01.jpg"):
        visit(page, f"/photo/{site.photos[name]}")
        page.keyboard.press("1")
        expect(page.locator("#toast")).to_have_text("★")
    after = order()
    assert after != before
    assert after.index("IMG_11.jpg") < before.index("IMG_11.jpg")
    visit(page, f"/photo/{site.photos['IMG_07.jpg']}")
    expect(page.locator(".strip li").first).to_be_visible()
    keep(page, "personal")


def test_publish_shows_the_differences_and_writes_nothing(page: Page, site: Site) -> None:
    visit(page, "/publish")
    page.get_by_label("Tags").check()
    page.get_by_role("button", name="Show changes").click()
    expect(page.locator(".differences").first).to_contain_text("aes:Score")
    expect(page.locator("#differences")).to_contain_text(f"{PHOTOS + FRAMES} of {PHOTOS + FRAMES}")
    keep(page, "publish")
    accessible(page)
    assert not list(site.folder.glob("*.xmp"))


def test_progress_follows_a_job(page: Page) -> None:
    visit(page, "/progress")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".job").first).to_contain_text("done")
    keep(page, "progress")
    accessible(page)


def test_progress_names_the_sidecars_that_were_refused(page: Page, site: Site) -> None:
    damaged = [site.folder / f"IMG_{n:02}.jpg.xmp" for n in range(6)]
    for sidecar in damaged:
        sidecar.write_text("<x:xmpmeta")
    visit(page, "/publish")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Write sidecars").click()
    expect(page).to_have_url(re.compile("/progress$"))
    job = page.locator(".job").first
    expect(job).to_contain_text(f"{PHOTOS + FRAMES} of {PHOTOS + FRAMES}, 6 failed")
    expect(job.locator("li")).to_have_count(6)
    expect(job.locator("li").first).to_contain_text(f"{damaged[0]} ")
    expect(job.locator("li").last).to_have_text("and 1 more")
    keep(page, "refused")
    accessible(page)
    for sidecar in site.folder.glob("*.xmp"):
        sidecar.unlink()


def test_profile_switch(page: Page) -> None:
    visit(page, "/")
    page.get_by_label("Profile").fill("Zoë & Ünal")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    ready(page)
    expect(page.get_by_label("Profile")).to_have_value("Zoë & Ünal")
    page.reload()
    ready(page)
    expect(page.get_by_label("Profile")).to_have_value("Zoë & Ünal")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone(browser: Browser, site: Site, scheme: str) -> None:
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": 390, "height": 780},
        color_scheme="light" if scheme == "light" else "dark",
        has_touch=True,
        is_mobile=True,
    )
    context.add_cookies([{"name": "aes_user", "value": f"phone-{scheme}", "url": site.url}])
    page = context.new_page()
    for name, address in (("gallery", "/"), ("photo", f"/photo/{site.photos['IMG_01.jpg']}")):
        visit(page, address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        keep(page, f"phone-{name}-{scheme}")
        accessible(page)
    visit(page, "/groups")
    page.locator(".group-list a").first.tap()
    expect(page.locator(".frame")).to_have_count(FRAMES)
    ready(page)
    # clicked, not tapped: on a busy machine the finger is lifted late, which is a long press
    page.get_by_role("button", name="Reject frame 2").click()
    expect(page.locator(".frame").nth(1)).to_have_attribute("data-choice", "reject")
    page.get_by_role("button", name="Reject frame 2").click()
    expect(page.locator(".frame").nth(1)).to_have_attribute("data-choice", "none")
    keep(page, f"phone-burst-{scheme}")
    accessible(page)
    context.close()
