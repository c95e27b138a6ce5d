"""Signing in: a ticket once, the token kept whole, and no honest person shut out."""

import resource
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from aesplugin.web.token import stored_token
from tests.web.client import Client
from tests.web.conftest import TOKEN
from tests.web.site import Site

TICKET = "a-ticket-for-one-sign-in"


@pytest.mark.parametrize("rest", ["", "&token=", "&token", "&a=1"])
def test_a_ticket_does_for_one_sign_in(site: Site, rest: str) -> None:
    access = Access(token=TOKEN, tickets={TICKET})
    with served(create_app(Desk(site.workshop, access))) as port:
        answers = [Client(port, {}).get(f"/?token={TICKET}{rest}").status for _ in range(2)]
        assert 200 not in answers
        assert answers.count(303) <= 1


def test_a_ticket_that_nobody_used_ends(site: Site) -> None:
    access = Access(token=TOKEN)
    with served(create_app(Desk(site.workshop, access))) as port:
        late, early = access.new_ticket(seconds=0.1), access.new_ticket()
        time.sleep(0.5)
        assert Client(port, {}).get(f"/?token={late}").status == 401
        assert Client(port, {}).get(f"/?token={early}").status == 303
        assert access.tickets == set()


def test_a_full_disk_leaves_no_token_that_is_none(tmp_path: Path) -> None:
    kept = tmp_path / "token"
    limit, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
    try:
        with pytest.raises(OSError, match="large"):
            stored_token(kept)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
    assert list(tmp_path.iterdir()) == []
    assert len(stored_token(kept)) >= 16


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another site: a terminal in the browser, a mail, a wiki with a link to the page."""

    class Links(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f'<a href="{self.path[1:]}">the page</a>'.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Links) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_a_link_on_another_site_leads_to_the_page(
    browser: Browser, site: Site, elsewhere: str
) -> None:
    """Also the first time, by the address that is printed; the person stays who they were."""
    context = browser.new_context()
    with served(create_app(Desk(site.workshop, Access(token=TOKEN)))) as port:
        home = f"http://127.0.0.1:{port}/"
        for address in (f"{home}?token={TOKEN}", home):
            page = context.new_page()
            page.goto(elsewhere + address)
            page.get_by_text("the page").click()
            expect(page.locator("html[data-ready]")).to_be_attached()
            if address != home:
                page.get_by_label("Profile").fill("ada")
                with page.expect_navigation():
                    page.keyboard.press("Enter")
            expect(page.get_by_label("Profile")).to_have_value("ada")
    context.close()


def test_a_second_page_on_this_machine_does_not_sign_one_out_of_the_first(
    browser: Browser, site: Site
) -> None:
    """Cookies are a host's, whatever the port."""
    context = browser.new_context()
    page = context.new_page()
    first, second = (create_app(Desk(site.workshop, Access(token=TOKEN + n))) for n in "12")
    with served(first) as one, served(second) as two:
        for port, token in ((one, TOKEN + "1"), (two, TOKEN + "2")):
            page.goto(f"http://127.0.0.1:{port}/?token={token}")
            expect(page.locator("html[data-ready]")).to_be_attached()
        for port in (one, two):
            page.goto(f"http://127.0.0.1:{port}/")
            expect(page.locator("html[data-ready]")).to_be_attached()
    context.close()
