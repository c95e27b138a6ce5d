"""Publish on the page: only the person's own stars while that is ticked, else it says which."""

import pytest

from aesplugin.decision import Word
from tests.web.client import Client
from tests.web.site import FRAMES, PHOTOS, Site

ALL = PHOTOS + FRAMES


@pytest.fixture(scope="module", autouse=True)
def starred(site: Site) -> None:
    """One photo has stars of its own."""
    catalog = site.workshop.catalog
    catalog.people.say("pat", [site.photos["IMG_01.jpg"]], Word(stars=2), note="by pat")


def preview(client: Client, fields: str) -> str:
    kind = {"cookie": "aes_user=pat", "content-type": "application/x-www-form-urlencoded"}
    return client.ask("POST", "/publish/preview", fields.encode(), kind).text


def test_only_mine_is_ticked_at_first(client: Client) -> None:
    assert 'name="only_mine" value="true" checked' in client.get("/publish").text


def test_only_mine(client: Client) -> None:
    text = preview(client, "ratings=true&only_mine=true")
    assert text.count("+ xmp:Rating:") == 1
    assert "the score, not yours" not in text


def test_the_scores_stars_are_told_apart(client: Client) -> None:
    text = preview(client, "ratings=true")
    assert text.count("+ xmp:Rating:") == ALL
    assert text.count("(the score, not yours)") == ALL - 1
