"""aesplugin cull: what it keeps of bursts however strict, and says where it keeps nothing."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import ImageFilter

from aesplugin.compose import Workshop
from aesplugin.settings import load_settings
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.cli.conftest import Cli
from tests.photos import burst, drawn, save
from tests.web.client import Client

START = datetime(2026, 5, 1, 10)
WHY = "all its 3 frames are technically unusable (nothing is sharp)"


@pytest.fixture
def shoot(cli: Cli, tmp_path: Path) -> Path:
    """A burst, one of which nothing is sharp, and twenty photos alone."""
    folder = tmp_path / "shoot"
    for name in ("good", "shaken"):
        (folder / name).mkdir(parents=True)
    burst(drawn(40, (900, 600)), folder / "good", START)
    for number in range(3):
        blurred = drawn(23, (900, 600)).filter(ImageFilter.GaussianBlur(25 + number))
        taken_at = START + timedelta(hours=1, milliseconds=150 * number)
        save(blurred, folder / "shaken" / f"S{number}.jpg", taken_at)
    for number in range(20):
        save(drawn(50 + number), folder / f"{number}.jpg", START + timedelta(hours=2 + number))
    assert cli("score", folder).code == 0
    return folder


def test_the_strictest_cull_keeps_the_best_of_a_burst(cli: Cli, shoot: Path) -> None:
    rows = cli("cull", shoot / "good", "--strictness", "1", "--json").objects()
    assert sorted(row["proposal"] for row in rows).count("pick") == 1
    assert not any("no keeper" in row["reason"] for row in rows)


def test_where_no_frame_is_usable_table_json_and_page_say_so(cli: Cli, shoot: Path) -> None:
    """With the fake model scores are random: the burst is culled alone, so none earns a place."""
    scope = shoot / "shaken"
    done = cli("cull", scope, "--strictness", "1", "--json")
    for row in done.objects():
        assert row["proposal"] != "pick"
        assert row["reason"].startswith(f"no keeper in this group, {WHY}; ")
    table = cli("cull", scope, "--strictness", "1")
    assert table.out.count(f"no keeper in this group, {WHY}") == 3
    assert f"one group has no keeper: {WHY}" in table.err
    workshop = Workshop(load_settings())
    with served(create_app(Desk(workshop, Access()))) as port:
        client = Client(port, {})
        page = client.get(f"/cull?folder={scope}&strictness=1").text
        (group,) = client.get(f"/api/v1/groups?folder={scope}").json
        of_group = client.get(f"/group/{group['group']}?folder={scope}").text
    assert f"one group has no keeper: {WHY}" in page
    assert page.count(f"no keeper in this group, {WHY}") == 3
    assert of_group.count(f"no keeper in this group, {WHY}") == 3
    workshop.catalog.close()
