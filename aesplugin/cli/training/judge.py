"""aesplugin train judge: train the judge that both shipped models share."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from aesplugin.cli.console import print_json, say
from aesplugin.cli.training import shared
from aesplugin.cli.training.progress import Count, photo_count


def command(
    *,
    labels: Annotated[
        Path,
        typer.Option(
            "--labels",
            metavar="DIR",
            help="Labelled photos as for `evaluate real`; the report split is not trained on.",
        ),
    ],
    oasis: Annotated[
        Path,
        typer.Option(
            "--oasis", metavar="DIR", help="OASIS, with people's votes on some of these photos."
        ),
    ],
    non_photos: Annotated[
        Path | None,
        typer.Option(
            "--non-photos",
            metavar="DIR",
            help="Pictures that are no photos, in folders named graphic, document and scientific.",
        ),
    ] = None,
    features: Annotated[
        Path | None, typer.Option("--features", metavar="DIR", help="Cache of encoded photos.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Folder for the weights and the report.")
    ] = Path("judge"),
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Random seed; the same seed gives the same judge.")
    ] = 0,
) -> None:
    """Train the judge on labelled photos, votes and flawed copies; print its agreement with labels.

    Example: aesplugin train judge --labels data/labelled --oasis data/oasis --output judge
    """
    from dataclasses import asdict

    from aesplugin.settings import load_settings
    from aesplugin.training.judge.train import JudgeOptions, train_judge

    chosen = JudgeOptions(
        labels=labels,
        oasis=oasis,
        output=output,
        non_photos=non_photos,
        cache=features or load_settings().cache / "features",
        seed=seed,
    )
    hint = "run the same command to continue"
    with shared.interruptible(hint), _steps() as progress:
        report = train_judge(chosen, progress, say)
    print_json(_finite(asdict(report)))
    say(f"judge written to {output}")


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
