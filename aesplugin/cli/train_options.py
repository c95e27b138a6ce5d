"""What the training commands share: which configuration, and how a run that was stopped ends."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli.console import say

if TYPE_CHECKING:
    from aesplugin.training.config import TrainingConfig

INTERRUPTED = 130  # the shell's convention for Ctrl-C

Config = Annotated[
    str,
    typer.Option("--config", "-c", metavar="FILE", help="A TOML file; mini or full: the shipped."),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="Photos of each source at most, for a trial.")
]


def read_config(named: str, **overrides: Any) -> "TrainingConfig":
    """The configuration in a file, or the shipped one of that name; see `load_config`."""
    from aesplugin.training.config import CONFIGS, load_config

    shipped = CONFIGS / f"{named}.toml"
    known = named.isidentifier() and shipped.is_file() and not Path(named).exists()
    return load_config(shipped if known else Path(named), **overrides)


class _Saying(logging.Handler):
    """Warnings as lines of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def interruptible(how: str) -> Iterator[None]:
    """Ctrl-C ends a command with one line: what was reached, and `how` to go on.

    What the training warns of on the way (rows and pictures it leaves out) is said.
    """
    log, saying = logging.getLogger("aesplugin.training"), _Saying(logging.WARNING)
    log.addHandler(saying)
    try:
        yield
    except KeyboardInterrupt as stop:
        say(f"{stop or 'stopped'}; {how}")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        log.removeHandler(saying)
