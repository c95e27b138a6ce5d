"""What the training commands share: the configuration option, and Ctrl-C."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli.console import say

if TYPE_CHECKING:
    from aesplugin.training.engine.config import TrainingConfig

INTERRUPTED = 130  # the shell's convention for Ctrl-C

Config = Annotated[
    str,
    typer.Option("--config", "-c", metavar="FILE", help="TOML file, or a shipped one: mini, full."),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="Maximum photos per source, for a trial run.")
]


def read_config(named: str, **overrides: Any) -> "TrainingConfig":
    """The configuration in a file, or the shipped one of that name; see `load_config`."""
    from aesplugin.training.engine.config import CONFIGS, load_config

    shipped = CONFIGS / f"{named}.toml"
    known = named.isidentifier() and shipped.is_file() and not Path(named).exists()
    return load_config(shipped if known else Path(named), **overrides)


class _Printing(logging.Handler):
    """Warnings as lines of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def interruptible(how: str) -> Iterator[None]:
    """Ctrl-C ends a command with one line: what was reached, and `how` to continue.

    The training's warnings meanwhile (rows and pictures it leaves out) are printed.
    """
    log, printing = logging.getLogger("aesplugin.training"), _Printing(logging.WARNING)
    log.addHandler(printing)
    try:
        yield
    except KeyboardInterrupt as stop:
        say(f"{stop or 'stopped'}; {how}")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        log.removeHandler(printing)
