"""Does a model see known flaws? Clean photos, one flaw each, by code training never saw.

For each of 14 flaws and each strength: does the clean photo outscore its copy, is the flaw
named first, is the way out right; and how many clean photos are accused of anything.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any, Final

import numpy as np

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.evaluation.inputs import Pixels
from aesplugin.evaluation.judged import Progress, counted, judge, share
from aesplugin.evaluation.plots import Bars
from aesplugin.evaluation.synthetic_flaws import Strength, copies, looks, originals
from aesplugin.models.base import AestheticModel, Answer

FIGURES: Final = ("outscored", "named", "direction")
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class FlawRow:
    """One flaw at one strength; shares 0..1 over `photos`. The last two are NaN without advice."""

    flaw: Flaw
    strength: Strength
    photos: int
    outscored: float
    named: float
    direction: float  # among those where the flaw was named at all


@dataclass(slots=True)
class FlawReport:
    """The table, and what clean photos were accused of (NaN: the model gives no suggestions)."""

    rows: list[FlawRow] = field(default_factory=list)
    clean: int = 0
    accused: float = _NAN

    @property
    def strengths(self) -> list[Strength]:
        """The strengths measured, mildest first."""
        return list(dict.fromkeys(row.strength for row in self.rows))

    def mean(self, figure: str, strength: Strength | None = None) -> float:
        """Mean of "outscored", "named" or "direction" over the flaws; NaN where none has it."""
        chosen = [getattr(row, figure) for row in self.rows if strength in (None, row.strength)]
        known = [value for value in chosen if not isnan(value)]
        return float(np.mean(known)) if known else _NAN

    def table(self) -> str:
        """The report as text."""
        lines = [f"{'flaw':<18}{'strength':<10}{'outscored':>10}{'named':>8}{'direction':>11}"]
        lines += [
            _line(row.flaw.value, row.strength, [getattr(row, name) for name in FIGURES], 2)
            for row in self.rows
        ]
        for strength in self.strengths:
            means = [self.mean(name, strength) for name in FIGURES]
            lines.append(_line("mean", strength, means, 3))
        if isnan(self.accused):
            lines.append("the model gives no suggestions: naming and direction are not measured")
        else:
            lines.append(
                "clean photos with a reported flaw (false positives):"
                f" {self.accused:.3f} of {self.clean}"
            )
        return "\n".join(lines)

    def figures(self) -> dict[str, float]:
        """The headline figures by name, for JSON and model cards."""
        found = {"clean, flaw reported": self.accused}
        for strength in self.strengths:
            for name in FIGURES:
                found[f"{name}, {strength.value}"] = self.mean(name, strength)
        worst: dict[Flaw, list[float]] = {}
        for row in self.rows:
            worst.setdefault(row.flaw, []).append(row.outscored)
        found["outscored, worst flaw"] = min(float(np.mean(seen)) for seen in worst.values())
        return found

    def data(self) -> dict[str, Any]:
        """The report for JSON."""
        return {"figures": self.figures(), "rows": self.rows, "clean": self.clean}

    def panels(self) -> list[Bars]:
        """A panel a figure, a bar for each flaw and strength."""
        shown = FIGURES[:1] if isnan(self.accused) else FIGURES
        titles = {
            "outscored": "original outscores its copy",
            "named": "flaw named first",
            "direction": "right direction, where named",
        }
        flaws = list(dict.fromkeys(row.flaw for row in self.rows))
        found = {(row.flaw, row.strength): row for row in self.rows}
        return [
            Bars(
                title=titles[name],
                labels=[flaw.value.replace("_", " ") for flaw in flaws],
                series={
                    strength.value: [getattr(found[flaw, strength], name) for flaw in flaws]
                    for strength in self.strengths
                },
                marks={"chance": 0.5} if name == "outscored" else {},
            )
            for name in shown
        ]


def measure_flaws(
    model: AestheticModel,
    photos: Sequence[Path],
    *,
    strengths: Sequence[Strength] = (Strength.MILD, Strength.STRONG),
    seed: int = 0,
    progress: Progress = lambda done, of: None,
) -> FlawReport:
    """Every flaw at every strength on every photo; `progress` counts looks.

    Raises:
        DataError: no photos, or one that cannot be decoded or is too small.
    """
    pixels = originals(photos)
    looked = counted(progress, looks(len(pixels), strengths))
    clean = _answers(model, pixels, looked)
    advised = any(answer.suggestions is not None for answer in clean)
    accused = share([bool(answer.suggestions) for answer in clean]) if advised else _NAN
    report = FlawReport(clean=len(clean), accused=accused)
    for flaw in SYNTHETIC_FLAWS:
        for strength in strengths:
            ways: list[str] = []
            made = _noted(copies(pixels, flaw, strength, seed=seed), ways)
            answers = _answers(model, made, looked)
            report.rows.append(_row(flaw, strength, (clean, answers), ways if advised else None))
    return report


def _noted(made: Iterator[tuple[Pixels, str]], ways: list[str]) -> Iterator[Pixels]:
    """The copies alone; the way out of each that was asked for is appended to `ways`."""
    for copy, way in made:
        ways.append(way)
        yield copy


def _answers(
    model: AestheticModel, photos: Sequence[Pixels] | Iterator[Pixels], looked: Callable[[], None]
) -> list[Answer]:
    answers = []
    for answer in judge(model, photos):
        answers.append(answer)
        looked()
    return answers


def _row(
    flaw: Flaw,
    strength: Strength,
    answers: tuple[Sequence[Answer], Sequence[Answer]],
    ways: Sequence[str] | None,
) -> FlawRow:
    clean, flawed_ones = answers
    outscored = share([one.score > two.score for one, two in zip(clean, flawed_ones, strict=True)])
    if ways is None:
        return FlawRow(flaw, strength, len(clean), outscored, _NAN, _NAN)
    first, right = [], []
    for answer, way in zip(flawed_ones, ways, strict=True):
        advice = answer.suggestions or ()
        first.append(bool(advice) and advice[0].flaw is flaw)
        right += [item.direction == way for item in advice if item.flaw is flaw]
    return FlawRow(flaw, strength, len(ways), outscored, share(first), share(right))


def _line(name: str, strength: Strength, values: Sequence[float], digits: int) -> str:
    cells = ["-" if isnan(value) else f"{value:.{digits}f}" for value in values]
    return f"{name:<18}{strength.value:<10}{cells[0]:>10}{cells[1]:>8}{cells[2]:>11}"
