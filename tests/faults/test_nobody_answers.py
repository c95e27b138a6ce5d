"""No worker takes the jobs, or what is sent gets lost: said, and never a success."""

import json

import redis

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
from tests.faults.site import Site, wait_until


def test_photos_that_get_no_answer_are_no_success(site: Site) -> None:
    site.add_photos(1)
    watch = site.watch()
    with redis.Redis.from_url(site.redis.url) as broker:
        while watch.popen.poll() is None:
            broker.flushall()  # whatever is sent is lost
    assert watch.ends() == 1
    assert "no worker responded" in watch.text()


def test_jobs_that_wait_for_a_worker_that_is_not_there_are_said_once(site: Site) -> None:
    """And the run goes on when it comes."""
    site.add_photos(3)
    site.worker(Queue.INGEST)
    site.worker(Queue.CATALOG)
    score = site.start("score", str(site.photos))
    word = "start one: aesplugin worker --queue gpu"
    wait_until(lambda: word in score.text(), "the missing worker is named")
    site.worker(Queue.GPU)
    assert score.ends() == 0
    assert score.text().count("start one:") == 1
    assert site.counts() == {PhotoState.ASSESSED: 3}


def test_a_watchers_own_trouble_reaches_status(site: Site) -> None:
    """Without a worker, too: there it would be the only process to tell."""
    (site.root / "elsewhere").mkdir()
    (site.photos / "link").symlink_to(site.root / "elsewhere")
    watch = site.start("watch", str(site.photos))
    wait_until(lambda: "scanning every" in watch.text(), "it finds what sends no events")

    def said() -> str:
        status = site.start("status", "--json")
        assert status.ends() == 0
        return str(json.loads(status.text())["last_error"])

    wait_until(lambda: "watcher on" in said() and "sends no events" in said(), "status says it")
    assert "none running" in site.start("status").ends_with_text()  # a watcher is no worker
    assert watch.stop() == 0
    assert said() == "None"
