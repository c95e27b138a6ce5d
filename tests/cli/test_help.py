"""Help is instant and complete: no heavy import, an example for every command."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from aesplugin.cli.commands import COMMANDS, GROUPS
from aesplugin.cli.main import app
from aesplugin.errors import UsageError
from tests.cli.conftest import Cli

HEAVY = ("torch", "transformers", "sqlalchemy", "celery", "numpy", "PIL", "fastapi", "watchdog")


def commands() -> list[tuple[str, ...]]:
    root = typer.main.get_command(app)
    found: list[tuple[str, ...]] = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [(name, sub) for sub in inner] if inner else [(name,)]
    return found


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom aesplugin.cli.main import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(repr(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_command_loads_no_other_command_and_no_other_database(tmp_path: Path) -> None:
    """`status` and `rank` would take a third longer."""
    code = (
        "import sys\nfrom aesplugin.cli.main import main\n"
        "sys.argv = ['aesplugin', 'status', '--json']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"others = {{f'aesplugin.cli.{{name}}' for name in {COMMANDS + GROUPS!r}}}\n"
        "others -= {'aesplugin.cli.status'}\n"
        "others |= {'sqlalchemy.dialects.postgresql', 'alembic', 'numpy', 'rich.progress'}\n"
        "sys.exit(repr(sorted(others & set(sys.modules))) if others & set(sys.modules) else 0)"
    )
    home = {**os.environ, "AES_CATALOG": str(tmp_path / "c.sqlite3"), "AES_CONFIG": os.devnull}
    for _ in range(2):  # the first run makes the catalog
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=home
        )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_explains_itself_with_an_example(command: tuple[str, ...]) -> None:
    node = typer.main.get_command(app)
    for name in command:
        node = node.commands[name]  # type: ignore[attr-defined]
    assert "Example: aesplugin" in (node.help or "")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("nosuch", "No such command 'nosuch'; see aesplugin --help"),
        ("rank --nosuch", "No such option: --nosuch; see aesplugin rank --help"),
        ("rank --limit x", "Invalid value for '--limit' / '-n': .*; see aesplugin rank --help"),
        ("prefer x.jpg", "Missing option '--user' / '-u'; see aesplugin prefer --help"),
        ("export --format odt", "Invalid value for '--format'.*'odt'.*; see aesplugin export"),
    ],
)
def test_a_misused_command_is_told_in_one_line(cli: Cli, command: str, said: str) -> None:
    done = cli(*command.split())
    assert done.code == 2 and not done.out
    (line,) = done.err.splitlines()
    assert re.match(f"error: {said}", line)


def test_a_group_without_a_command_shows_its_help(cli: Cli) -> None:
    done = cli("models")
    assert done.code == 2 and "pull" in done.out and not done.err


def test_what_the_page_lacks_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_multipart", None)  # as if it were not installed
    done = cli("serve", "--port", "0")
    assert done.code == UsageError.exit_code
    assert "pip install python_multipart" in done.err
