"""aesplugin evaluate flaws: does a model notice synthetic flaws and name them?"""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import load_judge, name_of, show
from aesplugin.cli.progress import counting


def command(  # noqa: PLR0913 - one parameter per option
    photos: shared.Photos,
    *,
    count: shared.Count = 8,
    strength: shared.Strengths = None,
    seed: shared.Seed = 0,
    shown: Annotated[
        bool,
        typer.Option("--shown", help="Measure suggestions as users see them, after the check."),
    ] = False,
    everything: shared.All = False,
    json: options.Json = False,
    plot: shared.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Measure how synthetic flaws are scored and named, and false positives on clean photos.

    Example: aesplugin evaluate flaws debian_wallpapers budgie_cc0 --count 8 --plot flaws.png
    """
    from aesplugin.evaluation.flaws import measure_flaws
    from aesplugin.evaluation.plots import check_plot

    check_plot(plot)
    strengths = shared.strengths_of(strength, ("mild", "strong"))
    chosen = shared.unseen_photos(photos, count=count, everything=everything)
    judge = load_judge(model, device, comments=False, shown=shown)
    with counting("scoring") as progress:
        report = measure_flaws(judge, chosen, strengths=strengths, seed=seed, progress=progress)
    show(report, json=json, plot=plot, model=name_of(judge))
