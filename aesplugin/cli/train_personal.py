"""aesplugin train personal: make the personal model anew from many people's ratings."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import print_json, say
from aesplugin.cli.progress import counting
from aesplugin.models.personal.reader import Reader

if TYPE_CHECKING:
    from aesplugin.evaluation.personal_folds import Validated
    from aesplugin.models.personal.panel import Panel, Seen
    from aesplugin.training.personal import Recipe


def command(  # noqa: PLR0913 - one parameter per option
    *,
    root: options.Root,
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Where the weights and card go.")
    ] = Path("personal"),
    reader: Annotated[
        Reader,
        typer.Option(
            "--reader",
            help="What reads the rated photos in context: a small network of its own, or CALM's "
            "language model, in whose prompt they stand (hours on a CPU).",
        ),
    ] = Reader.NETWORK,
    steps: Annotated[
        int, typer.Option("--steps", min=0, help="Of the in-context reader; 0: none.")
    ] = 2000,
    validate: Annotated[
        bool,
        typer.Option(
            help="First measure on raters and themes never learnt from, and choose by it whether "
            "the in-context reader is asked; without, it is not."
        ),
    ] = True,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same model.")] = 0,
    model: options.Model = None,
) -> None:
    """Learn how tastes vary from a panel of raters (OASIS layout), and measure it.

    Example: aesplugin train personal --root oasis --output personal
    """
    from dataclasses import asdict, replace
    from shlex import quote

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.panel_seen import see_panel
    from aesplugin.models.personal.files import save_personal
    from aesplugin.models.personal.panel import read_panel
    from aesplugin.settings import load_settings
    from aesplugin.training.personal import Recipe, everybody, fit

    panel = read_panel(root)
    workshop = Workshop(load_settings(model=model))
    with counting("looking") as progress:
        seen = see_panel(workshop.load_model(comments=False), panel, progress=progress)
    recipe = Recipe(reader=reader, steps=steps, seed=seed)
    figures: dict[str, float] = {}
    if validate:
        found = _validate(panel, seen, recipe)
        recipe = replace(recipe, blend=found.chosen)
        for name, shots in found.test.items():
            for shot in shots:
                print_json({"method": name, **asdict(shot)})
                figures[f"SRCC {name} k={shot.k}"] = round(shot.srcc, 4)
    if not recipe.blend[1]:
        if steps:
            say(_unasked(validated=validate))
        recipe = replace(recipe, steps=0)
    made = fit(panel, seen, everybody(panel), recipe, say=say)
    card = replace(made.card, made_for=workshop.card.revision, figures=figures)
    save_personal(output, card, made.arrays, made.reader)
    place = quote(str(output.absolute()))
    say(f"the personal model is in {output}; to use it: AES_PERSONAL={place}")


def _unasked(*, validated: bool) -> str:
    if validated:
        return "the choosing raters are foretold no better with the in-context reader: left out"
    return "the in-context reader is left out: without --validate nothing says how far to ask it"


def _validate(panel: "Panel", seen: "Seen", recipe: "Recipe") -> "Validated":
    from aesplugin.evaluation.personal_folds import cross_validate, divide_raters
    from aesplugin.training.data import theme_folds
    from aesplugin.training.personal import fold_fit

    folds = theme_folds(panel.themes, folds=5, seed=0)
    raters = divide_raters(len(panel.users), seed=0)
    found = cross_validate(panel, seen, folds, raters, fold_fit(panel, seen, recipe, say=say))
    for blend, shots in found.choosing.items():
        told = ", ".join(f"{shot.srcc:.4f} at k = {shot.k}" for shot in shots)
        say(f"choosing raters, blend {blend}: {told}")
    return found
