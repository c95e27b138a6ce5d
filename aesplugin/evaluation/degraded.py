"""Does an original outscore its flawed copy, and does nothing score at the bottom?

Only the score is asked, so any model can be measured; `flaws` also asks for the reasons.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.evaluation.inputs import Pixels
from aesplugin.evaluation.judged import Progress, counted, judge
from aesplugin.evaluation.synthetic_flaws import Strength, copies, looks, originals
from aesplugin.models.base import AestheticModel

_SIDE: Final = (480, 640)  # px, of the pictures of nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Copies with one flaw at one strength. `won` is the share of originals that score higher;
    `drop` how far the median copy falls, in points of the score."""

    flaw: Flaw
    strength: Strength
    won: float
    drop: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DegradedReport:
    """All contests over `photos` originals, and the scores of pictures of nothing."""

    photos: int
    contests: tuple[Contest, ...]
    nothing: dict[str, float]

    def won(self, strength: Strength) -> float:
        """Mean share won over the flaws at one strength."""
        return float(np.mean([one.won for one in self.contests if one.strength == strength]))

    def table(self) -> str:
        """The report as text: share of originals that outscore their copy (median drop)."""
        strengths = list(dict.fromkeys(one.strength for one in self.contests))
        found = {(one.flaw, one.strength): one for one in self.contests}
        lines = [f"{self.photos} photos".ljust(18) + "".join(f"{s.value:>16}" for s in strengths)]
        for flaw in dict.fromkeys(one.flaw for one in self.contests):
            cells = [found[flaw, strength] for strength in strengths]
            lines.append(
                f"{flaw.value:<18}" + "".join(f"{c.won:>8.3f} ({c.drop:5.2f})" for c in cells)
            )
        lines.append(f"{'mean':<18}" + "".join(f"{self.won(s):>8.3f}        " for s in strengths))
        lines += [f"{name:<18}{score:>8.2f} of 10" for name, score in self.nothing.items()]
        return "\n".join(lines)


def measure_degraded(
    model: AestheticModel,
    photos: Sequence[Path],
    *,
    strengths: Sequence[Strength] = tuple(Strength),
    seed: int = 0,
    progress: Progress = lambda done, of: None,
) -> DegradedReport:
    """Each photo against its copy with each of 14 flaws at each strength; `progress` counts looks.

    Raises:
        DataError: no photos, or one that cannot be decoded or is too small.
    """
    pixels = originals(photos)
    looked = counted(progress, looks(len(pixels), strengths))
    best = _scores(model, pixels, looked)
    contests = []
    for flaw in SYNTHETIC_FLAWS:
        for strength in strengths:
            made = (copy for copy, _ in copies(pixels, flaw, strength, seed=seed))
            fallen = best - _scores(model, made, looked)
            contests.append(
                Contest(
                    flaw=flaw,
                    strength=strength,
                    won=float((fallen > 0).mean()),
                    drop=float(np.median(fallen)),
                )
            )
    nothing = dict(zip(_NOTHING, _scores(model, _nothing(seed)).tolist(), strict=True))
    return DegradedReport(photos=len(photos), contests=tuple(contests), nothing=nothing)


def _scores(
    model: AestheticModel,
    photos: Sequence[Pixels] | Iterator[Pixels],
    looked: Callable[[], None] = lambda: None,
) -> NDArray[np.float64]:
    scores = []
    for answer in judge(model, photos):
        scores.append(answer.score)
        looked()
    return np.array(scores)


_NOTHING: Final = ("black", "white", "grey", "noise")


def _nothing(seed: int) -> list[Pixels]:
    flat = [np.full((*_SIDE, 3), level, np.uint8) for level in (0, 255, 128)]
    noise = np.random.default_rng(seed).integers(0, 256, (*_SIDE, 3), np.uint8)
    return [*flat, noise]
