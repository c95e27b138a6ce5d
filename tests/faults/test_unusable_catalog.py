"""A worker that needs the catalog takes no job where it cannot be used."""

import pytest

from aesplugin.errors import CatalogDamaged
from aesplugin.jobs import Queue
from tests.faults.site import Site


@pytest.mark.parametrize("queue", [Queue.INGEST, Queue.CATALOG])
def test_a_worker_whose_catalog_is_damaged_says_so_and_ends(site: Site, queue: Queue) -> None:
    damaged = site.root / "damaged.sqlite3"
    damaged.write_text("no catalog")
    worker = site.worker(queue, AES_CATALOG=str(damaged))
    assert worker.ends(seconds=60) == CatalogDamaged.exit_code
    assert f"error: catalog {damaged} is damaged" in " ".join(worker.text().split())
    assert "Traceback" not in worker.text()
    assert " ready." not in worker.text()
