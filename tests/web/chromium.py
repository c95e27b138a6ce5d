"""Driving the page in a real Chromium; pictures of every step are kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

expect.set_options(timeout=30_000)  # machines that test are busy
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PICTURES = Path(os.environ.get("AES_ARTIFACTS", ".artifacts")) / "browser"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def tab(browser: Browser, url: str) -> Iterator[Page]:
    """A tab with cookies and storage of its own."""
    context = browser.new_context(base_url=url)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def keep(page: Page, name: str) -> None:
    shown(page)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def accessible(page: Page) -> None:
    """No serious finding of axe-core."""
    page.evaluate(AXE.read_text())  # not as a script element: the page's policy forbids that
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (v["id"], [node["html"] for node in v["nodes"]][:3])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []


def visit(page: Page, address: str) -> None:
    page.goto(address)
    ready(page)


def ready(page: Page) -> None:
    """The scripts have run: keys pressed before that would be lost."""
    page.locator("html[data-ready]").wait_for(state="attached")


def shown(page: Page) -> None:
    """The photos within the window have come, so that a kept picture shows them."""
    missing = """[...document.images].filter(image => {
      const box = image.getBoundingClientRect();
      const within = box.bottom > 0 && box.top < innerHeight && box.width > 0;
      return within && !(image.complete && image.naturalWidth);
    }).length"""
    for _ in range(300):
        if page.evaluate(missing) == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{page.evaluate(missing)} pictures of {page.url} did not come")


def opened(page: Page) -> list[str]:
    """Opens the gallery's first photo by a click; all photos in the gallery's order."""
    visit(page, "/")
    order = page.locator(".tile").evaluate_all("ts => ts.map(t => t.dataset.photo)")
    page.locator(".tile").first.click()
    page.wait_for_url("**/photo/*")
    ready(page)
    return [str(photo) for photo in order]
