"""aesplugin evaluate: how good and how quick the model is, measured here."""

import typer

app = typer.Typer(help="Measure the model on labelled photos, and its speed.", no_args_is_help=True)
