"""aesplugin evaluate groups: are bursts found?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say
from aesplugin.errors import DataError

if TYPE_CHECKING:
    from aesplugin.evaluation.groups import HeldOutDay, Pairwise
    from aesplugin.services.groups.group import Shoot, Sketches


def command(
    *,
    root: options.Root,
    apart: Annotated[
        list[str] | None,
        typer.Option(
            "--apart", metavar="A:B", help="Two consecutive frames that show different views."
        ),
    ] = None,
    json: options.Json = False,
    model: options.Model = None,
) -> None:
    """Measure how well bursts are found, by pairs of frames; the rule is in docs/cull.md.

    Example: aesplugin evaluate groups --root photos
    """
    import tempfile
    from dataclasses import asdict
    from functools import cache

    from aesplugin.compose import Workshop
    from aesplugin.services.groups.group import read_shoot
    from aesplugin.settings import load_settings

    if not root.is_dir():
        raise DataError(f"{root} is not a folder: give --root a folder with photos in it")
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
        sketches = cache(workshop.sketch)
        report, days = _measure(shoot, sketches, apart or [])
    if json:
        print_json(asdict(report) | {"held_out": [asdict(day) for day in days]})
        return
    out.print(f"{report.frames} frames, {_summary(report)}")
    for day in days:
        out.print(
            f"{day.day}, limit {day.limit:.2f} fitted on the other days: {_summary(day.pairs)}"
        )
    if not days:
        say("photos of one day only: no held-out figures")


def _measure(
    shoot: "Shoot", sketches: "Sketches", apart: list[str]
) -> "tuple[Pairwise, list[HeldOutDay]]":
    from dataclasses import replace

    from aesplugin.evaluation.groups import agreement_of_pairs, by_time, held_out, pairs_apart
    from aesplugin.services.groups.frame import GroupKind
    from aesplugin.services.groups.looks import LIMITS, Likeness, Limits
    from aesplugin.services.groups.partition import Evidence, partition

    names = {frame.key: frame.path for frame in shoot.frames}
    times = {names[f.key]: (str(f.camera), f.time) for f in shoot.frames if f.time}
    if not times:
        raise DataError("no photo has a time in EXIF, which the rule for bursts needs")
    true = by_time(times, pairs_apart(apart, times))
    evidence = Evidence(embeddings=shoot.embeddings, sketches=sketches)

    def found_with(limits: Limits) -> list[list[str]]:
        found = partition(shoot.frames, replace(evidence, limits=limits))
        return [[names[k] for k in g.frames] for g in found.groups if g.kind is GroupKind.BURST]

    def found_at(limit: float) -> list[list[str]]:
        return found_with(replace(LIMITS, cosine=LIMITS.cosine | {Likeness.VIEW: limit}))

    report = agreement_of_pairs(found_with(LIMITS), true, frames=len(times))
    days = {name: time.date().isoformat() for name, (_, time) in times.items()}
    return report, held_out(found_at, true, days)


def _summary(report: "Pairwise") -> str:
    return (
        f"{report.true} true pairs, {report.found} found: precision {report.precision:.3f},"
        f" recall {report.recall:.3f}, F1 {report.f1:.3f}"
    )
