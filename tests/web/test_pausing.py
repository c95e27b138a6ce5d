"""Scoring is paused and continued, also after the end of the server that did it."""

import signal
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from aesplugin.compose import Workshop
from aesplugin.settings import Settings
from aesplugin.web.guard import Access
from aesplugin.web.jobs import JobBoard, Planned
from aesplugin.web.state import Desk
from aesplugin.web.unfinished import Journal
from tests.web.chromium import accessible, keep, tab, visit
from tests.web.client import Client
from tests.web.scoring import BATCH, Scoring, photographed, scoring
from tests.web.test_jobs import ended
from tests.web.test_serve import page as served_page
from tests.web.test_serve import started

PHOTOS = 16


def test_it_stops_after_the_photos_in_work_and_continues_where_it_was(tmp_path: Path) -> None:
    photographed(tmp_path / "photos", PHOTOS)
    with scoring(tmp_path) as made:
        number = made.start()
        made.score(number, BATCH)
        paused = made.client.ask("POST", f"/api/v1/jobs/{number}/pause").json
        assert paused["state"] == "paused" and paused["seconds_left"] is None
        assert made.client.ask("POST", f"/api/v1/jobs/{number}/pause").json["state"] == "paused"
        made.gate.let(BATCH)  # those that are being looked at
        until_at_rest(made, number)
        scored = made.client.get("/api/v1/status").json["states"]["assessed"]
        assert scored == 2 * BATCH
        made.gate.let(PHOTOS)
        small = made.folder.parent / "photos" / "small"
        photographed(small, 1)
        other = made.client.ask("POST", "/api/v1/jobs", {"paths": [str(small)]}).json["id"]
        made.comes_to(other, state="done")
        assert made.job(number)["state"] == "paused", "others have their turn meanwhile"
        made.client.ask("POST", f"/api/v1/jobs/{number}/resume")
        job = made.comes_to(number, state="done")
        assert (job["done"], job["failed"]) == (PHOTOS, 0)


def until_at_rest(made: Scoring, number: int) -> None:
    """The pause has been noticed: a job that comes after it has ended."""
    desk = made.desk
    ended(desk.jobs, desk.jobs.start("publish", "nothing", lambda: Planned(0, [])))
    assert made.job(number)["state"] == "paused"


def test_a_job_that_waits_is_paused_too_and_one_that_is_paused_is_stopped() -> None:
    board = JobBoard()
    one = board.start("score", "a", lambda: Planned(2, iter([None, None])))
    board.pause(one.id)
    for _ in range(3):
        board.resume(one.id)
        board.pause(one.id)
    board.cancel(one.id)
    assert ended(board, one).state in ("cancelled", "done")
    board.close()


@pytest.mark.parametrize("way", ["pause", "resume"])
def test_what_cannot_be_paused_or_continued_is_told(way: str) -> None:
    board = JobBoard()
    done = board.start("publish", "all of it", lambda: Planned(0, []))
    assert ended(board, done).state == "done"
    with pytest.raises(Exception, match="all of it is done"):
        getattr(board, way)(done.id)
    assert getattr(board, way)(99) is None
    board.close()


def test_a_job_that_fails_as_it_is_paused_has_failed() -> None:
    board = JobBoard()

    def broken() -> "list[str | None]":
        board.pause(1)
        raise OSError("the disk has gone")

    job = board.start("score", "a", lambda: Planned(1, broken()))
    assert ended(board, job).state == "failed"
    board.close()


def desk_at(home: Path, *, roots: list[str]) -> Desk:
    settings = Settings(
        catalog=str(home / "catalog.sqlite3"), cache=home / "cache", model="fake", decoders=1
    )
    return Desk(Workshop(settings), Access(), roots=roots)


