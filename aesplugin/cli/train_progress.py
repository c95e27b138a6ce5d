"""How far a training is: a bar on a terminal, a line a minute in a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from aesplugin.cli.console import err, say

Step = Callable[[int, int, float], None]

_EVERY = 60.0  # seconds between two lines of a log
_KEPT = 0.9  # of the mean loss, a step: single batches jump


@contextmanager
def step_progress(label: str, *, shown: bool = True) -> Iterator[Step]:
    """Yields what a training calls with (step, steps, loss). `shown`: this process speaks."""
    if not shown:
        yield lambda step, steps, loss: None
    elif err.is_terminal:
        with _bar() as bar:
            yield _Bar(bar, label)
    else:
        yield _Log(label)


class _Mean:
    """A loss that moves slowly enough to be read."""

    def __init__(self) -> None:
        self.value: float | None = None

    def add(self, loss: float) -> float:
        self.value = loss if self.value is None else _KEPT * self.value + (1 - _KEPT) * loss
        return self.value


class _Bar:
    """A bar that begins where the run does: a resumed one has not been that fast."""

    def __init__(self, bar: Progress, label: str) -> None:
        self.bar, self.mean = bar, _Mean()
        self.task = bar.add_task(label, total=None, loss="")
        self.begun = False

    def __call__(self, step: int, steps: int, loss: float) -> None:
        told = f"loss {self.mean.add(loss):.3f}"
        if not self.begun:
            self.bar.reset(self.task, completed=step, total=steps, loss=told)
            self.begun = True
        self.bar.update(self.task, completed=step, loss=told)


class _Log:
    """One line after the first step, then one a minute."""

    def __init__(self, label: str) -> None:
        self.label, self.mean = label, _Mean()
        self.first: tuple[int, float] | None = None  # step and time
        self.said = 0.0

    def __call__(self, step: int, steps: int, loss: float) -> None:
        now, mean, left = time.monotonic(), self.mean.add(loss), ""
        if self.first is None:
            self.first = step, now
        elif now - self.said < _EVERY:
            return
        else:
            done, took = step - self.first[0], now - self.first[1]
            left = f", {spent(took / done * (steps - step))} left"
        self.said = now
        say(f"{self.label}: step {step} of {steps}, loss {mean:.3f}{left}")


def spent(seconds: float) -> str:
    """A time as one reads it."""
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}", style="cyan"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )


@contextmanager
def file_count(label: str, folder: Path, pattern: str) -> Iterator[None]:
    """Shows how many files `folder` holds while other processes fill it."""
    if not err.is_terminal:
        yield
        return
    over = Event()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:.0f} files"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as shown:
        task = shown.add_task(label, total=None)

        def watch() -> None:
            while not over.wait(1.0):
                shown.update(task, completed=sum(1 for _ in folder.glob(pattern)))

        watcher = Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
