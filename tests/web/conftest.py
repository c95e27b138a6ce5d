import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.programs import need
from tests.web.chromium import FLAGS
from tests.web.client import Client
from tests.web.lines import Place, serving
from tests.web.site import Site, build


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


IPV6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6")
CSRF = "csrf-for-tests-0123456789"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One library and one page for all tests of a file."""
    made = build(tmp_path_factory.mktemp("site"))
    desk = Desk(made.workshop, Access(csrf=CSRF))
    with served(create_app(desk)) as port:
        yield replace(made, port=port)
    made.workshop.catalog.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A library of its own, behind a line that a test can slow down or cut."""
    made = build(tmp_path)
    with serving(made) as found:
        yield found
    made.workshop.catalog.close()


@pytest.fixture
def client(site: Site) -> Client:
    return Client(site.port, {"x-csrf-token": CSRF})


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a page that asks for a token."""
    made = build(tmp_path_factory.mktemp("guarded"))
    access = Access(token=TOKEN, hosts=["photos.example"], csrf=CSRF)
    with served(create_app(Desk(made.workshop, access))) as port:
        yield port
    made.workshop.catalog.close()


TOKEN = "a-token-of-some-length"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = need("chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A dark desktop; anything the console complains about fails the test."""
    context = browser.new_context(
        base_url=site.url, color_scheme="dark", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(30_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    yield opened
    context.close()
    assert problems == []
