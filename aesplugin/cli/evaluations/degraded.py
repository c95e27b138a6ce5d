"""aesplugin evaluate degraded: does a photo outscore its flawed copy?"""

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import load_judge, plain
from aesplugin.cli.progress import counting


def command(
    photos: shared.Photos,
    *,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Measure how often a photo outscores its flawed copy: 14 flaws at three strengths.

    Example: aesplugin evaluate degraded debian_wallpapers budgie_cc0
    """
    from aesplugin.evaluation.degraded import measure_degraded
    from aesplugin.evaluation.inputs import photos_in

    chosen = photos_in(photos)
    judge = load_judge(model, device, comments=False)
    with counting("scoring") as progress:
        report = measure_degraded(judge, chosen, progress=progress)
    if json:
        print_json(plain(report))
    else:
        out.print(report.table(), markup=False)
