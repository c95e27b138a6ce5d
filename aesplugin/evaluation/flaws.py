"""Does a model see known flaws? Clean photos, one flaw each, by code training never saw.

For each of 14 flaws and each strength: does the clean photo outscore its copy, is the flaw
named first, is the way out right; and how many clean photos are accused of anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aesplugin.assessment import Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.judged import judge, load_pixels, share
from aesplugin.evaluation.transforms import Strength, flawed
from aesplugin.models.base import AestheticModel, Answer

Progress = Callable[[int, int], None]


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
    """The table, and what clean photos were accused of."""

    rows: list[FlawRow] = field(default_factory=list)
    clean: int = 0
    accused: float = float("nan")

    def mean(self, figure: str, strength: Strength | None = None) -> float:
        """Mean of "outscored", "named" or "direction" over the flaws."""
        chosen = [row for row in self.rows if strength in (None, row.strength)]
        return float(np.nanmean([getattr(row, figure) for row in chosen]))

    def table(self) -> str:
        """The report as text."""
        lines = [f"{'flaw':<18}{'strength':<10}{'outscored':>10}{'named':>8}{'direction':>11}"]
        lines += [
            f"{row.flaw.value:<18}{row.strength.value:<10}{row.outscored:>10.2f}"
            f"{row.named:>8.2f}{row.direction:>11.2f}"
            for row in self.rows
        ]
        for strength in dict.fromkeys(row.strength for row in self.rows):
            means = [self.mean(name, strength) for name in ("outscored", "named", "direction")]
            lines.append(
                f"{'mean':<18}{strength.value:<10}{means[0]:>10.3f}{means[1]:>8.3f}{means[2]:>11.3f}"
            )
        lines.append(f"clean photos accused of any flaw: {self.accused:.3f} of {self.clean}")
        return "\n".join(lines)

    def figures(self) -> dict[str, float]:
        """The headline figures by name, for JSON and model cards."""
        found = {"clean accused": self.accused}
        for strength in dict.fromkeys(row.strength for row in self.rows):
            for name in ("outscored", "named", "direction"):
                found[f"{name}, {strength.value}"] = self.mean(name, strength)
        worst: dict[Flaw, list[float]] = {}
        for row in self.rows:
            worst.setdefault(row.flaw, []).append(row.outscored)
        found["outscored, worst flaw"] = min(float(np.mean(seen)) for seen in worst.values())
        return found


def measure_flaws(
    model: AestheticModel,
    photos: Sequence[Path],
    *,
    strengths: Sequence[Strength] = (Strength.MILD, Strength.STRONG),
    seed: int = 0,
    progress: Progress = lambda done, of: None,
) -> FlawReport:
    """Every flaw at every strength on every photo.

    Raises:
        DataError: no photos.
    """
    if not photos:
        raise DataError("no photos to make flawed copies of")
    pixels = [load_pixels(path) for path in photos]
    clean = list(judge(model, pixels))
    accused = [bool(answer.suggestions) for answer in clean]
    report = FlawReport(clean=len(clean), accused=share(accused))
    for number, flaw in enumerate(Flaw):
        for strength in strengths:
            copies = []
            ways = []
            for index, photo in enumerate(pixels):
                rng = np.random.default_rng([seed, number, index])
                copy, way = flawed(photo, flaw, strength=strength, rng=rng)
                copies.append(copy)
                ways.append(way)
            answers = list(judge(model, copies))
            report.rows.append(_row(flaw, strength, (clean, answers), ways))
        progress(number + 1, len(Flaw))
    return report


def _row(
    flaw: Flaw,
    strength: Strength,
    answers: tuple[Sequence[Answer], Sequence[Answer]],
    ways: Sequence[str],
) -> FlawRow:
    clean, flawed_ones = answers
    outscored = [one.score > two.score for one, two in zip(clean, flawed_ones, strict=True)]
    first, right = [], []
    for answer, way in zip(flawed_ones, ways, strict=True):
        advice = answer.suggestions or ()
        first.append(bool(advice) and advice[0].flaw is flaw)
        right += [item.direction == way for item in advice if item.flaw is flaw]
    return FlawRow(flaw, strength, len(ways), share(outscored), share(first), share(right))
