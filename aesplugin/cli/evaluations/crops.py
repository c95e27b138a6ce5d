"""aesplugin evaluate crops: does a model prefer the crops people chose?"""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import load_judge, name_of, show
from aesplugin.cli.progress import counting
from aesplugin.errors import DataError


def command(  # noqa: PLR0913 - one parameter per option
    *,
    root: options.Root,
    pairs: Annotated[
        int, typer.Option("--pairs", min=1, help="Maximum number of crops per photo.")
    ] = 2,
    seed: shared.Seed = 0,
    everything: shared.All = False,
    json: options.Json = False,
    plot: shared.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Measure how often a human crop outscores a random one of the same size (FLMS layout).

    Example: aesplugin evaluate crops --root crops
    """
    from aesplugin.evaluation.crops import crop_names, measure_crops
    from aesplugin.evaluation.inputs import photo_name
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.training.photos import split_of

    check_plot(plot)
    names = crop_names(root)
    if not everything:
        images = root / "images"
        unseen = [name for name in names if split_of(photo_name(images / name)) == "test"]
        say(
            f"{len(unseen)} of {len(names)} photos are in the test split; --all includes the others"
        )
        names = unseen
    if not names:
        raise DataError(f"{root / 'crops.json'} names no photo of the test split; try --all")
    judge = load_judge(model, device, comments=False)
    with counting("scoring") as progress:
        report = measure_crops(judge, root, names, pairs=pairs, seed=seed, progress=progress)
    show(report, json=json, plot=plot, model=name_of(judge))
