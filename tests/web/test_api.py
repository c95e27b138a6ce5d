"""The HTTP API: what the page and other programs ask, and clear answers to bad questions."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote

import pytest

from aesplugin.compose import Workshop
from aesplugin.errors import SettingsError
from aesplugin.models.personal.files import SHIPPED
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import FRAMES, PHOTOS, Site

NOBODY = "0" * 64


class TestPhotos:
    def test_sorted_by_score_and_windowed(self, client: Client) -> None:
        first = client.get("/api/v1/photos?limit=5").json
        rest = client.get("/api/v1/photos?limit=500&offset=5").json
        assert first["total"] == PHOTOS + FRAMES
        scores = [p["score"] for p in first["photos"] + rest["photos"]]
        assert scores == sorted(scores, reverse=True) and len(scores) == PHOTOS + FRAMES

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("camera=Testcam+2", 4),
            ("taken_from=2026-05-02", FRAMES),
            ("taken_from=2026-05-01&taken_to=2026-05-01", PHOTOS),
            ("score_min=9", 2),
            ("shown=pending", 0),
            ("choice=pick&user=nobody", 0),
            ("folder=/nowhere", 0),
        ],
    )
    def test_filters(self, client: Client, query: str, expected: int) -> None:
        assert client.get(f"/api/v1/photos?{query}").json["total"] == expected

    def test_one_photo_by_its_path(self, site: Site, client: Client) -> None:
        found = client.get(f"/api/v1/photos/by-path?path={site.folder}/IMG_01.jpg").json
        assert found["photo"] == site.photos["IMG_01.jpg"]
        assert found["suggestions"][0]["flaw"] == "tilted_horizon"

    def test_histogram(self, site: Site, client: Client) -> None:
        tones = client.get(f"/api/v1/photos/{site.photos['IMG_01.jpg']}/histogram").json
        assert set(tones) == {"luminance", "red", "green", "blue"}
        assert all(len(v) == 64 and 0 <= min(v) <= max(v) <= 1 for v in tones.values())


class TestDecisions:
    def test_stars_and_favorites_teach_at_once_and_undo_takes_both_back(
        self, site: Site, client: Client
    ) -> None:
        photo = site.photos["IMG_03.jpg"]
        address = f"/api/v1/photos/{photo}/decision"
        client.ask("PUT", address, {"user": "eve", "stars": 4})
        client.ask("PUT", address, {"user": "eve", "favorite": True, "choice": "pick"})
        (said,) = client.get("/api/v1/preferences?user=eve").json
        assert (said["rating"], said["favorite"]) == (4, True)
        client.ask("POST", "/api/v1/undo", {"user": "eve"})
        (said,) = client.get("/api/v1/preferences?user=eve").json
        assert (said["rating"], said["favorite"]) == (4, None)
        client.ask("POST", "/api/v1/undo", {"user": "eve"})
        assert client.get("/api/v1/preferences?user=eve").json == []
        assert client.ask("POST", "/api/v1/undo", {"user": "eve"}).json == {"decisions": []}

    def test_many_at_once_are_one_step(self, site: Site, client: Client) -> None:
        photos = [site.photos[f"IMG_0{n}.jpg"] for n in range(4)]
        body = {"user": "kim", "photos": photos, "choice": "reject"}
        assert len(client.ask("POST", "/api/v1/decisions", body).json["decisions"]) == 4
        assert client.get("/api/v1/photos?user=kim&choice=reject").json["total"] == 4
        client.ask("POST", "/api/v1/undo", {"user": "kim"})
        assert client.get("/api/v1/photos?user=kim&choice=reject").json["total"] == 0

    def test_people_do_not_see_each_others_decisions(self, site: Site, client: Client) -> None:
        photo = site.photos["IMG_05.jpg"]
        client.ask("PUT", f"/api/v1/photos/{photo}/decision", {"user": "ada", "stars": 5})
        assert client.get(f"/api/v1/photos/{photo}?user=bob").json["decision"] is None


def test_groups_and_proposals(client: Client) -> None:
    groups = client.get("/api/v1/groups").json
    assert len(groups[0]["photos"]) == FRAMES
    one = client.get(f"/api/v1/groups/{groups[0]['group']}").json
    assert one == groups[0]
    lax = client.get("/api/v1/cull?strictness=0").json["counts"]
    strict = client.get("/api/v1/cull?strictness=1").json["counts"]
    assert strict["pick"] < lax["pick"] and strict["reject"] >= lax["reject"]


def test_groups_come_in_windows(site: Site, client: Client) -> None:
    folder = quote(str(site.folder))
    whole = client.get(f"/api/v1/groups?folder={folder}").json
    windows = [
        client.get(f"/api/v1/groups?folder={folder}&limit=1&offset={n}").json
        for n in range(len(whole) + 1)
    ]
    assert [one for window in windows for one in window] == whole and windows[-1] == []
    assert client.get(f"/api/v1/groups/{whole[0]['group']}?folder={folder}").json == whole[0]


@pytest.fixture
def crowded(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The same library where more than a handful of photos are too many to compare at once."""
    monkeypatch.setattr("aesplugin.web.culling._MOST_AT_ONCE", 3)
    with served(create_app(Desk(site.workshop, Access(csrf=CSRF)))) as port:
        yield Client(port, {"x-csrf-token": CSRF})


