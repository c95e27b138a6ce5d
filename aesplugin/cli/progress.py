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
)
from rich.text import Text

from aesplugin.cli.console import err
from aesplugin.services.pace import Pace, time_left


class Rate(ProgressColumn):
    """Photos a second and the time left, by the rule of the review page."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def render(self, task: Task) -> Text:
        done = int(task.completed)
        self._pace.note(done)
        if task.finished or not task.total or (rate := self._pace.rate) is None:
            return Text("")
        left = time_left(self._pace.seconds_left(done, int(task.total)))
        return Text(f"{rate:.1f} photos/s, {left}" if left else "", style="cyan")


@contextmanager
def counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar moved by calls with (done, of), for work whose size shows as it goes."""
    with photo_progress(label, 0) as progress:
        bar = progress.task_ids[0]
        yield lambda done, of: progress.update(bar, completed=done, total=of)


@contextmanager
def photo_progress(label: str, total: int, *, known: int = 0) -> Iterator[Progress]:
    """A bar with count, rate and the time left; silent where standard error is no terminal.

    `known` photos, the first ones, need no work and do not count for the time.
    """
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        Rate(Pace(known)),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as progress:
        progress.add_task(label, total=total)
        yield progress
