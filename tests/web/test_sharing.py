"""Sharing on the page: a gallery as a job, its file, and the choices that come back."""

import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.chromium import accessible, keep, visit
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import FRAMES, PHOTOS, Site, build

SHARES = "/api/v1/shares"


def wanted(site: Site, count: int = 3, **changes: Any) -> dict[str, Any]:
    photos = [site.photos[f"IMG_{number:02}.jpg"] for number in reversed(range(count))]
    return {"photos": photos, "title": "Tom & Jo <3"} | changes


def done(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    started = client.ask("POST", SHARES, body)
    assert started.status == 202, started.text
    deadline = time.monotonic() + 120
    while (job := client.get(f"/api/v1/jobs/{started.json['id']}").json)["state"] in (
        "waiting",
        "running",
    ):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    found: dict[str, Any] = job
    return found


def choices(site: Site, *names: str, title: str = "Tom", **changes: Any) -> bytes:
    photos = [
        {"photo": site.photos[name], "name": name, "chosen": True, "stars": 4, "comment": "<b>"}
        for name in names
    ]
    made = {
        "format": "aesplugin-choices/1",
        "share": "0" * 32,
        "title": title,
        "made_at": "2026-05-01T10:00:00Z",
        "photos": photos,
    }
    return json.dumps(made | changes).encode()


def test_a_page_that_was_long_idle_can_share_again(client: Client, site: Site) -> None:
    first = done(client, wanted(site))
    assert first["state"] == "done"
    home = site.workshop.settings.cache / "shared"
    for folder in home.iterdir():
        shutil.rmtree(folder)  # as another page does after a day
    again = done(client, wanted(site))
    assert (again["state"], again["failed"]) == ("done", 0)
    assert client.get(again["link"]).status == 200
    (folder,) = home.iterdir()
    os.utime(folder, (0, 0))
    assert done(client, wanted(site))["state"] == "done"
    assert time.time() - folder.stat().st_mtime < 24 * 3600


def test_a_gallery_is_a_job_with_a_file(client: Client, site: Site) -> None:
    job = done(client, wanted(site))
    assert (job["state"], job["done"], job["failed"]) == ("done", 3, 0)
    file = client.get(job["link"])
    assert file.headers["content-disposition"] == 'attachment; filename="photos-Tom-Jo-3.html"'
    names = [part.partition('"')[0] for part in file.text.split('data-name="')[1:]]
    assert names == ["IMG_02.jpg", "IMG_01.jpg", "IMG_00.jpg"]  # in the order that was sent
    assert "Tom &amp; Jo &lt;3" in file.text


def test_a_zip(client: Client, site: Site) -> None:
    job = done(client, wanted(site, form="zip", title="שלום"))
    file = client.get(job["link"])
    assert "filename*=utf-8''" in file.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
        assert archive.testzip() is None and len(archive.namelist()) == 7


def test_what_cannot_be_shared_is_refused(client: Client, site: Site) -> None:
    unknown = client.ask("POST", SHARES, wanted(site, photos=["f" * 64]))
    assert unknown.status == 404 and "no photos to share" in unknown.json["error"]
    for change in ({"title": " "}, {"title": "x" * 201}, {"form": "exe"}, {"photos": []}):
        assert client.ask("POST", SHARES, wanted(site, **change)).status == 422
    assert client.get(f"{SHARES}/{'0' * 32}/file").status == 404


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Site]:
    """A library and page whose files a test may take away."""
    made = build(tmp_path)
    with served(create_app(Desk(made.workshop, Access(csrf=CSRF)))) as port:
        yield replace(made, port=port)
    made.workshop.catalog.close()
    assert not list((tmp_path / "cache" / "shared").iterdir())  # gone with the page


def test_a_photo_that_is_gone_is_named_and_old_files_go(own: Site) -> None:
    client = Client(own.port, {"x-csrf-token": CSRF})
    (own.folder / "IMG_01.jpg").unlink()
    first = done(client, wanted(own))
    assert (first["state"], first["done"], first["failed"]) == ("done", 3, 1)
    assert "IMG_01.jpg was deleted" in first["problems"][0]
    later = [done(client, wanted(own, 1)) for _ in range(5)]
    assert client.get(first["link"]).status == 404
    assert [client.get(job["link"]).status for job in later] == [200] * 5
    (own.folder / "IMG_00.jpg").unlink()
    none = done(client, wanted(own, 1))
    assert none["state"] == "failed" and "none of the photos can be shown" in none["error"]
    assert client.get(none["link"]).status == 404


