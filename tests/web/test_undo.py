"""Ctrl-Z on the page: the last step of this person there, and nothing that was said elsewhere."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
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


def steps(client: Client, *said: dict[str, object]) -> list[Any]:
    answer = client.ask("POST", "/api/v1/steps", {"steps": said})
    assert answer.status == 200
    return list(answer.json["steps"])


def test_an_undo_that_names_a_step_leaves_those_made_meanwhile(site: Site, client: Client) -> None:
    one, two = site.photos["IMG_07.jpg"], site.photos["IMG_08.jpg"]
    pick = {"id": "xen-pick-1", "do": "decide", "user": "xen", "photos": [one], "choice": "pick"}
    (picked,) = steps(client, pick)
    decide(client, two, user="xen", stars=5)
    back = {"id": "xen-undo-1", "do": "undo", "user": "xen", "of": ["xen-pick-1"]}
    repeated, undone = steps(client, pick, back)
    assert repeated == picked
    assert undone["run"] == picked["run"]
    assert [(d["photo"], d["choice"]) for d in undone["decisions"]] == [(one, "none")]
    for of in (["xen-pick-1"], [picked["run"]], []):
        (nothing,) = steps(client, back | {"id": uuid4().hex, "of": of})
        assert (nothing["run"], nothing["line"]) == (None, "Nothing to undo")
    stands = client.ask("POST", "/api/v1/steps/standing", {"user": "xen", "photos": [one, two]})
    assert [(d["choice"], d["stars"]) for d in stands.json["decisions"]] == [
        ("none", None),
        ("none", 5),
    ]
    assert undo(client, "xen") == {two}, "without a name the last one is meant, as ever"


@pytest.mark.parametrize("of", ["xen-pick-1", [0], [-1], [1.5], [True], ["short"], [2**40], [None]])
def test_what_can_name_no_step_is_refused(client: Client, of: object) -> None:
    step = {"id": uuid4().hex, "do": "undo", "user": "xen", "of": of}
    answer = client.ask("POST", "/api/v1/steps", {"steps": [step]})
    assert answer.status == 422
    assert answer.json["error"].startswith("body.steps.0.of")


def test_steps_of_a_page_of_another_catalog_are_refused(site: Site, client: Client) -> None:
    step = {"id": uuid4().hex, "do": "decide", "photos": list(site.photos.values()), "stars": 1}
    answer = client.ask(
        "POST", "/api/v1/steps", {"steps": [step | {"user": "yan"}]}, {"x-aes-catalog": "0" * 16}
    )
    assert answer.status == 409
    assert "another catalog is served here now" in answer.json["error"]
    assert client.get("/api/v1/decisions?user=yan").json == []
