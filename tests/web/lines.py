"""A server that is late or does not answer: for a page's steps, and for the pages come to.

It waits in the server: what a test holds in the browser (`page.route`) may slip through, for a key
can be faster there than the news that its request is to be held.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from playwright.sync_api import Page
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aesplugin.compose import Workshop
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.site import Site

Stands = tuple[str, int | None, bool]
NOTHING: Stands = ("none", None, False)


TURN, LOAD = "cors", "navigate"
"""How a page is asked for: by the page that is shown, in place; by the browser."""


@dataclass
class Gate:
    """One photo's page waits here until it is opened."""

    status: int = 0
    body: str = ""  # in place of the page, where there is a status
    holds: set[str] = field(default_factory=lambda: {TURN, LOAD})
    asked: Counter[str] = field(default_factory=Counter)

    def open(self, *ways: str) -> None:
        self.holds.difference_update(ways or (TURN, LOAD))

    async def wait(self, way: str) -> None:
        self.asked[way] += 1
        while way in self.holds:
            await asyncio.sleep(0.01)


@dataclass
class Pages:
    """A server whose photo and burst pages take their time, or do not come.

    None comes before a key asks for it, unless `are_ahead`.
    """

    app: ASGIApp
    seconds: float = 0.0
    is_cut: bool = False
    are_ahead: bool = False
    ahead: Counter[str] = field(default_factory=Counter)  # by photo: given before a key
    gates: dict[str, Gate] = field(default_factory=dict)  # by photo

    def gate(self, photo: str, status: int = 0, body: str = "") -> Gate:
        """Before this photo's page from now on; in its place comes what is given here."""
        self.gates[photo] = Gate(status, body)
        return self.gates[photo]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, _, name = scope.get("path", "").removeprefix("/").partition("/")
        if kind not in ("photo", "group") or "/" in name:
            await self.app(scope, receive, send)
            return
        if Headers(scope=scope).get("purpose") == "prefetch":
            if not self.are_ahead:
                await Response(status_code=204)(scope, receive, send)
                return
            self.ahead[name] += 1
        await asyncio.sleep(self.seconds)
        answer = self.app
        if (gate := self.gates.get(name)) is not None:
            await gate.wait(Headers(scope=scope)["sec-fetch-mode"])
            answer = HTMLResponse(gate.body, gate.status) if gate.status else answer
        if self.is_cut:
            answer = JSONResponse({"error": "a proxy says no"}, 502)
        await answer(scope, receive, send)


@dataclass
class Line:
    """What lies between page and server: late, cut, or losing answers that the server gave."""

    app: ASGIApp
    seconds: float = 0.0
    is_cut: bool = False
    lost_answers: int = 0  # of the next steps that are sent

    def __post_init__(self) -> None:
        self.pages = Pages(self.app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/api/v1/steps":
            await self.pages(scope, receive, send)
            return
        await asyncio.sleep(self.seconds / 2)
        answered: list[Message] = []

        async def hold(message: Message) -> None:
            answered.append(message)

        if not self.is_cut:
            await self.app(scope, receive, hold)
        await asyncio.sleep(self.seconds / 2)
        is_lost = self.lost_answers > 0
        self.lost_answers -= is_lost
        if self.is_cut or is_lost:
            await JSONResponse({"error": "a proxy says no"}, 502)(scope, receive, send)
            return
        for message in answered:
            await send(message)


@dataclass(frozen=True)
class Place:
    site: Site
    line: Line

    @property
    def pages(self) -> Pages:
        return self.line.pages

    @property
    def workshop(self) -> Workshop:
        return self.site.workshop

    def stands(self, user: str = "me") -> dict[str, Stands]:
        found = self.workshop.catalog.people.decisions(user)
        every = {key: (d.choice.value, d.stars, d.favorite) for key, d in found.items()}
        return {key: value for key, value in every.items() if value != NOTHING}

    def choices(self, user: str = "me") -> dict[str, str]:
        """Picks and rejects."""
        stands = self.stands(user)
        return {key: choice for key, (choice, _, _) in stands.items() if choice != "none"}

    def steps(self, user: str = "me") -> int:
        return len(self.workshop.catalog.runs.standing(user, limit=1000))


@contextmanager
def serving(site: Site) -> Iterator[Place]:
    desk = Desk(site.workshop, Access())
    line = Line(create_app(desk))
    with served(line) as found:
        yield Place(replace(site, port=found), line)


def until(page: Page, condition: Callable[[], object], what: str) -> None:
    """Waits for what the browser brings about."""
    for _ in range(600):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{what}: not within 30 s")


def drained(page: Page) -> None:
    """Nothing waits in the browser any more."""
    left = "Object.keys(localStorage).filter(key => key.startsWith('aes:step:')).length"
    for _ in range(600):
        if page.evaluate(left) == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError(
        f"{page.evaluate(left)} steps wait: {page.locator('#waiting').inner_text()}"
    )
