"""aesplugin train judge: make the judge anew, which both shipped models answer by."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from aesplugin.cli import train_options
from aesplugin.cli.console import print_json, say
from aesplugin.cli.train_progress import Count, photo_count


def command(
    *,
    labels: Annotated[
        Path,
        typer.Option(
            "--labels",
            metavar="DIR",
            help="Labelled photos as `evaluate real` reads them; its report split teaches nothing.",
        ),
    ],
    oasis: Annotated[
        Path,
        typer.Option("--oasis", metavar="DIR", help="People's votes on some of them: OASIS."),
    ],
    features: Annotated[
        Path | None, typer.Option("--features", metavar="DIR", help="Keep encoded photos here.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Where weights and report go.")
    ] = Path("judge"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same judge.")] = 0,
) -> None:
    """Train the judge on labelled photos, votes and flawed copies; print how well it agrees.

    Example: aesplugin train judge --labels data/labelled --oasis data/oasis --output judge
    """
    from dataclasses import asdict

    from aesplugin.settings import load_settings
    from aesplugin.training.judge.train import JudgeOptions, train_judge

    chosen = JudgeOptions(
        labels=labels,
        oasis=oasis,
        output=output,
        cache=features or load_settings().cache / "features",
        seed=seed,
    )
    hint = "run the same command to go on"
    with train_options.interruptible(hint), _steps() as progress:
        report = train_judge(chosen, progress, say)
    print_json(_finite(asdict(report)))
    say(f"the judge is in {output}")


@contextmanager
def _steps() -> Iterator[Callable[[str, int, int], None]]:
    """Yields what is called with (step, done, of): a bar or lines of a log for each step."""
    with ExitStack() as stack:
        counts: dict[str, Count] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in counts:
                stack.close()
                counts[what] = stack.enter_context(photo_count(what))
            counts[what](done, of)

        yield show


def _finite(value: Any) -> Any:
    """JSON knows no NaN: an agreement with nothing is none."""
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value
