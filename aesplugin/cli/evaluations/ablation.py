"""aesplugin evaluate ablation: what each part of the training is worth."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import show
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.evaluation.plots import Bars
    from aesplugin.training.calm.ablation import AblationRow
    from aesplugin.training.engine.config import TrainingConfig

_FIGURES = {"srcc": "SRCC, themes held out", "strong": "strong flaw named", "mild": "mild flaw"}
_FOLDS = 5  # that the votes are split into, by theme

Announce = Callable[[str], None]


def command(
    *,
    config: Annotated[
        Path, typer.Option("--config", metavar="FILE", help="Training configuration.")
    ],
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Number of runs per variant.")] = 1,
    folds: Annotated[
        int,
        typer.Option(
            "--folds", min=1, max=_FOLDS, help="Number of ways to split the themes into folds."
        ),
    ] = 1,
    variant: Annotated[
        list[str] | None,
        typer.Option("--variant", metavar="NAME", help="Only this variant; may be repeated."),
    ] = None,
    json: options.Json = False,
    plot: shared.Plot = None,
) -> None:
    """Train with and without the earlier stages and compare, with the spread over seeds.

    A run takes minutes to hours; finished runs are not repeated.

    Example: aesplugin evaluate ablation --config mini.toml --seeds 3 --plot ablation.png
    """
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.training.calm.ablation import VARIANTS
    from aesplugin.training.engine.config import load_config

    check_plot(plot)
    for name in variant or ():
        if name not in VARIANTS:
            raise UsageError(f"unknown variant {name!r}; known: {', '.join(VARIANTS)}")
    variants = list(dict.fromkeys(variant or VARIANTS))
    loaded = load_config(config)
    with _steps(len(variants) * seeds * folds + folds) as announce:
        rows = run(loaded, variants, seeds=seeds, folds=folds, announce=announce)
    show(AblationReport(rows), json=json, plot=plot)


def run(
    config: "TrainingConfig", variants: Sequence[str], *, seeds: int, folds: int, announce: Announce
) -> "list[AblationRow]":
    """Baselines and variants over folds and seeds; `announce` gets what is about to run."""
    from aesplugin.training.calm.ablation import ablate, baselines

    rows: list[AblationRow] = []
    for fold in range(folds):
        announce(f"ridge, fold {fold}")
        rows += baselines(config, fold)
        for seed in range(seeds):
            for variant in variants:
                announce(f"{variant}, seed {seed}, fold {fold}")
                rows += ablate(config, [variant], seed=seed, fold=fold)
    return rows


@dataclass(frozen=True, slots=True)
class AblationReport:
    """Rows of one run each."""

    rows: "Sequence[AblationRow]"

    def table(self) -> str:
        """Mean and spread, a line a variant."""
        from aesplugin.training.calm.ablation import table

        return table(self.rows)

    def data(self) -> dict[str, Any]:
        """Every run, and mean and standard deviation over seeds of each variant."""
        summary = {name: self._summary(name) for name in self._names()}
        return {"summary": summary, "rows": self.rows}

    def panels(self) -> "list[Bars]":
        """A panel per figure, with a bar per variant and its standard deviation."""
        from aesplugin.evaluation.plots import Bars

        names = self._names()
        found = []
        for figure, title in _FIGURES.items():
            spread = [self._spread(name, figure) for name in names]
            found.append(
                Bars(
                    title=title,
                    labels=names,
                    series={figure: [mean for mean, _ in spread]},
                    spread={figure: [sd for _, sd in spread]},
                )
            )
        return found

    def _names(self) -> list[str]:
        return list(dict.fromkeys(row.variant for row in self.rows))

    def _summary(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"runs": len(self._of(name))}
        for figure in _FIGURES:
            mean, sd = self._spread(name, figure)
            found[figure] = {"mean": mean, "sd": sd}
        return found

    def _of(self, name: str) -> "list[AblationRow]":
        return [row for row in self.rows if row.variant == name]

    def _spread(self, name: str, figure: str) -> tuple[float, float]:
        from aesplugin.training.calm.ablation import spread

        return spread(self._of(name), figure)


@contextmanager
def _steps(total: int) -> Iterator[Announce]:
    """A bar that says what runs now; silent where standard error is no terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    from aesplugin.cli.console import err

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=err, transient=True, disable=not err.is_terminal
    ) as progress:
        bar = progress.add_task("", total=total)
        done = -1  # called before each run, so at the first call none is finished

        def announce(what: str) -> None:
            nonlocal done
            done += 1
            progress.update(bar, description=what, completed=done)

        yield announce
