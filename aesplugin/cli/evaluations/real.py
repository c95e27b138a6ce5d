"""aesplugin evaluate real: score, advice, content and comment on photos that were looked at."""

from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.cli.evaluations import choices
from aesplugin.cli.evaluations.judging import load_judge, name_of
from aesplugin.cli.evaluations.printing import show
from aesplugin.cli.progress import counting
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.evaluation.real.labels import Split

_ALL = "all"


def command(
    *,
    root: options.Root,
    split: Annotated[
        str,
        typer.Option("--split", metavar="NAME", help="train, choose, report or all."),
    ] = "report",
    json: options.Json = False,
    plot: choices.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Score, suggestions, content and comment against labels of real photos (labels.jsonl).

    Example: aesplugin evaluate real --root labelled --split report --plot real.png
    """
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.evaluation.real.measure import measure_real

    check_plot(plot)
    chosen = _split(split)
    judge = load_judge(model, device, comments=True, shown=True)
    with counting("looking") as progress:
        report = measure_real(root, judge, split=chosen, complain=say, progress=progress)
    show(report, json=json, plot=plot, model=name_of(judge))


def _split(name: str) -> "Split | None":
    """The split of that name; None for all of them."""
    from aesplugin.evaluation.real.labels import Split

    if name == _ALL:
        return None
    known = [one.value for one in Split]
    if name not in known:
        raise UsageError(f"no split is named {name!r}; known: {', '.join([*known, _ALL])}")
    return Split(name)
