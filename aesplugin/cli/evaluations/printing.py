"""How a benchmark's report is shown: as a table, as JSON, as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from aesplugin.cli.console import out, print_json, say

if TYPE_CHECKING:
    from aesplugin.evaluation.plots import Panel


class Report(Protocol):
    """What a benchmark returns."""

    def table(self) -> str:
        """As text."""
        ...

    def data(self) -> Mapping[str, Any]:
        """For JSON."""
        ...

    def panels(self) -> "Sequence[Panel]":
        """For a picture."""
        ...


def show(report: Report, *, json: bool, plot: Path | None, model: str = "") -> None:
    """Prints the report and draws it into `plot`; `model` goes into the JSON."""
    if plot is not None:
        from aesplugin.evaluation.plots import draw_panels

        draw_panels(plot, report.panels())
        say(f"the plot is in {plot}")
    if json:
        print_json(plain(({"model": model} if model else {}) | dict(report.data())))
    else:
        out.print(report.table(), markup=False, soft_wrap=True)


def plain(value: Any) -> Any:
    """`value` as JSON can carry it: data classes as objects, numbers that are none as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    return value