@pytest.mark.parametrize("scope", ["", "?folder={folder}"])
def test_too_many_photos_are_not_compared_while_somebody_waits(
    site: Site, crowded: Client, scope: str
) -> None:
    scope = scope.format(folder=quote(str(site.folder)))
    for page in ("groups", "cull"):
        assert "Too many photos" in crowded.get(f"/{page}{scope}", accept="text/html").text
        answer = crowded.get(f"/api/v1/{page}{scope}")
        assert answer.status == 409 and "choose a smaller folder" in answer.json["error"]
    assert crowded.get(f"/api/v1/groups/burst-0123456789{scope}").status == 409


def test_a_folder_of_a_large_catalog_is_compared(
    site: Site, crowded: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = quote(str(site.folder))
    monkeypatch.setattr("aesplugin.web.culling._MOST_AT_ONCE", PHOTOS + FRAMES)
    for page in ("groups", "cull"):
        text = crowded.get(f"/{page}?folder={folder}", accept="text/html").text
        assert "Too many photos" not in text and "/group/" in text
    monkeypatch.setattr("aesplugin.web.culling._MOST_AT_ONCE", PHOTOS + FRAMES - 1)
    kept = crowded.get(f"/api/v1/groups?folder={folder}")
    assert kept.status == 200, "what was compared a moment ago is answered"


def test_bytes_are_scored_and_not_kept(site: Site, client: Client) -> None:
    data = (site.folder / "IMG_02.jpg").read_bytes()
    before = client.get("/api/v1/status").json["states"]
    found = client.ask("POST", "/api/v1/score", data).json
    assert 1 <= found["score"] <= 10 and found["model"] == "fake@fake-1"
    assert client.get("/api/v1/status").json["states"] == before
    refused = client.ask("POST", "/api/v1/score", b"no picture")
    assert refused.status == 422 and "error" in refused.json


def test_a_job_tells_its_progress(site: Site, client: Client) -> None:
    started = client.ask("POST", "/api/v1/jobs", {"paths": [str(site.folder)]})
    assert started.status == 202
    number = started.json["id"]
    connection = HTTPConnection("127.0.0.1", client.port, timeout=60)
    connection.request("GET", "/api/v1/jobs/events", headers={"x-csrf-token": CSRF})
    answer = connection.getresponse()
    assert answer.headers["content-type"].startswith("text/event-stream")
    while True:
        line = answer.readline().decode()
        assert line, "the stream ended before the job did"
        if line.startswith("data: "):
            jobs = {job["id"]: job for job in json.loads(line[6:])["jobs"]}
            if jobs[number]["state"] == "done":
                break
    connection.close()
    done = client.get(f"/api/v1/jobs/{number}").json
    assert (done["done"], done["failed"]) == (PHOTOS + FRAMES, 0)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/api/v1/photos/{NOBODY}", None, 404),
        ("GET", f"/api/v1/photos/{NOBODY}/thumbnail.jpg", None, 404),
        ("GET", f"/api/v1/photos/{NOBODY}/full.jpg", None, 404),
        ("GET", "/api/v1/photos/xyz", None, 422),
        ("GET", "/api/v1/photos?limit=0", None, 422),
        ("GET", "/api/v1/photos?order=beauty", None, 422),
        ("GET", "/api/v1/groups/none", None, 404),
        ("GET", "/api/v1/jobs/99", None, 404),
        ("PUT", f"/api/v1/photos/{NOBODY}/decision", {"stars": 3}, 404),
        ("PUT", f"/api/v1/photos/{NOBODY}/decision", {"stars": 9}, 422),
        ("PUT", f"/api/v1/photos/{NOBODY}/decision", {"stars": 3, "extra": 1}, 422),
        ("POST", "/api/v1/decisions", {"photos": ["../.."], "stars": 3}, 404),
        ("POST", "/api/v1/undo", {"user": "\u0007"}, 422),
        ("POST", "/api/v1/undo", b"{", 422),
        ("GET", "/api/v1/nothing", None, 404),
    ],
)
def test_bad_questions_get_one_clear_line(
    client: Client, method: str, path: str, body: object, status: int
) -> None:
    answer = client.ask(method, path, body)
    assert answer.status == status
    assert set(answer.json) == {"error"} and "\n" not in answer.json["error"]
    assert "Traceback" not in answer.text


class TestImmichHook:
    def test_a_new_photo_is_scored(
        self, site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AES_IMMICH_PREFIX", f"{site.folder}=/usr/src/app/external")
        said = {"path": "/usr/src/app/external/IMG_01.jpg", "event": "asset.upload"}
        answer = client.ask("POST", "/api/v1/hooks/immich", said)
        assert answer.status == 202 and answer.json["job"] >= 1

    @pytest.mark.parametrize("path", ["/etc/passwd", "/usr/src/app/external/../../etc/passwd", ""])
    def test_other_files_are_not_read(self, client: Client, path: str) -> None:
        assert client.ask("POST", "/api/v1/hooks/immich", {"path": path}).status == 404


def test_a_personal_model_of_another_model_is_refused_before_a_page_is_served(site: Site) -> None:
    settings = site.workshop.settings.model_copy(update={"personal": SHIPPED / "embedded"})
    workshop = Workshop(settings)
    with pytest.raises(SettingsError, match="was made for embedded-"):
        Desk(workshop, Access(csrf=CSRF))
    workshop.catalog.close()
