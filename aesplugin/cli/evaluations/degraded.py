"""aesplugin evaluate degraded: does a photo outscore its flawed copy?"""

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json
from aesplugin.cli.evaluations import choices
from aesplugin.cli.evaluations.judging import load_judge
from aesplugin.cli.evaluations.printing import plain
from aesplugin.cli.progress import counting


def command(
    photos: choices.Photos,
    *,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """How often a photo outscores its flawed copy: 14 flaws, three strengths, code apart.

    Example: aesplugin evaluate degraded debian_wallpapers budgie_cc0
    """
    from aesplugin.evaluation.degraded import measure_degraded
    from aesplugin.evaluation.photos import photos_in

    chosen = photos_in(photos)
    judge = load_judge(model, device, comments=False)
    with counting("looking") as progress:
        report = measure_degraded(judge, chosen, progress=progress)
    if json:
        print_json(plain(report))
    else:
        out.print(report.table(), markup=False)
