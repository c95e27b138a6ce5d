"""The photo page in a real browser: how long from the arrow key to the next photo's picture.

The time is that of the browser itself (Element Timing): from the key's event to the frame in which
the picture was painted, the thumbnail or the preview, whichever came first.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SIZE = {"width": 1600, "height": 1000}
_LONGEST_MS = 60_000
_POLL_MS = 20
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# Marks the photo's pictures as they come into the page, and keeps when each was painted first.
_WATCH = """
window.turning = {askedAt: 0, photo: "", painted: {}};
addEventListener("keydown", event => {
  if (event.key.startsWith("Arrow")) window.turning = {askedAt: event.timeStamp, painted: {}};
}, true);
const shown = () => document.querySelector(".photo-page")?.dataset.photo;
new MutationObserver(() => {
  for (const image of document.querySelectorAll(".stage img")) {
    if (!image.hasAttribute("elementtiming")) image.setAttribute("elementtiming", "photo");
  }
}).observe(document, {childList: true, subtree: true});
new PerformanceObserver(list => {
  for (const {url, renderTime} of list.getEntries()) {
    const kind = url.split("/").pop();
    if (url.includes(shown()) && renderTime >= window.turning.askedAt) {
      window.turning.painted[kind] ??= renderTime - window.turning.askedAt;
    }
  }
}).observe({type: "element"});
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimes:
    """Milliseconds from the key to the picture; `share_previews`: already the preview, not less."""

    what: str
    turns: int
    median_ms: float
    p95_ms: float
    worst_ms: float
    share_previews: float


@contextmanager
def opened(url: str) -> Iterator["Page"]:
    """A tab of Chromium, without a window.

    Raises:
        UsageError: Playwright or a browser is missing.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise UsageError(
            "turning is timed in a browser by Playwright: pip install playwright,"
            " then: playwright install chromium"
        ) from None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=_FLAGS
            )
        except Error as error:
            reason = str(error).partition("\n")[0]
            raise UsageError(
                f"no browser to time the page in ({reason}): playwright install chromium"
            ) from None
        context = browser.new_context(base_url=url, viewport=_SIZE)  # type: ignore[arg-type]
        context.add_init_script(_WATCH)
        yield context.new_page()
        browser.close()


def measure_turning(page: "Page", *, pause_ms: float) -> Iterator[TurnTimes]:
    """Through the gallery three times by arrow, each photo looked at for `pause_ms`.

    First where the server has made no preview yet, then with what it and the browser keep, then
    back.

    Raises:
        AssertionError: a photo's picture did not come.
    """
    for what in ("forward, nothing cached", "forward, cached"):
        page.goto("/")
        page.locator(".tile").first.click()
        page.locator("html[data-ready] .photo-page").wait_for(state="attached")
        yield _timed(page, what, "ArrowRight", "after", pause_ms)
    yield _timed(page, "back, cached", "ArrowLeft", "before", pause_ms)


def _timed(page: "Page", what: str, key: str, side: str, pause_ms: float) -> TurnTimes:
    took: list[float] = []
    previews = 0
    page.wait_for_timeout(pause_ms)
    while page.locator(f".photo-page[data-{side}]").count():
        painted = _turned(page, lambda: page.keyboard.press(key))
        first = min(painted.values())
        took.append(first)
        previews += painted.get("preview.jpg") == first
        page.wait_for_timeout(pause_ms)
    took.sort()
    assert took, "the gallery has no photo to turn to"
    return TurnTimes(
        what=what,
        turns=len(took),
        median_ms=took[len(took) // 2],
        p95_ms=took[min(len(took) - 1, round(0.95 * len(took)))],
        worst_ms=took[-1],
        share_previews=previews / len(took),
    )


def _turned(page: "Page", press: Callable[[], None]) -> dict[str, float]:
    """When each of the photo's pictures was painted, by name."""
    press()
    for _ in range(_LONGEST_MS // _POLL_MS):
        if painted := page.evaluate("window.turning.painted"):
            return dict(painted)
        page.wait_for_timeout(_POLL_MS)
    raise AssertionError(f"the picture of {page.url} did not come")
