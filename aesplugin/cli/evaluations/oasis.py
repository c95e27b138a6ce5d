"""aesplugin evaluate oasis: agreement with people's ratings."""

from aesplugin.cli import options
from aesplugin.cli.console import counting, out, print_json


def command(
    *,
    root: options.Root,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Agreement with people's beauty ratings, on photos and themes the judge never saw.

    Example: aesplugin evaluate oasis --root oasis
    """
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.oasis import evaluate_oasis
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(model=model, device=device))
    with counting("scoring") as progress:
        report = evaluate_oasis(root, workshop.load_model(), progress=progress)
    if json:
        headline = report.unseen or report.shipped
        name = f"{workshop.card.name}@{workshop.card.revision}"
        print_json(asdict(headline) | {"model": name} | asdict(report))
    else:
        out.print(report.table(), markup=False)
