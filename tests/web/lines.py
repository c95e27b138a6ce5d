"""A page whose steps reach the server late, not at all, or without its answer coming back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from playwright.sync_api import Page
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aesplugin.compose import Workshop
from aesplugin.web.app import create_app
from aesplugin.web.desk import Desk
from aesplugin.web.guard import Access
from aesplugin.web.probe import served
from tests.web.site import Site

Stands = tuple[str, int | None, bool]
NOTHING: Stands = ("none", None, False)


@dataclass
class Line:
    """What lies between page and server: late, cut, or losing answers that the server gave."""

    app: ASGIApp
    seconds: float = 0.0
    is_cut: bool = False
    lost_answers: int = 0  # of the next steps that are sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/api/v1/steps":
            await self.app(scope, receive, send)
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
    def workshop(self) -> Workshop:
        return self.site.workshop

    def stands(self, user: str = "me") -> dict[str, Stands]:
        found = self.workshop.catalog.people.decisions(user)
        every = {key: (d.choice.value, d.stars, d.favorite) for key, d in found.items()}
        return {key: value for key, value in every.items() if value != NOTHING}

    def steps(self, user: str = "me") -> int:
        return len(self.workshop.catalog.runs.standing(user, limit=1000))


@contextmanager
def serving(site: Site) -> Iterator[Place]:
    desk = Desk(site.workshop, Access())
    line = Line(create_app(desk))
    with served(line) as found:
        yield Place(replace(site, port=found), line)


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
