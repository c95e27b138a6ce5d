"""Loss curves as a picture."""

import json
from pathlib import Path

import numpy as np


def draw(log: Path, picture: Path) -> None:
    """Plots every loss of a `losses.jsonl` over its steps, smoothed, one line each."""
    if not log.is_file():
        return
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for name in sorted({name for row in rows for name in row} - {"step"}):
        points = [(row["step"], row[name]) for row in rows if name in row]
        steps, values = np.array(points, float).T
        span = max(1, len(values) // 50)
        smooth = np.convolve(values, np.ones(span) / span, "valid")
        axes.plot(steps[span - 1 :], smooth, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    figure.savefig(picture, dpi=100, bbox_inches="tight")
    pyplot.close(figure)
