"""Ctrl-Z on the page: the last step of this person there, and nothing that was said elsewhere."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from aesplugin.web.app import create_app
from aesplugin.web.desk import Desk
from aesplugin.web.guard import Access
from aesplugin.web.probe import served
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import Site


@pytest.fixture
def restarted(site: Site) -> Iterator[Client]:
    """A second page over the same catalog, which remembers no step of the first."""
    with served(create_app(Desk(site.workshop, Access(csrf=CSRF)))) as port:
        yield Client(port, {"x-csrf-token": CSRF})


def decide(client: Client, photo: str, **word: object) -> None:
    assert client.ask("PUT", f"/api/v1/photos/{photo}/decision", word).status == 200


def undo(client: Client, user: str) -> set[str]:
    said = client.ask("POST", "/api/v1/undo", {"user": user}).json["decisions"]
    return {decision["photo"] for decision in said}


def accept(client: Client, user: str) -> None:
    """A burst as the page's button accepts it."""
    (group, *_) = client.get("/api/v1/groups").json
    first, *rest = ([photo] for photo in group["photos"])
    step = {"id": uuid4().hex, "do": "accept", "user": user, "picks": [first], "rejects": rest}
    answer = client.ask("POST", "/api/v1/steps", {"steps": [step]})
    assert answer.status == 200
    assert answer.json["steps"][0]["error"] is None


def test_a_rating_given_elsewhere_outlives_a_pick(
    site: Site, client: Client, restarted: Client
) -> None:
    photo = site.photos["IMG_06.jpg"]
    for page in (client, restarted):
        decide(client, photo, user="uma", choice="pick")
        rating = {"user": "uma", "photo": photo, "rating": 5}
        assert client.ask("PUT", "/api/v1/preferences", rating).status == 200
        assert undo(page, "uma") == {photo}
        (said,) = client.get("/api/v1/preferences?user=uma").json
        assert (said["photo"], said["rating"]) == (photo, 5)


def test_after_a_restart_the_newest_step_goes_first_whatever_it_was(
    site: Site, client: Client, restarted: Client
) -> None:
    picked, rejected = site.photos["IMG_07.jpg"], site.photos["IMG_08.jpg"]
    decide(client, picked, user="vic", choice="pick")
    decide(client, rejected, user="vic", choice="reject")
    accept(client, "vic")
    accepted = undo(restarted, "vic")
    assert accepted and not accepted & {picked, rejected}
    assert undo(restarted, "vic") == {rejected}
    assert undo(restarted, "vic") == {picked}
    assert undo(restarted, "vic") == set()


def test_accepting_the_same_twice_is_one_step(site: Site, client: Client) -> None:
    accept(client, "wim")
    accept(client, "wim")
    assert undo(client, "wim")
    assert undo(client, "wim") == set()
    assert client.get("/api/v1/decisions?user=wim").json == []