def interrupted(home: Path) -> Desk:
    """What a server left, of a job that had come half way."""
    photographed(home / "photos", PHOTOS)
    with scoring(home) as made:
        number = made.start()
        made.score(number, PHOTOS // 2)
    return desk_at(home, roots=[str(home / "photos")])


def test_the_next_server_offers_to_continue(tmp_path: Path) -> None:
    desk = interrupted(tmp_path)
    (job,) = desk.jobs.all()
    assert (job.state, job.total) == ("interrupted", PHOTOS)
    assert 0 < job.done < PHOTOS and job.label == str(tmp_path / "photos")
    assert desk_at(tmp_path, roots=[]).jobs.all() == [], "it belongs to one server at a time"
    desk.jobs.resume(job.id)
    found = ended(desk.jobs, job)
    assert (found.state, found.done, found.failed) == ("done", PHOTOS, 0)
    assert desk.counts()["assessed"] == PHOTOS
    desk.jobs.close()
    assert desk_at(tmp_path, roots=[]).jobs.all() == []


def test_one_that_is_not_wanted_is_forgotten(tmp_path: Path) -> None:
    desk = interrupted(tmp_path)
    (job,) = desk.jobs.all()
    desk.jobs.cancel(job.id)
    deadline = time.monotonic() + 60
    while list((tmp_path / "cache" / "unfinished").iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    desk.jobs.close()
    assert desk_at(tmp_path, roots=[]).jobs.all() == []


def test_it_is_continued_only_where_it_may_still_be_scored(tmp_path: Path) -> None:
    made = Journal(tmp_path / "cache" / "unfinished", desk_at(tmp_path, roots=[]).mark)
    made.begin(["/etc"])
    made.close()
    desk = desk_at(tmp_path, roots=[str(tmp_path)])
    (job,) = desk.jobs.all()
    desk.jobs.resume(job.id)
    found = ended(desk.jobs, job)
    assert found.state == "failed" and found.error and "is outside" in found.error
    desk.jobs.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paths": []}', '{"paths": [1]}', "\x00\xff"])
def test_a_damaged_note_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "mark-1.json").write_text(text)
    assert list(Journal(tmp_path, "mark").left_behind()) == []


def test_a_journal_that_cannot_be_written_stops_no_job(tmp_path: Path) -> None:
    (tmp_path / "blocked").touch()
    board = JobBoard(journal=Journal(tmp_path / "blocked" / "unfinished", "mark"))
    job = board.start("score", "a", lambda: Planned(1, iter([None])), paths=["/photos"])
    assert ended(board, job).state == "done"
    board.close()


def test_a_server_that_is_killed_leaves_its_job(tmp_path: Path) -> None:
    """Killed, not stopped: nothing can be put in order."""
    photographed(tmp_path / "photos", PHOTOS)
    arguments = ("--no-token", "--root", str(tmp_path / "photos"))
    slowly = {"AES_DECODERS": "1", "AES_BATCH_SIZE": "2", "AES_FAKE_SECONDS": "0.2"}
    process = started(tmp_path, *arguments, **slowly)
    assert process.stderr is not None
    said = process.stderr.readline()
    client = Client(int(said.split(":")[3].split("/")[0]), {"x-aes-client": "test"})
    client.ask("POST", "/api/v1/jobs", {"paths": [str(tmp_path / "photos")]})
    while client.get("/api/v1/jobs/1").json["done"] < 4:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    with served_page(tmp_path, *arguments) as address:
        again = Client(int(address.split(":")[2].split("/")[0]), {"x-aes-client": "test"})
        (job,) = again.get("/api/v1/jobs").json
        assert job["state"] == "interrupted" and job["label"] == str(tmp_path / "photos")
        again.ask("POST", f"/api/v1/jobs/{job['id']}/resume")
        while (found := again.get(f"/api/v1/jobs/{job['id']}").json)["state"] != "done":
            assert found["state"] in ("waiting", "running"), found
            time.sleep(0.05)
        assert found["done"] == PHOTOS


def test_a_page_that_listens_does_not_hold_the_server(tmp_path: Path) -> None:
    process = started(tmp_path, "--no-token")
    assert process.stderr is not None
    port = int(process.stderr.readline().split(":")[3].split("/")[0])
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/api/v1/jobs/events")
    answer = connection.getresponse()
    assert answer.readline().startswith(b"event: progress")
    process.terminate()
    answer.read()
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said and "ERROR" not in said
    connection.close()


def test_on_the_page(tmp_path: Path, browser: Browser) -> None:
    photographed(tmp_path / "photos", PHOTOS)
    with scoring(tmp_path) as made, tab(browser, made.url) as page:
        number = made.start()
        made.score(number, BATCH)
        visit(page, "/progress")
        job = page.locator(".job")
        page.get_by_role("button", name="Pause").focus()
        page.keyboard.press("Enter")
        expect(job).to_contain_text("photos: paused")
        page.keyboard.press("Enter")
        expect(job).to_contain_text("photos: running")
        page.keyboard.press("Enter")
        expect(job).to_contain_text("photos: paused")
        made.gate.let(BATCH)  # those that are being looked at
        expect(page.locator(":focus")).to_have_text("Continue")
        until_at_rest(made, number)
        keep(page, "paused")
        accessible(page)
        visit(page, "/")
        expect(page.locator("[data-arriving]")).to_contain_text("Scoring is paused: 5 of 16")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("[data-arriving]")).to_contain_text("Scoring 8 of 16")
    with scoring(tmp_path) as made, tab(browser, made.url) as page:
        made.gate.let(PHOTOS)
        visit(page, "/")
        line = page.locator("[data-arriving]")
        expect(line).to_contain_text("was interrupted with 8 left")
        keep(page, "interrupted")
        accessible(page)
        visit(page, "/progress")
        expect(page.locator(".job")).to_contain_text("was interrupted with 8 left")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator(".job")).to_contain_text("done")
