"""aesplugin train calibrate: when the trained model is to name a flaw at all."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options, train_options
from aesplugin.cli.console import out, print_json, printable


def command(
    *,
    config: train_options.Config,
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="DIR", help="Default: what the scores stage left."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Choose the threshold of flaws on validation photos, and keep it with the model.

    Example: aesplugin train calibrate --config mini
    """
    from dataclasses import asdict

    chosen = train_options.read_config(config)
    from aesplugin.models.calm.calibration import CALIBRATION
    from aesplugin.models.calm.model import CalmForConditionalGeneration
    from aesplugin.training.calibrate import calibrate, calibration_photos

    folder = model or chosen.out / "scores" / "model"
    with train_options.interruptible("nothing was written"):
        loaded = CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
        found = calibrate(loaded, calibration_photos(chosen), folder)
    written = {**asdict(found), "file": str(folder / CALIBRATION)}
    if json:
        print_json(written)
        return
    for name, value in written.items():
        out.print(f"{name}: {printable(str(value))}", markup=False)
