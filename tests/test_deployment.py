"""The systemd units and the compose file that the documentation offers are well-formed."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

_DOCS = Path(__file__).parent.parent / "docs"
_UNITS = sorted((_DOCS / "systemd").glob("*.service"))
_QUEUES = {"ingest", "catalog", "gpu"}


@pytest.mark.parametrize("unit", _UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    copy = tmp_path / unit.name.replace("@", "@gpu")
    # What is installed elsewhere is not checked here: only that systemd understands every line.
    copy.write_text(unit.read_text().replace("/opt/aesplugin/bin/aesplugin", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if copy.name in line]
    assert ours == []


def test_compose_starts_every_queue_once_and_gives_gpu_workers_the_broker_only() -> None:
    services = yaml.safe_load((_DOCS / "compose.yaml").read_text())["services"]
    workers = {one["command"][-1]: one for one in services.values() if "worker" in one["command"]}
    assert set(workers) == _QUEUES
    assert "volumes" not in workers["gpu"]
    assert set(workers["gpu"]["environment"]) == {"AES_BROKER"}
    assert services["watch"]["command"][:2] == ["aesplugin", "watch"]
    assert services["watch"]["volumes"] == workers["ingest"]["volumes"]


def test_compose_is_understood_by_docker() -> None:
    if shutil.which("docker") is None:
        pytest.skip("docker is not installed")
    command = ["docker", "compose", "-f", str(_DOCS / "compose.yaml"), "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "is not a docker command" in done.stderr or "unknown shorthand flag" in done.stderr:
        pytest.skip("docker has no compose plug-in")
    assert done.returncode == 0, done.stderr
