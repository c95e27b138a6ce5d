"""What a model says beside the score: in the API, on the page, and what it leaves out there."""

import re

import pytest

from aesplugin.assessment import Content, Kind, Reason
from tests.catalog.samples import answered
from tests.web.client import Client
from tests.web.site import FRAMES, PHOTOS, Site

ALL = PHOTOS + FRAMES
KNOWN = "IMG_01.jpg"
GRAPHIC, DOCUMENT = "IMG_02.jpg", "IMG_04.jpg"
PLAIN = "IMG_05.jpg"
REASONS = (Reason(text="soft <light>", points=0.4), Reason(text="tilted horizon", points=-0.25))


@pytest.fixture(scope="module", autouse=True)
def told(site: Site) -> None:
    """One photo of which all is known, a graphic and a document; of the others nothing is."""
    pet = Content(kind=Kind.PET, subject="a dog", keywords=("dog", "grass"))
    said = {
        KNOWN: {"uncertainty": 0.66, "content": pet, "reasons": REASONS},
        GRAPHIC: {"content": Content(kind=Kind.GRAPHIC), "suggestions": ()},
        DOCUMENT: {"content": Content(kind=Kind.DOCUMENT), "suggestions": (), "reasons": ()},
    }
    catalog, revision = site.workshop.catalog, site.workshop.card.revision
    for name, changes in said.items():
        answered(catalog, str(site.folder / name), revision, **changes)


class TestApi:
    def test_a_photo_has_all_of_it(self, site: Site, client: Client) -> None:
        photo = site.photos[KNOWN]
        (assessed,) = client.get(f"/api/v1/photos/{photo}/assessments").json
        for found in (client.get(f"/api/v1/photos/{photo}").json, assessed):
            assert (found["uncertainty"], found["kind"], found["subject"]) == (0.66, "pet", "a dog")
            assert found["keywords"] == ["dog", "grass"]
            assert found["reasons"][1] == {"text": "tilted horizon", "points": -0.25}
            assert found["suggestions"][0]["amount"] is None

    def test_what_is_not_known_is_null(self, site: Site, client: Client) -> None:
        found = client.get(f"/api/v1/photos/{site.photos[PLAIN]}").json
        names = ("uncertainty", "kind", "subject", "keywords", "reasons")
        assert [found[name] for name in names] == [None, None, None, [], None]

    @pytest.mark.parametrize(
        ("query", "count"),
        [("", ALL), ("kind=all", ALL), ("kind=photos", ALL - 2), ("kind=not_photos", 2)],
    )
    def test_it_keeps_everything_unless_asked(self, client: Client, query: str, count: int) -> None:
        assert client.get(f"/api/v1/photos?{query}").json["total"] == count
        assert client.get(f"/api/v1/rank?{query}").json["total"] == count
        assert len(client.get(f"/api/v1/cull?{query}").json["proposals"]) == count

    def test_an_unknown_kind_is_refused(self, client: Client) -> None:
        assert client.get("/api/v1/photos?kind=cats").status == 422

    def test_bytes_that_are_scored_have_the_same_keys(self, site: Site, client: Client) -> None:
        found = client.ask("POST", "/api/v1/score", (site.folder / PLAIN).read_bytes()).json
        assert (found["uncertainty"], found["kind"], found["keywords"]) == (None, None, [])


