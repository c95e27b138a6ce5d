"""aesplugin status: photos by state, and the progress of the queue."""

from typing import TYPE_CHECKING, Any

from rich.table import Table

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable

if TYPE_CHECKING:
    from aesplugin.services.status import Status


def command(
    *,
    limit: options.Limit = 10,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
    broker: options.Broker = None,
) -> None:
    """Show photos by state, queue, workers, rate and time left, and the last failures.

    Example: aesplugin status
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.status import read_status
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model, broker=broker))
    status = read_status(workshop, failures=limit)
    if json:
        print_json(_status_dict(status))
    else:
        _print_status(status)


def _status_dict(status: "Status") -> dict[str, Any]:
    from dataclasses import asdict

    depth = status.depth
    return {
        "catalog": status.catalog,
        "model": f"{status.model.name}@{status.model.revision}",
        "states": {state.value: count for state, count in status.states.items()},
        "failures": [
            {"path": f.path, "state": f.state.value, "reason": f.reason} for f in status.failures
        ],
        "photos_per_second": round(status.rate, 3),
        "eta_seconds": None if status.eta is None else round(status.eta, 1),
        "queue": dict(depth.waiting) | {"taken": depth.taken} if depth else None,
        "workers": [asdict(worker) for worker in status.workers],
        "watchers": [asdict(watcher) for watcher in status.watchers],
        "last_error": status.last_error,
    }


def _print_status(status: "Status") -> None:
    out.print(f"catalog {printable(status.catalog)}", markup=False, soft_wrap=True)
    out.print(f"model   {status.model.name}@{status.model.revision}", markup=False)
    out.print(_states_table(status))
    if status.rate or status.eta:
        left = "unknown time" if status.eta is None else f"{status.eta / 60:.0f} min"
        out.print(f"rate    {status.rate:.1f} photos/s, {left} left", markup=False)
    if status.depth:
        waiting = ", ".join(f"{queue} {count}" for queue, count in status.depth.waiting.items())
        out.print(f"queue   {waiting}, in progress {status.depth.taken}", markup=False)
        if not status.workers:
            out.print("workers none running; start them with: aesplugin up DIR", style="yellow")
    for worker in status.workers:
        model = f" {worker.model}, {worker.photos} photos" if worker.model else ""
        trouble = f": {printable(worker.last_error)}" if worker.last_error else ""
        line = f"worker  {worker.queue} on {worker.host} ({worker.pid}){model}{trouble}"
        out.print(line, markup=False, soft_wrap=True)
    for watcher in status.watchers:
        trouble = f": {printable(watcher.last_error)}" if watcher.last_error else ""
        line = f"watcher on {watcher.host} ({watcher.pid}){trouble}"
        out.print(line, markup=False, soft_wrap=True)
    if status.problem:
        out.print(status.problem, markup=False, style="yellow", soft_wrap=True)
    for failure in status.failures:
        text = f"{failure.state}: {printable(failure.path)}: {failure.reason}"
        out.print(text, markup=False, style="yellow", soft_wrap=True)


def _states_table(status: "Status") -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("state")
    table.add_column("files", justify="right")
    for state, count in status.states.items():
        table.add_row(state.value, str(count))
    return table
