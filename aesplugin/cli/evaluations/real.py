"""aesplugin evaluate real: score, advice, content and comment against labels."""

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import load_judge, name_of, show, split_named
from aesplugin.cli.progress import counting


def command(
    *,
    root: options.Root,
    split: shared.SplitName = "report",
    json: options.Json = False,
    plot: shared.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Compare scores, suggestions, content and comments with labels of real photos (labels.jsonl).

    Example: aesplugin evaluate real --root labelled --split report --plot real.png
    """
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.evaluation.real.measure import measure_real

    check_plot(plot)
    chosen = split_named(split)
    judge = load_judge(model, device, comments=True, shown=True)
    with counting("scoring") as progress:
        report = measure_real(root, judge, split=chosen, complain=say, progress=progress)
    show(report, json=json, plot=plot, model=name_of(judge))
