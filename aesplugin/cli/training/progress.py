"""How far a training is: a bar on a terminal, a line a minute in a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from aesplugin.cli.console import err, say
from aesplugin.cli.progress import counting

Step = Callable[[int, int, float], None]
Count = Callable[[int, int], None]

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
        loss_now = f"loss {self.mean.add(loss):.3f}"
        if not self.begun:
            self.bar.reset(self.task, completed=step, total=steps, loss=loss_now)
            self.begun = True
        self.bar.update(self.task, completed=step, loss=loss_now)


class _Pace:
    """When a log is due its next line, the first at once; and how long the rest will take."""

    def __init__(self) -> None:
        self.first: tuple[int, float] | None = None  # step and time
        self.printed = 0.0

    def due(self, step: int) -> bool:
        now = time.monotonic()
        if self.first is None:
            self.first = step, now
        elif now - self.printed < _EVERY:
            return False
        self.printed = now
        return True

    def left(self, step: int, steps: int) -> str:
        """Such as ", 5 min left"; empty while nothing is known yet."""
        if self.first is None or step == self.first[0]:
            return ""
        done, took = step - self.first[0], time.monotonic() - self.first[1]
        return f", {spent(took / done * (steps - step))} left"


class _Log:
    """One line after the first step, then one a minute."""

    def __init__(self, label: str) -> None:
        self.label, self.mean, self.pace = label, _Mean(), _Pace()

    def __call__(self, step: int, steps: int, loss: float) -> None:
        mean = self.mean.add(loss)
        if self.pace.due(step):
            left = self.pace.left(step, steps)
            say(f"{self.label}: step {step} of {steps}, loss {mean:.3f}{left}")


class _CountLog:
    """How much there is to do, then one line a minute."""

    def __init__(self, label: str) -> None:
        self.label, self.pace = label, _Pace()

    def __call__(self, done: int, total: int) -> None:
        if total and self.pace.due(done):
            say(f"{self.label}: {done} of {total}{self.pace.left(done, total)}")


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
def photo_count(label: str) -> Iterator[Count]:
    """Yields what is called with (photos done, photos in all), the first time with none done."""
    if err.is_terminal:
        with counting(label) as moved:
            yield moved
    else:
        yield _CountLog(label)
