"""aesplugin evaluate oasis: agreement with people's ratings."""

from aesplugin.cli import options
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import load_judge, name_of, show
from aesplugin.cli.progress import counting


def command(
    *,
    root: options.Root,
    json: options.Json = False,
    plot: shared.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Measure agreement with people's beauty ratings, on held-out photos and themes.

    Example: aesplugin evaluate oasis --root oasis
    """
    from aesplugin.evaluation.oasis import evaluate_oasis
    from aesplugin.evaluation.plots import check_plot

    check_plot(plot)
    judge = load_judge(model, device, comments=True)  # its language model may read scores, too
    with counting("scoring") as progress:
        report = evaluate_oasis(root, judge, progress=progress)
    show(report, json=json, plot=plot, model=name_of(judge))
