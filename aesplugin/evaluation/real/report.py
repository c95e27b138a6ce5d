"""The figures on real photos, as text, for JSON, and for a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from aesplugin.evaluation.metrics import Measured
from aesplugin.evaluation.plots import Bars, Panel, Scatter
from aesplugin.evaluation.real.advice import FlawRow

Figures = Mapping[str, Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealReport:
    """What one model's answers are worth on the labelled pictures of one split.

    `photos` of the `pictures` are photographs. `sections` hold figures by name, `scores` are pairs
    of the label's and the model's, 1..10.
    """

    split: str
    pictures: int
    photos: int
    sections: Mapping[str, Figures]
    flaws: Sequence[FlawRow]
    scores: Sequence[tuple[float, float]]

    def table(self) -> str:
        """The report as text; figures with nothing to measure are left out."""
        lines = [
            f"split {self.split}: {self.pictures} pictures, {self.photos} of them photos; "
            "in brackets the 95 % interval"
        ]
        for section, figures in self.sections.items():
            known = {name: one for name, one in figures.items() if not isnan(one.value)}
            lines += ["", section] if known else ["", f"{section}: nothing to measure"]
            lines += [f"  {name:<36}{_cell(one)}{_of(one)}" for name, one in known.items()]
        lines += ["", f"{'flaw':<22}{'labelled':>9}{'clear':>7}{'shown':>7}  precision"
                  f"{'':<12}recall of clear ones"]  # fmt: skip
        lines += [
            f"{row.flaw.value:<22}{row.labelled:>9}{row.clear:>7}{row.shown:>7}  "
            f"{_cell(row.precision):<21}{_cell(row.recall)}"
            for row in self.flaws
        ]
        return "\n".join(line.rstrip() for line in lines)

    def figures(self) -> dict[str, float]:
        """The figures by name, for model cards; NaN where there was nothing to measure."""
        return {
            name if section != "score" else f"score {name}": one.value
            for section, figures in self.sections.items()
            for name, one in figures.items()
        }

    def data(self) -> dict[str, Any]:
        """The report for JSON."""
        return {"figures": self.figures()} | asdict(self)

    def panels(self) -> list[Panel]:
        """Precision and recall of each flaw; the label's score against the model's."""
        flaws = Bars(
            title="advice on photos",
            labels=[
                f"{row.flaw.value.replace('_', ' ')} ({row.shown} shown, {row.clear} clear)"
                for row in self.flaws
            ],
            series={
                "precision": [row.precision.value for row in self.flaws],
                "recall of clear ones": [row.recall.value for row in self.flaws],
            },
        )
        scores = Scatter(
            title=f"scores of {len(self.scores)} photos",
            x="label",
            y="model",
            points=self.scores,
            bounds=(1, 10),
        )
        return [flaws, scores] if self.flaws else [scores]


def _cell(figure: Measured) -> str:
    """Value and interval; a dash where there is nothing."""
    if isnan(figure.value):
        return "-"
    if isnan(figure.low):
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _of(figure: Measured) -> str:
    return f"  of {figure.count}"
