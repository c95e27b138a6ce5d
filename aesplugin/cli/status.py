"""aesplugin status: how many photos stand where."""

from rich.table import Table

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable


def command(
    *,
    limit: options.Limit = 10,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Show photos by state and the last failures with their reasons.

    Example: aesplugin status
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model))
    counts = workshop.catalog.counts(workshop.card.revision)
    failures = workshop.catalog.last_failures(workshop.card.revision, limit=limit)
    model_name = f"{workshop.card.name}@{workshop.card.revision}"
    if json:
        print_json(
            {
                "catalog": workshop.settings.catalog,
                "model": model_name,
                "states": {state.value: count for state, count in counts.items()},
                "failures": [
                    {"path": f.path, "state": f.state.value, "reason": f.reason} for f in failures
                ],
            }
        )
        return
    out.print(f"catalog {printable(workshop.settings.catalog)}", markup=False, soft_wrap=True)
    out.print(f"model   {model_name}", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("state")
    table.add_column("files", justify="right")
    for state, count in counts.items():
        table.add_row(state.value, str(count))
    out.print(table)
    for failure in failures:
        line = f"{failure.state}: {printable(failure.path)}: {failure.reason}"
        out.print(line, markup=False, style="yellow", soft_wrap=True)
