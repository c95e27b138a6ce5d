"""No worker takes the jobs, or what is sent gets lost: said, and never a success."""

import redis

from tests.faults.site import Site


def test_photos_that_get_no_answer_are_no_success(site: Site) -> None:
    site.add_photos(1)
    watch = site.watch()
    with redis.Redis.from_url(site.redis.url) as broker:
        while watch.popen.poll() is None:
            broker.flushall()  # whatever is sent is lost
    assert watch.ends() == 1
    assert "no worker answered" in watch.text()
