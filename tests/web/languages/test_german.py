"""The page in German: chosen by the browser or on the page, and its longer words have room."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.query import LANGUAGE_HEADER
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.chromium import accessible, keep, visit
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.shoots import Shoot, face, see_faces, shoot

_WIDE, _PHONE = (1280, 720), (390, 844)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shoot, int]]:
    found = shoot(tmp_path_factory.mktemp("german"), sizes=(4,))
    site = found.site
    see_faces(site, site.folder / "BURST_01.jpg", [face(0.3, 0.4), face(0.6, 0.5)])
    with served(create_app(Desk(site.workshop, Access(csrf=CSRF)))) as port:
        yield found, port
    site.workshop.catalog.close()


@pytest.fixture
def page(browser: Browser, made: tuple[Shoot, int]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{made[1]}",
        locale="de-DE",
        color_scheme="dark",
        viewport={"width": _WIDE[0], "height": _WIDE[1]},
    )
    context.set_default_timeout(30_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    yield opened
    context.close()
    assert problems == []


def _addresses(page: Page, found: Shoot) -> dict[str, str]:
    visit(page, "/groups")
    burst = page.locator(".group-list a").first.get_attribute("href")
    first, *others = found.bursts[0]
    return {
        "gallery": "/",
        "photo": f"/photo/{first}?i=0",
        "bursts": "/groups",
        "burst": burst or "",
        "compare": f"/compare?photos={first},{','.join(others[:2])}",
        "cull": "/cull",
        "publish": "/publish",
        "progress": "/progress",
    }


@pytest.mark.parametrize("size", [_WIDE, _PHONE], ids=["wide", "phone"])
def test_longer_words_have_room(page: Page, made: tuple[Shoot, int], size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for name, address in _addresses(page, made[0]).items():
        visit(page, address)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        cut = page.locator("button:visible, .bar > *:visible").evaluate_all(
            "all => all.filter(one => one.localName !== 'nav')"
            ".filter(one => one.scrollWidth > one.clientWidth + 1)"
            ".map(one => one.outerHTML.slice(0, 200))"
        )
        assert (name, max(0, beyond), cut) == (name, 0, [])
        accessible(page)
        keep(page, f"german-{name}-{size[0]}")


def test_the_bar_of_a_phone_has_two_rows(page: Page, made: tuple[Shoot, int]) -> None:
    page.set_viewport_size({"width": _PHONE[0], "height": _PHONE[1]})
    visit(page, "/")
    tops = page.locator(".bar > *").evaluate_all(
        "all => [...new Set(all.map(one => Math.round((one.getBoundingClientRect().top"
        " + one.getBoundingClientRect().bottom) / 20)))].length"
    )
    assert tops == 2


def test_what_is_chosen_on_the_page_is_kept(page: Page, made: tuple[Shoot, int]) -> None:
    visit(page, "/")
    expect(page.locator("h1")).to_have_text("Galerie")
    with page.expect_navigation():
        page.locator("[data-language]").select_option("en")
    expect(page.locator("h1")).to_have_text("Gallery")
    visit(page, "/cull")
    expect(page.locator("h1")).to_have_text("Cull")
    with page.expect_navigation():
        page.locator("[data-language]").select_option("de")
    expect(page.locator("h1")).to_have_text("Aussortieren")


def test_a_photo_in_german(page: Page, made: tuple[Shoot, int]) -> None:
    visit(page, f"/photo/{made[0].bursts[0][0]}?i=0")
    expect(page.locator(".big-score").first).to_contain_text(re.compile(r"\d,\d"))
    expect(page.locator(".exif")).to_contain_text("02.05.2026 10:00:00")
    expect(page.locator(".comment")).to_have_attribute("lang", "en")
    page.keyboard.press("p")
    expect(page.locator("#toast")).to_have_text("Markiert")
    flag = page.locator(".filmstrip [aria-current] .flag")
    assert flag.evaluate("e => getComputedStyle(e, '::before').content") == '"markiert"'
    page.keyboard.press("Control+z")
    expect(page.locator("#toast")).to_have_text("Markieren bei BURST_01.jpg rückgängig gemacht")


def test_an_arrow_after_another_tab_chose_a_language(page: Page, made: tuple[Shoot, int]) -> None:
    """The page that comes is wholly in one language."""
    visit(page, f"/photo/{made[0].bursts[0][0]}?i=1")
    other = page.context.new_page()
    visit(other, "/")
    with other.expect_navigation():
        other.locator("[data-language]").select_option("en")
    visit(page, "/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    other.close()


def test_programs_get_english_unless_they_ask(made: tuple[Shoot, int]) -> None:
    client = Client(made[1], {"x-csrf-token": CSRF, "accept-language": "de"})
    missing = f"/api/v1/photos/{'0' * 64}"
    english = client.get(missing).json["error"]
    german = client.ask("GET", missing, headers={LANGUAGE_HEADER: "de"}).json["error"]
    assert english.startswith("photo 000") and german.startswith("Foto 000")
    step = {"id": "undo-00000001", "do": "undo", "user": "nobody", "of": ["none-0000001"]}
    lines = [
        client.ask("POST", "/api/v1/steps", {"steps": [step]}, headers).json["steps"][0]["line"]
        for headers in ({}, {LANGUAGE_HEADER: "de"})
    ]
    assert lines == ["Nothing to undo", "Nichts rückgängig zu machen"]


def test_a_sign_in_is_asked_for_in_german(guarded: int) -> None:
    client = Client(guarded, {"accept-language": "de", "accept": "text/html"})
    assert "ein Token wird gebraucht" in client.get("/").text
    assert Client(guarded, {"accept-language": "de"}).get("/").json["error"].startswith("a token")


def test_the_texts_of_an_unknown_language_are_refused(made: tuple[Shoot, int]) -> None:
    client = Client(made[1], {})
    assert client.get("/texts/tlh.js").status == 404
    assert client.get("/texts/de.js").headers["content-type"].startswith("text/javascript")
    assert "markiert" in client.get("/texts/de.css").text


def test_an_answer_says_on_what_it_depends(made: tuple[Shoot, int]) -> None:
    answer = Client(made[1], {"accept-language": "de", "accept": "text/html"}).get("/")
    assert '<html lang="de">' in answer.text
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["vary"].split(", "))
