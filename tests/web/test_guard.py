"""Who may ask: Host, token, CSRF, policy; nothing outside the catalog is ever read."""

import io
from http.client import HTTPConnection

import pytest
from PIL import Image

from aesplugin.web.guard import is_loopback
from tests.web.client import Client
from tests.web.conftest import CSRF, TOKEN
from tests.web.site import Site

PLACES = ("47.15", "126.71", "47.1534", "latitude", "longitude", "GPS")


class TestHost:
    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a@evil.test"])
    def test_other_names_get_nothing(self, client: Client, host: str) -> None:
        answer = client.ask("GET", "/api/v1/photos", headers={"host": host})
        assert answer.status == 421
        assert b"IMG_" not in answer.body

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:99", "LOCALHOST:80"])
    def test_our_names_may(self, client: Client, host: str) -> None:
        assert client.ask("GET", "/api/v1/status", headers={"host": host}).status == 200


class TestCsrf:
    def change(self, client: Client, headers: dict[str, str]) -> int:
        bare = Client(client.port, {})
        return bare.ask("POST", "/api/v1/undo", {"user": "nobody"}, headers).status

    def test_without_any_proof_is_refused(self, client: Client) -> None:
        assert self.change(client, {}) == 403
        assert self.change(client, {"x-csrf-token": "guess"}) == 403

    def test_the_pages_own_token(self, client: Client) -> None:
        assert self.change(client, {"x-csrf-token": CSRF}) == 200

    def test_another_origin_is_refused_even_with_the_token(self, client: Client) -> None:
        headers = {"x-csrf-token": CSRF, "origin": "https://evil.example"}
        assert self.change(client, headers) == 403

    def test_programs_name_themselves_and_browsers_cannot(self, client: Client) -> None:
        assert self.change(client, {"x-aes-client": "test"}) == 200
        own = f"http://127.0.0.1:{client.port}"
        assert self.change(client, {"x-aes-client": "test", "origin": own}) == 403
        assert self.change(client, {"x-aes-client": "test", "sec-fetch-site": "cross-site"}) == 403

    def test_every_changing_route_is_covered(self, client: Client) -> None:
        paths = client.get("/api/v1/openapi.json").json["paths"]
        bare = Client(client.port, {"sec-fetch-site": "cross-site"})
        for path, verbs in paths.items():
            for verb in {"post", "put", "delete", "patch"} & verbs.keys():
                assert bare.ask(verb.upper(), path, {}).status == 403, (verb, path)


class TestToken:
    def test_nothing_without_it(self, guarded: int) -> None:
        for path in ("/", "/api/v1/photos", "/static/base.css", "/api/v1/openapi.json"):
            assert Client(guarded, {}).get(path).status == 401
            assert Client(guarded, {}).get(path, authorization="Bearer wrong").status == 401

    def test_bearer(self, guarded: int) -> None:
        headers = {"authorization": f"Bearer {TOKEN}"}
        client = Client(guarded, headers)
        assert client.get("/api/v1/photos").status == 200
        assert client.ask("POST", "/api/v1/undo", {"user": "x"}).status == 200

    def test_the_address_becomes_a_cookie_and_forgets_the_token(self, guarded: int) -> None:
        answer = Client(guarded, {}).get(f"/photo/x?a=1&token={TOKEN}")
        assert answer.status == 303
        assert answer.headers["location"] == "/photo/x?a=1"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie
        assert Client(guarded, {"cookie": cookie.split(";")[0]}).get("/").status == 200

    def test_sign_in_never_leads_elsewhere(self, guarded: int) -> None:
        answer = Client(guarded, {}).get(f"//evil.example/?token={TOKEN}")
        assert not answer.headers.get("location", "/").startswith("//")

    def test_a_cookie_alone_changes_nothing(self, guarded: int) -> None:
        client = Client(guarded, {"cookie": f"aes_token={TOKEN}", "x-aes-client": "x"})
        assert client.ask("POST", "/api/v1/undo", {"user": "x"}).status == 403

    @pytest.mark.parametrize(
        "other", ['jupyter={"x":1}', 'a="open', "b@c=1", "no value", "=x", "path=/", "ü=ü", ""]
    )
    def test_cookies_of_other_programs_of_this_machine_shut_nobody_out(
        self, guarded: int, other: str
    ) -> None:
        for cookie in (f"{other}; aes_token={TOKEN}", f"aes_token={TOKEN}; {other}"):
            headers = {"cookie": cookie.encode().decode("latin-1")}
            assert Client(guarded, headers).get("/").status == 200, cookie

    def test_the_named_host_may(self, guarded: int) -> None:
        client = Client(guarded, {"authorization": f"Bearer {TOKEN}"})
        assert client.get("/api/v1/status", host="photos.example").status == 200


