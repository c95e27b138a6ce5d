"""aesplugin evaluate personal: one person's ratings, foretold."""

from aesplugin.cli import options
from aesplugin.cli.console import counting, out, print_json, say


def command(
    *,
    root: options.Root,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """How well one person's ratings are foretold from 0 to 100 of them (OASIS layout).

    Example: aesplugin evaluate personal --root oasis
    """
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.panel_seen import see_panel
    from aesplugin.evaluation.personal import measure_personal
    from aesplugin.models.personal.panel import read_panel
    from aesplugin.settings import load_settings

    panel = read_panel(root)
    workshop = Workshop(load_settings(model=model, device=device))
    with counting("looking") as progress:
        seen = see_panel(workshop.load_model(), panel, progress=progress)
    report = measure_personal(panel, seen)
    if json:
        print_json(asdict(report))
        return
    say(report.note)
    for name, shots in {"personal": report.shots, **report.baselines}.items():
        for shot in shots:
            out.print(
                f"{name:18} k {shot.k:3}  SRCC {shot.srcc:.3f} ({shot.low:.3f}..{shot.high:.3f})"
                f"  lift@10% {shot.lift10:.2f}  {shot.users} people"
            )