def test_choices_are_stored_and_undone(client: Client, site: Site) -> None:
    people = site.workshop.catalog.people
    read = client.ask("POST", f"{SHARES}/choices", choices(site, "IMG_05.jpg"))
    assert read.status == 200
    assert read.json["user"] == "Tom" and read.json["comments"] == ["IMG_05.jpg: <b>"]
    assert people.decisions("Tom")[site.photos["IMG_05.jpg"]].stars == 4
    again = client.ask("POST", f"{SHARES}/choices", choices(site, "IMG_05.jpg"))
    assert again.json["run"] is None and "nothing changed" in again.json["line"]
    step = {"id": "undo-of-the-choices", "do": "undo", "user": "Tom", "of": [read.json["run"]]}
    answer = client.ask("POST", "/api/v1/steps", {"steps": [step]}).json["steps"][0]
    assert answer["error"] is None and "IMG_05.jpg in a shared gallery undone" in answer["line"]
    assert people.decisions("Tom") == {}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff" * 1000, b'{"format": "other"}', b"[]"])
def test_another_file_is_refused_in_one_line(client: Client, site: Site, body: bytes) -> None:
    before = site.workshop.catalog.people.users()
    answer = client.ask("POST", f"{SHARES}/choices", body)
    assert answer.status == 409 and "ask the client" in answer.json["error"]
    assert site.workshop.catalog.people.users() == before


def test_sharing_from_the_gallery(page: Page) -> None:
    visit(page, "/?score_min=8.5")
    page.get_by_role("button", name="Share…").click()
    dialog = page.locator("#share")
    expect(dialog.locator("[data-share-what]")).to_have_text("3 photos that match the filters")
    accessible(page)
    keep(page, "share")
    dialog.get_by_label("Title, which the client reads").fill("Tom and Jo")
    dialog.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/progress")
    with page.expect_download() as download:
        job = page.locator(".job", has_text="share Tom and Jo: done")
        job.get_by_role("link", name="Download").click()
    keep(page, "share-progress")
    assert download.value.suggested_filename == "photos-Tom-and-Jo.html"
    assert download.value.path().read_text(encoding="utf-8").count("data-name=") == 3


def test_sharing_what_is_selected(page: Page, site: Site) -> None:
    visit(page, "/")
    for place in (0, 2):
        page.locator(".tile").nth(place).click(modifiers=["Control"])
    page.get_by_role("button", name="Share…").click()
    expect(page.locator("[data-share-what]")).to_have_text("2 photos selected")
    page.keyboard.press("x")  # in a dialog keys decide nothing
    page.keyboard.press("Escape")
    expect(page.locator("#share")).to_be_hidden()
    assert site.workshop.catalog.people.decisions("me") == {}
    page.keyboard.press("Escape")


def test_reading_choices_on_the_page(page: Page, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "choices.json"
    file.write_bytes(choices(site, "IMG_07.jpg", title="Jo"))
    visit(page, "/")
    page.get_by_role("button", name="Share…").click()
    page.locator("#share-file").set_input_files(file)
    page.get_by_role("button", name="Read choices").click()
    told = page.locator("[data-share-told]")
    expect(told).to_contain_text("1 photo chosen, 1 with stars, by Jo")
    expect(told).to_contain_text("IMG_07.jpg: <b>")
    accessible(page)
    keep(page, "share-read")
    assert set(site.workshop.catalog.people.decisions("Jo")) == {site.photos["IMG_07.jpg"]}
    told.get_by_role("button", name="Undo").click()
    expect(told).to_contain_text("undone")
    assert site.workshop.catalog.people.decisions("Jo") == {}


def test_the_whole_gallery_is_counted(page: Page) -> None:
    visit(page, "/")
    page.get_by_role("button", name="Share…").click()
    expect(page.locator("[data-share-what]")).to_have_text(
        f"{PHOTOS + FRAMES} photos that match the filters"
    )
