"""Losses by step: a file of JSON lines that grows, and a picture of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


def append(log: Path, step: int, losses: Mapping[str, float]) -> None:
    """Adds one step's losses."""
    log.parent.mkdir(parents=True, exist_ok=True)
    row = {"step": step, **{name: round(value, 5) for name, value in losses.items()}}
    with log.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")


def cut(log: Path, step: int) -> None:
    """Drops what was logged from `step` on: a run that resumes there logs it again."""
    rows = _rows(log)
    if not rows:
        return
    temporary = log.with_suffix(".tmp")
    kept = [json.dumps(row) + "\n" for row in rows if row["step"] < step]
    temporary.write_text("".join(kept), encoding="utf-8")
    temporary.replace(log)


def draw(log: Path, picture: Path) -> None:
    """Plots every loss of a `losses.jsonl` over its steps, smoothed, one line each."""
    rows = _rows(log)
    if not rows:
        return
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for name in sorted({name for row in rows for name in row} - {"step"}):
        points = [(row["step"], row[name]) for row in rows if name in row]
        steps, values = np.array(points, float).T
        span = max(1, len(values) // 50)
        smooth = np.convolve(values, np.ones(span) / span, "valid")
        rare = "." if len(values) < 20 else ""  # a loss of every n-th step: a line would hide it
        axes.plot(steps[span - 1 :], smooth, label=name, marker=rare)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    figure.savefig(picture, dpi=100, bbox_inches="tight")
    pyplot.close(figure)


def _rows(log: Path) -> list[dict[str, Any]]:
    """The logged steps; a line that a power cut tore is left out."""
    if not log.is_file():
        return []
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and "step" in row:
            found.append(row)
    return found
