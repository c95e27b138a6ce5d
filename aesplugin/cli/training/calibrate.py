"""aesplugin train calibrate: choose the threshold above which the model names a flaw."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable
from aesplugin.cli.training import shared


def command(
    *,
    config: shared.Config,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="DIR", help="Model to calibrate (default: that of the scores stage)."
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    """Choose the flaw threshold on validation photos, and store it with the model.

    Example: aesplugin train calibrate --config mini
    """
    from dataclasses import asdict

    chosen = shared.read_config(config)
    from aesplugin.models.calm.calibration import CALIBRATION
    from aesplugin.models.calm.model import CalmForConditionalGeneration
    from aesplugin.training.calm.calibrate import calibrate, calibration_photos

    folder = model or chosen.out / "scores" / "model"
    with shared.interruptible("nothing was written"):
        loaded = CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
        found = calibrate(loaded, calibration_photos(chosen), folder)
    written = {**asdict(found), "file": str(folder / CALIBRATION)}
    if json:
        print_json(written)
        return
    for name, value in written.items():
        out.print(f"{name}: {printable(str(value))}", markup=False)
