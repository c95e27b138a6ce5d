"""A key on a frame decides about all files of its exposure: RAW and JPEG, and versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from aesplugin.decision import Choice
from tests.photos import save
from tests.web.chromium import ready, tab, visit
from tests.web.lines import Place, drained, serving
from tests.web.site import FRAMES, START, build, put


@dataclass(frozen=True)
class Pair:
    place: Place
    jpeg: str
    raw: str

    @property
    def stands(self) -> list[str]:
        found = self.place.workshop.catalog.people.decisions("me")
        return [found[key].choice.value if key in found else "" for key in (self.jpeg, self.raw)]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """The second frame of the burst has a RAW beside it."""
    site = build(tmp_path)
    jpeg = site.folder / "BURST_02.jpg"
    taken_at = START + timedelta(days=1, milliseconds=150)
    with Image.open(jpeg) as image:
        raw = save(image.resize((600, 400)), site.folder / "BURST_02.dng", taken_at)
    key = put(site.workshop, raw, 5)
    with serving(site) as made:
        yield Pair(made, site.photos[jpeg.name], key)
    site.workshop.catalog.close()


@pytest.fixture
def page(browser: Browser, pair: Pair) -> Iterator[Page]:
    with tab(browser, pair.place.site.url) as made:
        yield made


def test_on_the_page_of_a_burst(page: Page, pair: Pair) -> None:
    visit(page, "/groups")
    page.locator(".group-list a").first.click()
    expect(page.locator(".frame")).to_have_count(FRAMES)
    ready(page)
    page.keyboard.press("ArrowRight")
    for key, choice in (("x", "reject"), ("p", "pick"), ("u", "none"), ("x", "reject")):
        page.keyboard.press(key)
        drained(page)
        assert pair.stands == [choice] * 2
    page.keyboard.press("Control+z")
    drained(page)
    assert pair.stands == ["none"] * 2
    page.locator(f'[data-photo="{pair.jpeg}"]').get_by_label("Pick").click()
    page.keyboard.press("a")
    drained(page)
    assert pair.stands == ["pick"] * 2


def test_among_the_proposals_of_a_cull(page: Page, pair: Pair) -> None:
    visit(page, "/cull")
    page.locator(f'[data-photo="{pair.jpeg}"]').focus()
    page.keyboard.press("x")
    drained(page)
    assert pair.stands == [Choice.REJECT.value] * 2


def test_in_the_gallery_and_on_the_photo_itself(page: Page, pair: Pair) -> None:
    visit(page, "/")
    page.locator(f'.tile[data-photo="{pair.raw}"]').focus()
    page.keyboard.press("x")
    drained(page)
    assert pair.stands == [Choice.REJECT.value] * 2
    visit(page, f"/photo/{pair.jpeg}")
    page.keyboard.press("p")
    drained(page)
    assert pair.stands == [Choice.PICK.value] * 2
    page.keyboard.press("4")  # stars are an opinion of one picture, and teach taste once
    drained(page)
    stars = {
        key: one.stars for key, one in pair.place.workshop.catalog.people.decisions("me").items()
    }
    assert (stars[pair.jpeg], stars[pair.raw]) == (4, None)
