"""The commands by name, each loaded when it is run, or when all are listed.

`aesplugin rank` so loads none of the others: reading them all takes longer than ranking does.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import wraps
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from aesplugin.cli.console import catalog_warnings_printed, say

INTERRUPTED = 130  # the shell's convention for Ctrl-C

# Each is a module beside this one, with a function `command` ...
COMMANDS = (
    "score",
    "rank",
    "find",
    "show",
    "status",
    "retry",
    "export",
    "prefer",
    "cull",
    "decide",
    "undo",
    "serve",
    "publish",
    "unpublish",
    "share",
    "sync",
    "hosts",
    "doctor",
    "up",
    "watch",
    "worker",
)
# ... or with an `app` of commands.
GROUPS = ("models", "train", "evaluate")


class CommandLine(TyperGroup):
    """The group of all commands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = cast("MutableMapping[str, Any]", _Commands())


class _Commands(Mapping[str, TyperCommand | TyperGroup]):
    """What `TyperGroup` looks a name up in."""

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in COMMANDS + GROUPS:
            raise KeyError(name)
        module = import_module(f"aesplugin.cli.{name}")
        if name in GROUPS:
            app = module.app
        else:
            app = typer.Typer(add_completion=False)
            app.command(name)(_interruptible(module.command))
        made = cast("TyperCommand | TyperGroup", typer.main.get_command(app))
        made.name = name
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS + GROUPS)

    def __len__(self) -> int:
        return len(COMMANDS + GROUPS)


def _interruptible(command: Callable[..., None]) -> Callable[..., None]:
    """Ctrl-C ends a command with a line on how to continue (typer would end it silently)."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            with catalog_warnings_printed():
                command(*args, **kwargs)
        except KeyboardInterrupt:
            say("stopped; finished work is in the catalog, run the same command to continue")
            raise typer.Exit(INTERRUPTED) from None

    return run