class TestPage:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", f"{ALL - 2} photos"),
            ("kind=all", f"{ALL} pictures"),
            ("kind=not_photos", "2 pictures"),
            ("kind=cats", f"{ALL - 2} photos"),
            ("kind=not_photos&folder=photos", "0 pictures"),
        ],
    )
    def test_the_gallery_shows_photos_unless_asked(
        self, client: Client, query: str, count: str
    ) -> None:
        assert f'role="status">{count}' in client.get(f"/?{query}").text

    def test_what_a_person_picked_is_shown_whatever_it_is_taken_for(
        self, site: Site, client: Client
    ) -> None:
        address = f"/api/v1/photos/{site.photos[GRAPHIC]}/decision"
        client.ask("PUT", address, {"user": "me", "choice": "pick"})
        assert site.photos[GRAPHIC] in client.get("/?choice=pick").text
        client.ask("POST", "/api/v1/undo", {"user": "me"})

    def test_the_filter_stays_as_one_looks_around(self, site: Site, client: Client) -> None:
        page = client.get("/?kind=not_photos").text
        assert 'data-query="kind=not_photos"' in page
        assert '<option value="not_photos" selected>' in page
        graphic = site.photos[GRAPHIC]
        opened = client.get(f"/photo/{graphic}?kind=not_photos&i=0").text
        assert f"/photo/{site.photos[DOCUMENT]}?kind=not_photos" in opened

    def test_a_folder_called_as_a_default_is_not_lost(self, client: Client) -> None:
        assert (
            'data-back="/?folder=photos"'
            in client.get(f"/photo/{next(iter(self.hashes(client)))}?folder=photos").text
        )

    @staticmethod
    def hashes(client: Client) -> list[str]:
        return [one["photo"] for one in client.get("/api/v1/photos?limit=1").json["photos"]]

    def test_tiles_of_graphics_are_called_so(self, client: Client) -> None:
        assert 'title="graphic, not a photograph">graphic<' in client.get("/?kind=all").text
        assert "not a photograph" not in client.get("/").text

    def test_a_photo_tells_its_margin_its_reasons_and_what_it_shows(
        self, site: Site, client: Client
    ) -> None:
        page = client.get(f"/photo/{site.photos[KNOWN]}").text
        assert "<span> ± 0.7 out of 10</span>" in page
        assert "shows a dog (pet); keywords: dog, grass" in page
        assert "<li>+ soft &lt;light&gt;</li><li>\N{MINUS SIGN} tilted horizon</li>" in page

    def test_a_graphic_gets_no_photo_advice(self, site: Site, client: Client) -> None:
        page = client.get(f"/photo/{site.photos[GRAPHIC]}").text
        assert "Graphic, not a photograph: no photo advice." in page
        assert "Suggestions" not in page and "data-crop" not in page
        assert "Why this score" not in page
        assert "nothing stands out" in client.get(f"/photo/{site.photos[DOCUMENT]}").text

    def test_of_other_photos_the_page_is_as_before(self, site: Site, client: Client) -> None:
        page = client.get(f"/photo/{site.photos[PLAIN]}").text
        assert "<span> out of 10</span>" in page and "Suggestions" in page
        assert ">colour cast<" in page and "color" not in page.partition('class="measured"')[2]
        for word in ("±", "Why this score", "not a photograph", "keywords"):
            assert word not in page

    @pytest.mark.parametrize(
        ("query", "count"), [("", ALL - 2), ("kind=all", ALL), ("kind=not_photos", 2)]
    )
    def test_a_cull_is_of_photos_unless_asked(self, client: Client, query: str, count: int) -> None:
        page = client.get(f"/cull?{query}&keep=1").text
        assert page.count('class="reason"') == count

    def test_what_was_not_proposed_is_not_decided(self, site: Site, client: Client) -> None:
        shown = client.get("/cull?keep=1&strictness=1", cookie="aes_user=kay").text
        picks, rejects = (
            [unit.split("+") for unit in re.findall(rf'data-{name}="([^"]*)"', shown)[0].split()]
            for name in ("picks", "rejects")
        )
        step = {"id": "0123456789ab", "do": "accept", "user": "kay"}
        sent = {"steps": [step | {"picks": picks, "rejects": rejects}]}
        assert client.ask("POST", "/api/v1/steps", sent).json["steps"][0]["error"] is None
        for name in (GRAPHIC, DOCUMENT):
            found = client.get(f"/api/v1/photos/{site.photos[name]}?user=kay").json
            assert found["decision"] is None
        assert client.get("/api/v1/photos?user=kay&choice=reject").json["total"] > 0
