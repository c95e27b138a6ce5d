"""Faces in the API and on the photo's page."""

from dataclasses import replace

import pytest

from aesplugin.catalog.records import IngestedFile, ReadFaces
from aesplugin.face import Eyes, Face, Facing
from aesplugin.imaging.examine import examine
from aesplugin.services.pipeline.ingest import stamp_of
from tests.web.client import Client
from tests.web.site import Site

PEOPLE, NOBODY, UNREAD = "IMG_01.jpg", "IMG_02.jpg", "IMG_03.jpg"
LARGE = Face(
    box=(0.25, 0.25, 0.5, 0.5),
    confidence=0.9,
    width=225.0,
    measured_width=225.0,
    eyes=Eyes.OPEN,
    openness=0.3,
    sharpness=0.2,
    brightness=0.5,
    facing=Facing.CAMERA,
    turned=0.125,
)
SMALL = Face(box=(0.8, 0.1, 0.84, 0.14), confidence=0.6, width=36.0, measured_width=36.0)


@pytest.fixture(scope="module", autouse=True)
def read(site: Site) -> None:
    crowd = [replace(LARGE, eyes=Eyes.CLOSED), LARGE, *[SMALL] * 18]
    for name, faces in ((PEOPLE, crowd), (NOBODY, [])):
        path = str(site.folder / name)
        found, stamp = examine(path, max_megapixels=50), stamp_of(path)
        assert stamp is not None
        were = ReadFaces(reader_revision="1", faces=tuple(faces))
        item = IngestedFile(stamp=stamp, photo=found.photo, attributes=found.attributes, faces=were)
        site.workshop.catalog.record_photos([item])


def test_the_api_has_them(site: Site, client: Client) -> None:
    found = {
        name: client.get(f"/api/v1/photos/{site.photos[name]}").json["faces"]
        for name in (PEOPLE, NOBODY, UNREAD)
    }
    assert len(found[PEOPLE]) == 20 and found[NOBODY] == [] and found[UNREAD] is None
    assert found[PEOPLE][1] == {
        "box": [0.25, 0.25, 0.5, 0.5],
        "confidence": 0.9,
        "width": 225.0,
        "measured_width": 225.0,
        "eyes": "open",
        "openness": 0.3,
        "sharpness": 0.2,
        "brightness": 0.5,
        "facing": "camera",
        "turned": 0.125,
        "red_eyes": None,
    }
    assert found[PEOPLE][2]["eyes"] == "unsure" and found[PEOPLE][2]["openness"] is None
    assert found[PEOPLE][2]["facing"] == "unsure" and found[PEOPLE][2]["turned"] is None


def test_the_page_shows_the_largest(site: Site, client: Client) -> None:
    page = client.get(f"/photo/{site.photos[PEOPLE]}").text
    assert "20 faces: 1 with eyes open, 1 with eyes closed, 18 with eyes unclear" in page
    assert page.count('role="img" aria-label="Face ') == 12
    assert 'aria-label="Face 1: eyes closed"' in page


def test_where_there_is_none_or_nobody_looked(site: Site, client: Client) -> None:
    assert "No face found." in client.get(f"/photo/{site.photos[NOBODY]}").text
    assert "h-faces" not in client.get(f"/photo/{site.photos[UNREAD]}").text
