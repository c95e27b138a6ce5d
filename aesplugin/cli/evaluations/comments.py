"""aesplugin evaluate comments: is what a model writes true, and of this photo?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json
from aesplugin.cli.evaluations import choices
from aesplugin.cli.evaluations.judging import load_judge, name_of
from aesplugin.cli.evaluations.printing import show
from aesplugin.cli.progress import counting
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.evaluation.likeness import References


def command(  # noqa: PLR0913 - one parameter per option
    photos: choices.Photos,
    *,
    count: choices.Count = 8,
    flaws: Annotated[int, typer.Option("--flaws", min=0, help="Flawed copies a photo.")] = 2,
    strength: choices.Strengths = None,
    seed: choices.Seed = 0,
    critiques: Annotated[
        Path | None,
        typer.Option("--critiques", metavar="FILE.json", help="Not to be quoted (PCCD layout)."),
    ] = None,
    references: Annotated[
        Path | None,
        typer.Option("--references", metavar="FILE.json", help="People's comments by photo name."),
    ] = None,
    everything: choices.All = False,
    json: options.Json = False,
    plot: choices.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """What comments claim, against the known flaw, the measurements, and other photos.

    Example: aesplugin evaluate comments debian_wallpapers --model mini --critiques pccd_test.json
    """
    from aesplugin.evaluation.comments import measure_comments
    from aesplugin.evaluation.overlap import read_critiques
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.evaluation.remarks import gather_remarks

    check_plot(plot)
    strengths = choices.strengths_of(strength, ("strong",))
    if len(strengths) > 1:
        raise UsageError("comments are measured at one --strength at a time")
    quotable = None if critiques is None else read_critiques(critiques)
    chosen = choices.unseen_photos(photos, count=count, everything=everything)
    wanted = None if references is None else _references(references, chosen)
    judge = load_judge(model, device, comments=True)
    with counting("commenting") as progress:
        remarks = gather_remarks(
            judge, chosen, strength=strengths[0], flaws=flaws, seed=seed, progress=progress
        )
    if remarks:
        report = measure_comments(remarks, critiques=quotable, references=wanted)
        show(report, json=json, plot=plot, model=name_of(judge))
    elif json:
        print_json({"model": name_of(judge), "comments": 0})
    else:
        out.print(f"{judge.card.name} writes no comments: there is nothing to measure")


def _references(path: Path, photos: Sequence[Path]) -> "References":
    """Read before the long work, so that a wrong file or an absent library is told at once."""
    from aesplugin.evaluation.likeness import check_likeness, of_photos, read_references
    from aesplugin.evaluation.photos import photo_name

    check_likeness()
    return of_photos(map(photo_name, photos), read_references(path))
