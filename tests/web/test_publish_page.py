"""Publish on the page: only the person's own stars while that is ticked, else it says which."""

from pathlib import Path
from typing import ClassVar

import pytest

from aesplugin.assessment import Content
from aesplugin.decision import Word
from aesplugin.sidecars.base import Merged, Publication, SidecarFormat
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.services.publishing.builders import put
from tests.web.client import Client
from tests.web.site import FRAMES, PHOTOS, Site, build

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


def test_a_value_that_is_none_is_refused(client: Client) -> None:
    kind = {"cookie": "aes_user=pat", "content-type": "application/x-www-form-urlencoded"}
    for fields in (b"naming=short", b"ratings=perhaps"):
        assert client.ask("POST", "/publish/preview", fields, kind).status == 422


class _Tags(SidecarFormat):
    """Has tags alone."""

    suffix = ".note"
    has_tags: ClassVar[bool] = True

    def merge(self, data: bytes | None, publication: Publication) -> Merged:
        return Merged(data=data)


@pytest.mark.parametrize(
    ("format_", "offered"),
    [(_Tags, {"tags"}), (type("_Score", (_Tags,), {"has_tags": False}), set())],
)
def test_the_formats_own_fields_are_offered(
    tmp_path: Path, format_: type[SidecarFormat], offered: set[str]
) -> None:
    made = build(tmp_path)
    made.workshop.__dict__["sidecars"] = format_()
    with served(create_app(Desk(made.workshop, Access()))) as port:
        text = Client(port, {}).get("/publish").text
    names = ("ratings", "only_mine", "labels", "tags", "keywords", "description", "caption")
    assert {name for name in names if f'name="{name}"' in text} == offered
    assert "IMG.CR2.note" in text
    assert ("<legend>" in text) == bool(offered)
    made.workshop.close()


def test_keywords_and_captions_are_previewed(tmp_path: Path) -> None:
    made = build(tmp_path)
    content = Content(subject="a bird", keywords=("bird",))
    put(made.workshop.catalog, made.folder / "bird.CR2", 1000, content=content)
    with served(create_app(Desk(made.workshop, Access()))) as port:
        here = Client(port, {"x-aes-client": "test"})
        both, one = (preview(here, f"{more}caption=true") for more in ("keywords=true&", ""))
    assert "+ lr:hierarchicalSubject: animal, animal|bird" in both
    assert "+ dc:description: A bird" in both
    assert "+ dc:description: A bird" in one and "hierarchicalSubject" not in one
    made.workshop.close()
