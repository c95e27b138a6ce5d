"""The gallery that a client opens from disk, in a real browser without any network."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.services.sharing.choices import parse, store
from aesplugin.services.sharing.gallery import write_gallery
from aesplugin.services.sharing.page import Page as Gallery
from aesplugin.services.sharing.photos import select_hashes
from tests.web.chromium import accessible, keep, ready
from tests.web.lines import until
from tests.web.site import Site

NUMBER = 4


def shared(site: Site, target: Path) -> Path:
    """A gallery of the first photos, with a title that would be a script if it were let."""
    catalog, revision = site.workshop.catalog, site.workshop.card.revision
    keys = [site.photos[f"IMG_{number:02}.jpg"] for number in range(NUMBER)]
    page = Gallery("<script>alert(1)</script> Tom", is_whole=target.suffix == ".html", scores=True)
    photos = select_hashes(catalog, revision, keys).photos
    done = list(write_gallery(catalog, photos, target, page, site.workshop.full_pictures.preview))
    assert [one.problem for one in done] == [None] * NUMBER
    return target


@pytest.fixture(scope="module")
def file(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared(site, tmp_path_factory.mktemp("shared") / "out.html")


@pytest.fixture
def alone(browser: Browser) -> Iterator[Page]:
    """A tab without network; complaints of the console and requests that leave fail the test."""
    context = browser.new_context(offline=True, has_touch=True)
    context.set_default_timeout(30_000)
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url),
    )
    yield page
    context.close()
    assert wrong == []


def opened(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    ready(page)


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_accessible(alone: Page, file: Path, scheme: str, width: int) -> None:
    alone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    alone.set_viewport_size({"width": width, "height": 800})
    opened(alone, file)
    accessible(alone)
    keep(alone, f"shared-{scheme}-{width}")
    alone.locator(".open").first.click()
    expect(alone.locator(".view")).to_be_visible()
    accessible(alone)
    keep(alone, f"shared-{scheme}-{width}-large")


def test_choosing_by_keyboard_and_saving(alone: Page, site: Site, file: Path) -> None:
    opened(alone, file)
    alone.locator(".open").first.focus()
    for key in ("Enter", "Space", "5", "ArrowRight", "ArrowRight", "3", "ArrowRight", "Space"):
        alone.keyboard.press(key)
    alone.keyboard.press("Space")  # no: taken back
    alone.keyboard.press("Tab")
    alone.locator(".comment").fill("crop it, please 1")
    alone.keyboard.press("Escape")
    expect(alone.locator(".view")).to_be_hidden()
    expect(alone.locator(".open").nth(3)).to_be_focused()
    expect(alone.locator(".status")).to_have_text(f"1 of {NUMBER} chosen")
    with alone.expect_download() as download:
        alone.locator(".save").click()
    data = download.value.path().read_bytes()
    assert download.value.suggested_filename == "choices-script-alert-1-script-Tom.json"
    touched = ("name", "chosen", "stars", "comment")
    found = [{k: one[k] for k in touched if k in one} for one in json.loads(data)["photos"]]
    assert found == [
        {"name": "IMG_00.jpg", "chosen": True, "stars": 5},
        {"name": "IMG_02.jpg", "stars": 3},
        {"name": "IMG_03.jpg", "chosen": False, "comment": "crop it, please 1"},
    ]
    done = store(site.workshop.catalog, parse(data, "it"), "client of the keys")
    assert (done.chosen, done.rated, len(done.unknown)) == (1, 2, 0)
    assert [one.comment for one in done.comments] == ["crop it, please 1"]
    alone.reload()
    ready(alone)
    expect(alone.locator(".status")).to_have_text(f"1 of {NUMBER} chosen")


def test_choosing_by_hand(alone: Page, file: Path) -> None:
    opened(alone, file)
    alone.locator(".photo .heart").nth(1).tap()
    expect(alone.locator(".status")).to_have_text(f"1 of {NUMBER} chosen")
    alone.locator(".only").tap()
    expect(alone.locator(".photo:visible")).to_have_count(1)
    alone.locator(".open:visible").tap()
    expect(alone.locator(".next")).to_be_disabled()
    alone.locator(".view .heart").tap()
    alone.locator(".close").tap()
    expect(alone.locator(".none")).to_be_visible()
    alone.locator(".only").tap()
    expect(alone.locator(".photo:visible")).to_have_count(NUMBER)


def test_a_swipe_turns_to_the_next_photo(alone: Page, file: Path) -> None:
    opened(alone, file)
    alone.locator(".open").first.click()
    place = alone.locator(".place")
    expect(place).to_have_text(f"1 of {NUMBER}")
    box = alone.locator(".stage").bounding_box()
    assert box is not None
    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for way, expected in ((-150, 2), (150, 1)):
        alone.mouse.move(middle, height)
        alone.mouse.down()
        alone.mouse.move(middle + way, height + 10)
        alone.mouse.up()
        expect(place).to_have_text(f"{expected} of {NUMBER}")


def test_a_zip_works_once_it_is_unpacked(alone: Page, site: Site, tmp_path: Path) -> None:
    with zipfile.ZipFile(shared(site, tmp_path / "out.zip")) as archive:
        archive.extractall(tmp_path / "unpacked")
    opened(alone, tmp_path / "unpacked" / "index.html")
    alone.locator(".open").nth(2).click()
    large = "document.querySelector('.large').naturalWidth"
    alone.wait_for_function(f"{large} > 0")
    alone.keyboard.press("Escape")
    small = "[...document.querySelectorAll('.open img')].every(image => image.naturalWidth > 0)"
    alone.wait_for_function(small)


def test_nothing_within_may_ask_the_network(browser: Browser, file: Path) -> None:
    """Not even a script that somebody put there: the page's policy forbids it, network or none."""
    context = browser.new_context()
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    opened(page, file)
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})")
    page.evaluate("new Image().src = 'http://127.0.0.1:9/a.jpg'")
    for word in ("connect-src", "img-src"):
        until(page, lambda word=word: [one for one in said if word in one], word)  # type: ignore[misc]
    context.close()
