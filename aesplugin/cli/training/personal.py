"""aesplugin train personal: train the personal model on many people's ratings."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import print_json, say
from aesplugin.cli.progress import counting
from aesplugin.models.personal.reader import Reader

if TYPE_CHECKING:
    from aesplugin.evaluation.personal.folds import Validated
    from aesplugin.models.personal.panel import Panel, Seen
    from aesplugin.training.personal.train import Recipe


def command(  # noqa: PLR0913 - one parameter per option
    *,
    root: options.Root,
    output: Annotated[
        Path,
        typer.Option("--output", metavar="DIR", help="Folder for the weights and the model card."),
    ] = Path("personal"),
    reader: Annotated[
        Reader,
        typer.Option(
            "--reader",
            help="In-context reader of the rated photos: a small network, or CALM's language "
            "model with the photos in its prompt (hours on a CPU).",
        ),
    ] = Reader.NETWORK,
    steps: Annotated[
        int,
        typer.Option("--steps", min=0, help="Training steps of the in-context reader; 0 = none."),
    ] = 2000,
    validate: Annotated[
        bool,
        typer.Option(
            help="First measure on held-out raters and themes, and use the in-context reader only "
            "if it helps; without this it is not used."
        ),
    ] = True,
    seed: Annotated[
        int, typer.Option("--seed", help="Random seed; the same seed gives the same model.")
    ] = 0,
    model: options.Model = None,
) -> None:
    """Train the personal model on many raters (OASIS layout), and measure it.

    Example: aesplugin train personal --root oasis --output personal
    """
    from dataclasses import asdict, replace
    from shlex import quote

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.personal.panel_scores import see_panel
    from aesplugin.models.personal.files import save_personal
    from aesplugin.models.personal.panel import read_panel
    from aesplugin.settings import load_settings
    from aesplugin.training.personal.train import Recipe, everybody, fit

    panel = read_panel(root)
    workshop = Workshop(load_settings(model=model))
    with counting("encoding") as progress:
        seen = see_panel(workshop.load_model(comments=False), panel, progress=progress)
    recipe = Recipe(reader=reader, steps=steps, seed=seed, cache=workshop.settings.cache)
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
            say(_not_used(validated=validate))
        recipe = replace(recipe, steps=0)
    made = fit(panel, seen, everybody(panel), recipe, say=say)
    card = replace(made.card, made_for=workshop.card.revision, figures=figures)
    save_personal(output, card, made.arrays, made.reader)
    place = quote(str(output.absolute()))
    say(f"personal model written to {output}; to use it: AES_PERSONAL={place}")


def _not_used(*, validated: bool) -> str:
    if validated:
        return "the in-context reader does not improve the validation raters' SRCC: left out"
    return "the in-context reader is left out: without --validate its benefit is unknown"


def _validate(panel: "Panel", seen: "Seen", recipe: "Recipe") -> "Validated":
    from aesplugin.evaluation.personal.folds import cross_validate, divide_raters
    from aesplugin.training.personal.train import fold_fit
    from aesplugin.training.photos import theme_folds

    folds = theme_folds(panel.themes, folds=5, seed=0)
    raters = divide_raters(len(panel.users), seed=0)
    found = cross_validate(panel, seen, folds, raters, fold_fit(panel, seen, recipe, say=say))
    for blend, shots in found.choosing.items():
        figures = ", ".join(f"{shot.srcc:.4f} at k = {shot.k}" for shot in shots)
        say(f"SRCC on the validation raters, blend {blend}: {figures}")
    return found
