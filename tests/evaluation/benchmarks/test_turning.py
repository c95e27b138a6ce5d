"""The benchmark of turning goes through all photos in a browser, there and back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aesplugin.evaluation.benchmarks.turning import measure_turning, opened
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.programs import need
from tests.web.site import FRAMES, PHOTOS, Site, build


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = build(tmp_path)
    with served(create_app(Desk(made.workshop, Access()))) as port:
        yield replace(made, port=port)
    made.workshop.catalog.close()


def test_every_photo_is_turned_to_and_seen(site: Site) -> None:
    need("chromium")
    with opened(site.url) as page:
        found = list(measure_turning(page, pause_ms=50))
    assert [one.turns for one in found] == 3 * [PHOTOS + FRAMES - 1]
    assert all(0 < one.median_ms <= one.p95_ms <= one.worst_ms for one in found)