def test_every_answer_carries_the_policy(site: Site, client: Client) -> None:
    photo = site.photos["IMG_01.jpg"]
    for path in ("/", f"/photo/{photo}", "/static/base.css", "/nowhere", "/api/v1/status"):
        headers = client.get(path, accept="text/html").headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_no_page_holds_inline_code_or_styles(site: Site, client: Client) -> None:
    for path in ("/", f"/photo/{site.photos['IMG_01.jpg']}", "/groups", "/cull", "/publish"):
        text = client.get(path, accept="text/html").text
        assert "<style" not in text and " style=" not in text and " onclick" not in text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/....//app.py",
        "//etc/passwd",
        "/static//etc/passwd",
        "/api/v1/photos/..%2f..%2fetc%2fpasswd/full.jpg",
        "/api/v1/photos/%2e%2e/thumbnail.jpg",
        "/photo/..%2f..%2fcatalog.sqlite3",
    ],
)
def test_paths_lead_nowhere_outside(site: Site, path: str) -> None:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status in (404, 422), body[:200]
    assert b"root:" not in body and b"import" not in body and b"SQLite" not in body


def test_a_file_outside_the_catalog_is_not_known(site: Site, client: Client) -> None:
    for path in ("/etc/passwd", "/", f"{site.folder}/../catalog.sqlite3", "a%00b"):
        assert client.get(f"/api/v1/photos/by-path?path={path}").status == 404


def test_jobs_read_only_known_folders(site: Site, client: Client) -> None:
    for path in ("/etc", "/", f"{site.folder}/../..", f"{site.folder}/../photos-other"):
        assert client.ask("POST", "/api/v1/jobs", {"paths": [path]}).status == 404


class TestPlaces:
    def test_no_answer_tells_where_a_photo_was_taken(self, site: Site, client: Client) -> None:
        photo = site.photos["IMG_00.jpg"]
        entry = site.workshop.catalog.entry(photo, site.workshop.card.revision)
        assert entry and entry.photo and entry.photo.exif.latitude is not None, (
            "the test's own photo"
        )
        for path in (
            f"/photo/{photo}",
            f"/api/v1/photos/{photo}",
            "/api/v1/photos",
            "/",
            f"/api/v1/photos/{photo}/assessments",
            "/groups",
        ):
            text = client.get(path, accept="text/html").text
            assert not any(word in text for word in PLACES), path

    @pytest.mark.parametrize("kind", ["thumbnail", "preview", "full"])
    def test_pictures_carry_no_metadata(self, site: Site, client: Client, kind: str) -> None:
        data = client.get(f"/api/v1/photos/{site.photos['IMG_00.jpg']}/{kind}.jpg").body
        with Image.open(io.BytesIO(data)) as image:
            assert image.format == "JPEG"
            assert not image.getexif()
            assert "exif" not in image.info and "icc_profile" not in image.info
        assert b"Exif" not in data and b"Testcam" not in data


def test_texts_are_escaped(site: Site, client: Client) -> None:
    page = client.get(f"/photo/{site.photos['IMG_01.jpg']}", accept="text/html").text
    assert "<b>draws" not in page and "&lt;b&gt;draws" in page


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.9.9.9", True),
     ("0.0.0.0", False), ("192.168.1.4", False), ("nas", False)],
)  # fmt: skip
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
