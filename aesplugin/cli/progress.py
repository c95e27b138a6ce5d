"""Bars of progress on standard error, for commands that take a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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

from aesplugin.cli.console import err


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
