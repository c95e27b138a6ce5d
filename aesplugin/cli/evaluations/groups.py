"""aesplugin evaluate groups: are bursts found?"""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json


def command(
    *,
    root: options.Root,
    apart: Annotated[
        list[str] | None,
        typer.Option("--apart", metavar="A:B", help="Two neighbours that show two views."),
    ] = None,
    json: options.Json = False,
    model: options.Model = None,
) -> None:
    """How well bursts are found: pairs of frames against the rule of docs/cull.md.

    Example: aesplugin evaluate groups --root photos
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.groups import agreement_of_pairs, by_time
    from aesplugin.imaging.sketch import read_sketch
    from aesplugin.services.group import group, read_shoot
    from aesplugin.services.groups.frame import GroupKind
    from aesplugin.settings import load_settings

    with tempfile.TemporaryDirectory() as work:
        workshop = Workshop(
            load_settings(
                catalog=str(Path(work) / "catalog.sqlite3"), cache=Path(work), model=model
            )
        )
        run = workshop.score_run()
        for _ in run.run(run.plan([str(root.absolute())])):
            pass
        shoot = read_shoot(workshop.catalog, workshop.card.revision)
        found = group(shoot, lambda key: read_sketch(workshop.thumbnails.path(key)))
        names = {frame.key: Path(frame.path).name for frame in shoot.frames}
        times = {names[f.key]: (str(f.camera), f.time) for f in shoot.frames if f.time}
        report = agreement_of_pairs(
            [[names[k] for k in g.members] for g in found.groups if g.kind is GroupKind.BURST],
            by_time(times, {frozenset(pair.split(":")) for pair in apart or ()}),
            frames=len(times),
        )
    if json:
        print_json(asdict(report))
    else:
        out.print(
            f"{report.frames} frames, {report.true} true pairs, {report.found} found: precision"
            f" {report.precision:.3f}, recall {report.recall:.3f}, F1 {report.f1:.3f}"
        )
