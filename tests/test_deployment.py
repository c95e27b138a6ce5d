"""The systemd units, the compose file and the commands that the documentation offers are sound."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from aesplugin.cli.main import app
from aesplugin.settings import Settings
from tests.servers import required

_DOCS = Path(__file__).parent.parent / "docs"
_UNITS = sorted((_DOCS / "systemd").glob("*.service"))
_QUEUES = {"ingest", "catalog", "gpu"}
_SETTINGS = {f"AES_{name.upper()}" for name in Settings.model_fields}


def _parse(arguments: list[str]) -> None:
    """Has our command line read them, and nothing done; fails on what it does not know."""
    group = typer.main.get_command(app)
    with group.make_context("aesplugin", list(arguments)) as context:
        name, command, rest = group.resolve_command(context, arguments)  # type: ignore[attr-defined]
        with command.make_context(name, list(rest), parent=context):
            pass


def _commands_of_the_quick_start() -> list[str]:
    lines = (_DOCS / "quickstart-server.md").read_text().splitlines()
    return [line.removesuffix(" &") for line in lines if line.startswith("aesplugin ")]


def _units_commands() -> list[str]:
    lines = [line for unit in _UNITS for line in unit.read_text().splitlines()]
    return [line.rpartition("bin/")[2] for line in lines if line.startswith("ExecStart=")]


@pytest.mark.parametrize("command", [*_commands_of_the_quick_start(), *_units_commands()])
def test_every_command_is_one_of_ours(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "aesplugin"
    _parse(arguments)


def test_a_command_that_is_none_of_ours_is_found_out() -> None:
    with pytest.raises(Exception, match="--gpus"):
        _parse(["worker", "--gpus", "2"])


@pytest.mark.parametrize("unit", _UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        required("systemd-analyze is not installed")
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


def test_compose_names_only_what_is_there() -> None:
    whole = yaml.safe_load((_DOCS / "compose.yaml").read_text())
    for name, service in whole["services"].items():
        assert set(service.get("depends_on", ())) <= set(whole["services"]), name
        assert set(service.get("environment", ())) <= _SETTINGS, name
        named = {one.split(":")[0] for one in service.get("volumes", ()) if not one.startswith("$")}
        assert named <= set(whole["volumes"]), name
        if service["command"][0] == "aesplugin":
            _parse(service["command"][1:])


def test_compose_is_understood_by_docker() -> None:
    if shutil.which("docker") is None:
        pytest.skip("docker is not installed")
    command = ["docker", "compose", "-f", str(_DOCS / "compose.yaml"), "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "is not a docker command" in done.stderr or "unknown shorthand flag" in done.stderr:
        pytest.skip("docker has no compose plug-in")
    assert done.returncode == 0, done.stderr
