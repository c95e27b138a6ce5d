"""aesplugin evaluate flaws: does a model see what is wrong, and say so?"""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.evaluations import choices
from aesplugin.cli.evaluations.judging import load_judge, name_of
from aesplugin.cli.evaluations.printing import show
from aesplugin.cli.progress import counting


def command(  # noqa: PLR0913 - one parameter per option
    photos: choices.Photos,
    *,
    count: choices.Count = 8,
    strength: choices.Strengths = None,
    seed: choices.Seed = 0,
    shown: Annotated[
        bool, typer.Option("--shown", help="Suggestions as users see them, checked by measuring.")
    ] = False,
    everything: choices.All = False,
    json: options.Json = False,
    plot: choices.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Known flaws on good photos: outscored? named first? right way out? And clean ones accused?

    Example: aesplugin evaluate flaws debian_wallpapers budgie_cc0 --count 8 --plot flaws.png
    """
    from aesplugin.evaluation.flaws import measure_flaws
    from aesplugin.evaluation.plots import check_plot

    check_plot(plot)
    strengths = choices.strengths_of(strength, ("mild", "strong"))
    chosen = choices.unseen_photos(photos, count=count, everything=everything)
    judge = load_judge(model, device, comments=False, shown=shown)
    with counting("looking") as progress:
        report = measure_flaws(judge, chosen, strengths=strengths, seed=seed, progress=progress)
    show(report, json=json, plot=plot, model=name_of(judge))
