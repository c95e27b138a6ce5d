"""A private Redis and an installation of its own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site
from tests.servers import redis_server


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with redis_server() as server:
        made = Site(tmp_path, server)
        try:
            yield made
        finally:
            made.stop()
