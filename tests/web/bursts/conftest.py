"""A library with several bursts in place of the small one, and its page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.web.chromium import tab
from tests.web.lines import Place, serving
from tests.web.shoots import Shoot, shoot


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Shoot]:
    found = shoot(tmp_path)
    yield found
    found.site.workshop.catalog.close()


@pytest.fixture
def place(made: Shoot) -> Iterator[Place]:
    with serving(made.site) as found:
        yield found


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    problems: list[str] = []
    with tab(browser, place.site.url) as opened:
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
    assert problems == []
