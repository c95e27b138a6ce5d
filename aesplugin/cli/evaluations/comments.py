"""aesplugin evaluate comments: are a model's comments true, and about this photo?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import load_judge, name_of, show
from aesplugin.cli.progress import counting
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.evaluation.text_similarity import References


def command(  # noqa: PLR0913 - one parameter per option
    photos: shared.Photos,
    *,
    count: shared.Count = 8,
    flaws: Annotated[int, typer.Option("--flaws", min=0, help="Flawed copies per photo.")] = 2,
    strength: shared.Strengths = None,
    seed: shared.Seed = 0,
    critiques: Annotated[
        Path | None,
        typer.Option(
            "--critiques",
            metavar="FILE.json",
            help="Check that no critique is quoted (PCCD layout).",
        ),
    ] = None,
    references: Annotated[
        Path | None,
        typer.Option(
            "--references",
            metavar="FILE.json",
            help="Compare with people's comments by photo name.",
        ),
    ] = None,
    everything: shared.All = False,
    json: options.Json = False,
    plot: shared.Plot = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Check what comments claim against known flaws, measurements and other photos' comments.

    Example: aesplugin evaluate comments debian_wallpapers --model mini --critiques pccd_test.json
    """
    from aesplugin.evaluation.comments import measure_comments
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.evaluation.remarks import gather_remarks
    from aesplugin.evaluation.text_similarity import read_critiques

    check_plot(plot)
    strengths = shared.strengths_of(strength, ("strong",))
    if len(strengths) > 1:
        raise UsageError("comments are measured at one strength: give --strength once")
    quotable = None if critiques is None else read_critiques(critiques)
    chosen = shared.unseen_photos(photos, count=count, everything=everything)
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
    """Read before the long work, so that a wrong file or a missing library is reported at once."""
    from aesplugin.evaluation.inputs import photo_name
    from aesplugin.evaluation.text_similarity import check_likeness, of_photos, read_references

    check_likeness()
    return of_photos(map(photo_name, photos), read_references(path))
