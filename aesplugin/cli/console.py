"""Where commands print: results to standard output, progress and errors to standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say_error(message: str) -> None:
    """One line on standard error, whatever the message holds."""
    err.print(Text("error: ", style="bold red"), Text(printable(message)), sep="", soft_wrap=True)


def say(message: str) -> None:
    """One line of information on standard error."""
    err.print(Text(printable(message)), soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON value on one line; ASCII only, so that any path survives any terminal."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")
    sys.stdout.flush()


def printable(text: str) -> str:
    """`text` with line breaks, control characters and undecodable bytes shown as escapes."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)


class _Rate(ProgressColumn):
    """Photos a second, over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} photos/s" if speed else "", style="cyan")


@contextmanager
def counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar moved by calls with (done, of), for work whose size shows as it goes."""
    with photo_progress(label, 0) as progress:
        bar = progress.task_ids[0]
        yield lambda done, of: progress.update(bar, completed=done, total=of)


@contextmanager
def photo_progress(label: str, total: int) -> Iterator[Progress]:
    """A bar with count, rate and the time left; silent where standard error is no terminal."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as progress:
        progress.add_task(label, total=total)
        yield progress
