"""aesplugin evaluate answers: time the model with and without comments."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json


def command(
    *,
    batch: Annotated[int, typer.Option("--batch", min=1, max=512, help="Photos per batch.")] = 16,
    json: options.Json = False,
    model: options.Model = "mini",
    device: options.Device = None,
) -> None:
    """Time a model on generated photos, with and without comments.

    Example: aesplugin evaluate answers --model mini --batch 16
    """
    from dataclasses import asdict

    from aesplugin.cli.evaluations.shared import load_judge
    from aesplugin.evaluation.benchmarks.answers import made_renditions, time_answers

    brief, whole = (load_judge(model, device, comments=comments) for comments in (False, True))
    times = time_answers(brief, whole, made_renditions(batch))
    if json:
        print_json([asdict(one) | {"photos_per_second": one.photos_per_second} for one in times])
        return
    for one in times:
        out.print(
            f"{one.what:36} {one.seconds:7.3f} s a photo, {one.photos_per_second:7.2f} a second"
        )
