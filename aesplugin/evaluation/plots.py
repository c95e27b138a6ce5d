"""Figures as bars or points: data first, drawn by matplotlib only when a picture is asked for."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from aesplugin.errors import UsageError

_SUFFIXES: Final = (".png", ".svg", ".pdf")
_COLORS: Final = ("#2a6f97", "#e09f3e", "#6a994e", "#9e2a2b", "#7b6d8d")
_INCH_A_BAR: Final = 0.17
_SCATTER_ROWS: Final = 22.0  # as high as so many bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One panel of horizontal bars: a group a label, a colour a series.

    Values are 0..1, correlations perhaps below; NaN draws nothing and says "n/a". `spread` are
    standard deviations drawn as whiskers, `marks` vertical lines ("chance": 0.5).
    """

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[float]]
    spread: Mapping[str, Sequence[float]] = field(default_factory=dict)
    marks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """One panel of points (x, y), both axes from and to `bounds`, with the line x = y."""

    title: str
    x: str
    y: str
    points: Sequence[tuple[float, float]]
    bounds: tuple[float, float]


Panel = Bars | Scatter


def check_plot(path: Path | None) -> None:
    """Before hours of measuring: can a picture be written there?

    Raises:
        UsageError: no folder, no known suffix, or matplotlib is not installed.
    """
    if path is None:
        return
    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"{path}: a plot's file name must end in {', '.join(_SUFFIXES)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is not a folder: create it, or name another for the plot")
    _pyplot()


def draw_panels(path: Path, panels: Sequence[Panel]) -> None:
    """Writes the panels side by side; the suffix chooses the format.

    Raises:
        UsageError: matplotlib is not installed, or the file cannot be written.
    """
    pyplot = _pyplot()
    most = max(map(_rows, panels))
    size = (1.5 + 4.6 * len(panels), 1.5 + _INCH_A_BAR * most)
    figure, axes = pyplot.subplots(
        1, len(panels), figsize=size, squeeze=False, layout="constrained"
    )
    for panel, place in zip(panels, axes[0], strict=True):
        if isinstance(panel, Scatter):
            _draw_points(panel, place)
        else:
            _draw_bars(panel, place)
    try:
        figure.savefig(path, dpi=120)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        pyplot.close(figure)


def _rows(panel: Panel) -> float:
    """The panel's height in bars."""
    if isinstance(panel, Scatter):
        return _SCATTER_ROWS
    return len(panel.labels) * (len(panel.series) + 0.8)


def _draw_points(panel: Scatter, place: Any) -> None:
    place.plot(panel.bounds, panel.bounds, color="black", linewidth=0.8, linestyle="--")
    across = [x for x, _ in panel.points]
    place.scatter(
        across, [y for _, y in panel.points], s=12, alpha=0.5, color=_COLORS[0], clip_on=False
    )
    place.set(xlim=panel.bounds, ylim=panel.bounds, xlabel=panel.x, ylabel=panel.y)
    place.set(xticks=place.get_yticks(), xlim=panel.bounds)
    place.set_aspect("equal")
    place.set_title(panel.title, fontsize=10)
    place.spines[["top", "right"]].set_visible(False)


def _draw_bars(panel: Bars, place: Any) -> None:
    height = 0.8 / len(panel.series)
    for number, (name, values) in enumerate(panel.series.items()):
        rows = [row + number * height for row in range(len(panel.labels))]
        lengths = [0.0 if isnan(value) else value for value in values]
        color = _COLORS[number % len(_COLORS)]
        place.barh(
            rows, lengths, height * 0.9, label=name, color=color, xerr=panel.spread.get(name)
        )
        for row, value in zip(rows, values, strict=True):
            text = "n/a" if isnan(value) else f"{value:.2f}"
            at = 0.0 if isnan(value) else max(value, 0.0)
            place.text(at + 0.01, row, text, va="center", fontsize=7)
    for name, value in panel.marks.items():
        place.axvline(value, color="black", linewidth=0.8, linestyle="--", label=name)
    lowest = min((v for values in panel.series.values() for v in values if not isnan(v)), default=0)
    place.set_xlim(min(0.0, lowest * 1.1), 1.12)
    place.set_yticks([row + 0.4 - height / 2 for row in range(len(panel.labels))], panel.labels)
    place.invert_yaxis()
    place.set_title(panel.title, fontsize=10)
    place.spines[["top", "right"]].set_visible(False)
    if len(panel.series) > 1 or panel.marks:
        # The pad is in letters, so the legend clears the ticks at any height of the panel.
        place.legend(
            fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 0), borderaxespad=3.2, ncols=3
        )


def _pyplot() -> ModuleType:
    try:
        matplotlib = importlib.import_module("matplotlib")
    except ModuleNotFoundError:
        raise UsageError("plots need matplotlib: pip install matplotlib") from None
    matplotlib.use("Agg")
    return importlib.import_module("matplotlib.pyplot")
