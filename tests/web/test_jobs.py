"""Jobs of the page: whatever happens in one, it ends with a reason and the next one runs."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aesplugin.compose import Workshop
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.jobs import JobBoard, JobState, Planned
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.services.test_pace import Clock
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import FRAMES, PHOTOS, Site, build

ENDED = ("done", "failed", "cancelled")


def ended(board: JobBoard, job: JobState) -> JobState:
    deadline = time.monotonic() + 60
    while (found := board.find(job.id)) is None or found.state not in ENDED:
        assert time.monotonic() < deadline, found
        time.sleep(0.01)
    return found


def test_what_nobody_foresaw_fails_one_job_and_the_next_one_runs() -> None:
    board = JobBoard()

    def broken() -> Iterator[str | None]:
        yield None
        raise NotADirectoryError(20, "Not a directory", "/cache/locks")

    def surprised() -> Planned:
        raise RuntimeError("two\nlines")

    jobs = [
        board.start("score", "a", lambda: Planned(2, broken())),
        board.start("score", "b", surprised),
        board.start("score", "c", lambda: Planned(1, [None])),
    ]
    first, second, third = (ended(board, job) for job in jobs)
    assert (first.state, first.done) == ("failed", 1)
    assert first.error == "/cache/locks: Not a directory"
    assert second.state == "failed" and second.error is not None
    assert "RuntimeError: two lines" in second.error
    assert third.state == "done"
    board.close()


def test_the_first_problems_are_kept_and_all_are_counted() -> None:
    board = JobBoard()
    files = [f"/photos/{n}.xmp is damaged" if n % 2 else None for n in range(40)]
    job = ended(board, board.start("publish", "all", lambda: Planned(40, files)))
    assert (job.state, job.done, job.failed) == ("done", 40, 20)
    assert job.problems == tuple(f"/photos/{n}.xmp is damaged" for n in (1, 3, 5, 7, 9))
    board.close()


def test_the_time_left_is_told_while_a_job_runs() -> None:
    clock = Clock()
    board = JobBoard(clock=clock)
    seen: list[JobState | None] = []

    def slow() -> Iterator[str | None]:
        for number in range(500):
            clock.now += 0 if number < 100 else 0.5
            seen.append(board.find(1))
            yield None

    job = ended(board, board.start("score", "a", lambda: Planned(500, slow(), known=100)))
    told = [one and one.seconds_left for one in seen]
    assert told[:110] == [None] * 110
    assert told[300] == pytest.approx(100, abs=2) and told[-1] == pytest.approx(1, abs=1)
    assert seen[300] and seen[300].photos_per_second == pytest.approx(2, rel=0.05)
    assert (job.seconds_left, job.photos_per_second) == (None, None)
    board.close()


@pytest.fixture(scope="module")
def uncached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Client]]:
    """A page whose cache cannot be written: a file stands where its folder should."""
    made = build(tmp_path_factory.mktemp("uncached"))
    (made.folder.parent / "blocked").touch()
    cache = made.folder.parent / "blocked" / "cache"
    workshop = Workshop(made.workshop.settings.model_copy(update={"cache": cache}))
    with served(create_app(Desk(workshop, Access(csrf=CSRF)))) as port:
        yield made, Client(port, {"x-csrf-token": CSRF})
    workshop.catalog.close()
    made.workshop.catalog.close()


def outcome(client: Client, number: int) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (job := client.get(f"/api/v1/jobs/{number}").json)["state"] not in ENDED:
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return dict(job)


def test_an_unusable_cache_is_told_and_stops_no_later_job(uncached: tuple[Site, Client]) -> None:
    site, client = uncached
    form = {"content-type": "application/x-www-form-urlencoded"}
    client.ask("POST", "/publish/run", b"tags=true", form)
    published = outcome(client, client.get("/api/v1/jobs").json[0]["id"])
    assert "blocked" in (published["error"] or published["problems"][0])
    scored = client.ask("POST", "/api/v1/jobs", {"paths": [str(site.folder)]}).json
    assert outcome(client, scored["id"])["done"] == PHOTOS + FRAMES
    assert not list(site.folder.glob("*.xmp"))


def test_a_thumbnail_comes_though_the_cache_cannot_keep_it(uncached: tuple[Site, Client]) -> None:
    site, client = uncached
    answer = client.get(f"/api/v1/photos/{site.photos['IMG_01.jpg']}/thumbnail.jpg")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/jpeg"


def test_refused_sidecars_are_named_with_the_reason(site: Site, client: Client) -> None:
    damaged = Path(site.folder) / "IMG_02.jpg.xmp"
    damaged.write_text("<x:xmpmeta")
    client.ask("POST", "/publish/run", b"", {"content-type": "application/x-www-form-urlencoded"})
    job = outcome(client, client.get("/api/v1/jobs").json[0]["id"])
    assert (job["state"], job["failed"]) == ("done", 1)
    (said,) = job["problems"]
    assert said.startswith(str(damaged)) and "left unchanged" in said
    assert damaged.read_text() == "<x:xmpmeta"
