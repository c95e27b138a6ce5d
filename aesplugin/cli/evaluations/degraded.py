"""aesplugin evaluate degraded: does a photo outscore its flawed copy?"""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import counting, out, print_json


def command(
    photos: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of good photos.")],
    *,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """How often a photo outscores its flawed copy: 14 flaws, three strengths, code apart.

    Example: aesplugin evaluate degraded debian_wallpapers budgie_cc0
    """
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.degraded import measure_degraded, photos_in
    from aesplugin.settings import load_settings

    chosen = photos_in(photos)
    workshop = Workshop(load_settings(model=model, device=device))
    with counting("contests") as progress:
        report = measure_degraded(workshop.load_model(), chosen, progress=progress)
    if json:
        print_json(asdict(report))
    else:
        out.print(report.table(), markup=False)
