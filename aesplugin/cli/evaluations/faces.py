"""aesplugin evaluate faces: are faces found, are their eyes open, and does the right frame win?"""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import load_judge, name_of, show, split_named
from aesplugin.cli.progress import counting


def command(  # noqa: PLR0913 - one parameter per option
    *,
    root: options.Root,
    split: shared.SplitName = "report",
    bursts: Annotated[
        bool,
        typer.Option(
            "--bursts",
            help="Measure the cull instead, on bursts made of the photos with open eyes:"
            " one frame good, one soft, one with closed eyes.",
        ),
    ] = False,
    closed: Annotated[
        Path | None,
        typer.Option(
            "--closed",
            metavar="DIR",
            help="With --bursts: faces with closed eyes (default: the folder closed in --root).",
        ),
    ] = None,
    json: options.Json = False,
    plot: shared.Plot = None,
    model: options.Model = None,
) -> None:
    """Faces and eyes, of a folder with labels.jsonl, or with faces in folders of their own.

    These are open and closed for their eyes, or camera and away for their heads.


    Example: aesplugin evaluate faces --root labelled --split report
    """
    from aesplugin.evaluation.face_bursts import measure_bursts
    from aesplugin.evaluation.faces import CLOSED, measure_faces
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.services.culling import profiles

    check_plot(plot)
    chosen = split_named(split)
    if not bursts:
        with counting("reading faces") as progress:
            report = measure_faces(root, split=chosen, complain=say, progress=progress)
        show(report, json=json, plot=plot)
        return
    judge = load_judge(model, None, comments=False)
    with counting("making bursts") as progress:
        made = measure_bursts(
            root,
            closed or root / CLOSED,
            judge,
            profiles.load(profiles.AUTO),
            split=chosen,
            complain=say,
            progress=progress,
        )
    show(made, json=json, plot=plot, model=name_of(judge))
