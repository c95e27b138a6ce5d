"""aesplugin train personal: make the personal model anew from many people's ratings."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import print_json, say


def command(
    *,
    root: options.Root,
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Where the weights and card go.")
    ] = Path("personal"),
    steps: Annotated[int, typer.Option("--steps", min=0, help="Of the in-context network.")] = 2000,
    validate: Annotated[
        bool, typer.Option(help="First measure on raters and themes never learnt from.")
    ] = True,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same model.")] = 0,
    model: options.Model = None,
) -> None:
    """Learn how tastes vary from a panel of raters (OASIS layout), and measure it.

    Example: aesplugin train personal --root oasis --output personal
    """
    from dataclasses import asdict, replace

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.panel_seen import see_panel
    from aesplugin.evaluation.personal_folds import cross_validate, divide_raters
    from aesplugin.models.personal.model import PersonalModel, save_personal
    from aesplugin.models.personal.panel import read_panel
    from aesplugin.settings import load_settings
    from aesplugin.training.data import theme_folds
    from aesplugin.training.personal import Part, Recipe, everybody, fit

    panel = read_panel(root)
    seen = see_panel(Workshop(load_settings(model=model)).load_model(), panel)
    recipe = Recipe(steps=steps, seed=seed)
    figures: dict[str, float] = {}
    if validate:

        def fit_fold(users: "object", photos: "object") -> PersonalModel:
            part = Part(users=users, photos=photos)  # type: ignore[arg-type]
            made = fit(panel, seen, part, recipe, say=say)
            return PersonalModel(made.card, made.tensors)

        folds = theme_folds(panel.themes, folds=5, seed=seed)
        raters = divide_raters(len(panel.users), seed=seed)
        found = cross_validate(panel, seen, folds, raters, fit_fold)
        recipe = replace(recipe, blend=found.chosen)
        for name, shots in found.test.items():
            for shot in shots:
                print_json({"method": name, **asdict(shot)})
                figures[f"SRCC {name} k={shot.k}"] = round(shot.srcc, 4)
    made = fit(panel, seen, everybody(panel), recipe, say=say)
    save_personal(output, replace(made.card, figures=figures), made.tensors)
    say(f"the personal model is in {output}")
