"""aesplugin evaluate: measure a model's quality and speed.

A benchmark is a file in `aesplugin/cli/evaluations/` with a function `command`, and its name here.
"""

from importlib import import_module

import typer

BENCHMARKS = (
    "oasis",
    "real",
    "faces",
    "flaws",
    "suggestions",
    "crops",
    "comments",
    "ablation",
    "degraded",
    "personal",
    "judges",
    "groups",
    "taste",
    "speed",
    "answers",
    "catalog",
    "page",
    "turning",
    "queue",
)

app = typer.Typer(
    help="Measure a model's quality on labelled photos, and its speed.",
    no_args_is_help=True,
    add_completion=False,
)
for _name in BENCHMARKS:
    app.command(_name)(import_module(f"aesplugin.cli.evaluations.{_name}").command)
