"""Fingers on a page, as the browser gets them from a touch screen.

Each event bears the time at which a person would have made it, so that a slow machine turns no tap
into a long press and no flick into a slow drag.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page

Point = tuple[float, float]
PHONE = {"width": 390, "height": 844}
STEPS = 8
_FRAME, _PAUSE = 0.016, 0.3  # s
_TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Fingers:
    """Those of one person; `touches` counts how often they went to the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.touches = 0
        self._session = page.context.new_cdp_session(page)
        self._now = 0.0

    def tap(self, target: Locator) -> None:
        self.tap_at(middle(target))

    def tap_at(self, *points: Point) -> None:
        """One after the other, quickly."""
        self.touches += len(points)
        self._begin()
        for point in points:
            self._send("touchStart", point)
            self._send("touchEnd")
            self._now += 0.08

    def drag(self, *ways: tuple[Point, Point], seconds: float = 0.4, lifts: bool = True) -> None:
        """One finger or several, each from its first point to its last, without a throw."""
        self.touches += 1
        self._begin()
        for number in range(1, len(ways) + 1):
            self._send("touchStart", *(start for start, _ in ways[:number]))
        self._now += seconds
        for step in range(1, STEPS + 1):
            self._send("touchMove", *(_between(*way, step / STEPS) for way in ways))
        if lifts:
            self.lift()

    def lift(self) -> None:
        self._send("touchEnd")

    def cancel(self) -> None:
        self._send("touchCancel")

    def swipe(self, target: Locator, x: float, y: float = 0.0, *, seconds: float = 0.4) -> None:
        """Over its middle, so far to the right and down (px)."""
        right, down = middle(target)
        self.drag(((right - x / 2, down - y / 2), (right + x / 2, down + y / 2)), seconds=seconds)

    def pinch(self, target: Locator, start: float, end: float) -> None:
        """Two fingers around its middle, at first and at last so far apart (px)."""
        right, down = middle(target)
        left = ((right - start / 2, down), (right - end / 2, down))
        self.drag(left, ((right + start / 2, down), (right + end / 2, down)))

    def _begin(self) -> None:
        """As soon as the page feels fingers, and a hand after what it did last.

        A tap in the same moment as the end of a swipe is none for the browser.
        """
        self.page.evaluate(_TWO_FRAMES)
        ahead = self._now + _PAUSE - time.time()
        self.page.wait_for_timeout(max(0.0, 1000 * ahead))
        self._now = time.time()

    def _send(self, kind: str, *points: Point) -> None:
        self._now += _FRAME
        at = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        event = {"type": kind, "touchPoints": at, "timestamp": self._now}
        self._session.send("Input.dispatchTouchEvent", event)


def _between(start: Point, end: Point, share: float) -> Point:
    return (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))


def middle(target: Locator) -> Point:
    """Of what can be seen of it within the window."""
    box = target.bounding_box()
    size = target.page.viewport_size
    assert box is not None and size is not None
    top, low = max(0.0, box["y"]), min(float(size["height"]), box["y"] + box["height"])
    return (box["x"] + box["width"] / 2, (top + low) / 2)


@contextmanager
def phone(browser: Browser, url: str, **options: object) -> Iterator[Page]:
    """A phone held upright; what the console complains about fails the test."""
    settings = {"viewport": PHONE, **options}
    context = browser.new_context(base_url=url, has_touch=True, is_mobile=True, **settings)
    context.set_default_timeout(30_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def sizes(target: Locator) -> Sequence[float]:
    """Heights of buttons, in px."""
    found: list[float] = target.evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    return found
