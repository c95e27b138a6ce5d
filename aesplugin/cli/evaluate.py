"""aesplugin evaluate: how good and how quick the model is, measured here.

A benchmark is a file in `aesplugin/cli/evaluations/` with a function `command`, and its name here.
"""

from importlib import import_module

import typer

BENCHMARKS = (
    "oasis",
    "real",
    "flaws",
    "suggestions",
    "crops",
    "comments",
    "ablation",
    "degraded",
    "personal",
    "groups",
    "taste",
    "speed",
    "answers",
    "catalog",
    "page",
    "queue",
)

app = typer.Typer(
    help="Measure the model on labelled photos, and its speed.",
    no_args_is_help=True,
    add_completion=False,
)
for _name in BENCHMARKS:
    app.command(_name)(import_module(f"aesplugin.cli.evaluations.{_name}").command)
