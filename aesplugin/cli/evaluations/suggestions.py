"""aesplugin evaluate suggestions: the flaw head against the language model."""

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
    everything: shared.All = False,
    json: options.Json = False,
    plot: shared.Plot = None,
    model: options.Model = "mini",
    device: options.Device = None,
) -> None:
    """Compare how well the flaw head and the language model name the flaw of flawed copies.

    Example: aesplugin evaluate suggestions debian_wallpapers budgie_cc0 --count 8
    """
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.evaluation.suggestions import measure_suggestions

    check_plot(plot)
    strengths = shared.strengths_of(strength, ("mild", "strong"))
    chosen = shared.unseen_photos(photos, count=count, everything=everything)
    judge = load_judge(model, device, comments=True)
    with counting("scoring") as progress:
        report = measure_suggestions(
            judge, chosen, strengths=strengths, seed=seed, progress=progress
        )
    show(report, json=json, plot=plot, model=name_of(judge))
