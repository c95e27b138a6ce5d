"""The catalog on PostgreSQL: its consumer is killed and its connections are cut, all the same."""

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
from tests.faults.site import Site, wait_until
from tests.servers import postgres_server

PHOTOS = 24
_CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = 'photos' AND pid <> pg_backend_pid()"
)


def test_connections_cut_and_the_consumer_killed(site: Site) -> None:
    with postgres_server() as server:
        server.run("CREATE DATABASE photos")
        site.environment["AES_CATALOG"] = server.url("photos")
        assert site.catalog
        site.add_photos(PHOTOS)
        for queue in (Queue.INGEST, Queue.GPU):
            site.worker(queue, FAULT_SECONDS="0.1")
        first = site.worker(Queue.CATALOG)
        watch = site.watch()
        wait_until(lambda: site.assessed() > 0, "something is recorded")
        server.run(_CUT)
        first.kill()
        assert site.assessed() < PHOTOS
        site.worker(Queue.CATALOG)
        assert watch.ends() == 0
        assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
        assert site.extra_looks().total() <= site.explained_looks()
        site.stop()  # before its server goes
