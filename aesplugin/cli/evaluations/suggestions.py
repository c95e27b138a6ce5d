"""aesplugin evaluate suggestions: asking the flaw head, or the language model itself."""

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
    everything: choices.All = False,
    json: options.Json = False,
    plot: choices.Plot = None,
    model: options.Model = "mini",
    device: options.Device = None,
) -> None:
    """Which flaw does a copy have? Asked of the flaw head, and of the language model by remedies.

    Example: aesplugin evaluate suggestions debian_wallpapers budgie_cc0 --count 8
    """
    from aesplugin.evaluation.asked import measure_asked
    from aesplugin.evaluation.plots import check_plot

    check_plot(plot)
    strengths = choices.strengths_of(strength, ("mild", "strong"))
    chosen = choices.unseen_photos(photos, count=count, everything=everything)
    judge = load_judge(model, device, comments=True)
    with counting("asking") as progress:
        report = measure_asked(judge, chosen, strengths=strengths, seed=seed, progress=progress)
    show(report, json=json, plot=plot, model=name_of(judge))
