"""Two ways to ask for a suggestion, side by side: the flaw head, and the language model itself.

Both must choose among the 14 flaws of a copy that has one; no threshold, so that neither way's
own caution counts. Chance is 1 in 14.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from PIL import Image

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.errors import UsageError
from aesplugin.evaluation.inputs import Pixels
from aesplugin.evaluation.judged import Progress, as_rendition, batches, counted, share
from aesplugin.evaluation.plots import Bars
from aesplugin.evaluation.synthetic_flaws import Strength, copies, looks, originals
from aesplugin.models.base import AestheticModel
from aesplugin.models.encoder.views import picture

_BATCH = 8
WAYS = ("flaw head", "language model")


@runtime_checkable
class RemedyModel(Protocol):
    """A model that can be asked for suggestions in two ways (CALM)."""

    def look(self, images: Sequence[Image.Image]) -> Any:
        """Whatever one pass over the photos finds."""
        ...

    def likeliest_flaws(self, look: Any) -> Sequence[Flaw]:
        """The likeliest flaw of each photo by the flaw head."""
        ...

    def remedies(self, look: Any) -> Sequence[Sequence[float]]:
        """Log-likelihood of every remedy for each photo by the language model."""
        ...

    def likeliest(self, remedies: Sequence[float], usual: Sequence[float]) -> Flaw:
        """The flaw whose remedy is most likelier than `usual`."""
        ...


@dataclass(slots=True)
class SuggestionReport:
    """Share of copies whose flaw was named, by way and strength, 0..1."""

    copies: int
    named: dict[str, dict[str, float]] = field(default_factory=dict)

    def table(self) -> str:
        """The report as text."""
        strengths = list(self.named[WAYS[0]])
        lines = [f"{'asked':<18}" + "".join(f"{name:>10}" for name in strengths)]
        for way, shares in self.named.items():
            lines.append(f"{way:<18}" + "".join(f"{shares[name]:>10.3f}" for name in strengths))
        lines.append(f"{self.copies} copies per strength, one flaw each; chance {self.chance:.3f}")
        return "\n".join(lines)

    @property
    def chance(self) -> float:
        """What guessing would name."""
        return 1 / len(SYNTHETIC_FLAWS)

    def data(self) -> dict[str, Any]:
        """The report for JSON."""
        return {"copies": self.copies, "named": self.named, "chance": self.chance}

    def panels(self) -> list[Bars]:
        """One panel: both ways, a bar a strength."""
        strengths = list(self.named[WAYS[0]])
        return [
            Bars(
                title="the flaw named, of 14",
                labels=list(self.named),
                series={one: [shares[one] for shares in self.named.values()] for one in strengths},
                marks={"chance": self.chance},
            )
        ]


def measure_suggestions(
    model: AestheticModel,
    photos: Sequence[Path],
    *,
    strengths: Sequence[Strength] = (Strength.MILD, Strength.STRONG),
    seed: int = 0,
    progress: Progress = lambda done, of: None,
) -> SuggestionReport:
    """Every flaw at every strength on every photo; a remedy's usual likelihood is the clean ones'.

    Raises:
        UsageError: the model cannot be asked so.
        DataError: no photos, or one that cannot be decoded or is too small.
    """
    if not isinstance(model, RemedyModel):
        raise UsageError(f"{model.card.name} does not score remedies: use mini or a CALM model")
    pixels = originals(photos)
    looked = counted(progress, looks(len(pixels), strengths))
    usual = np.mean([found for _, found in _asked(model, pixels, looked)], axis=0).tolist()
    report = SuggestionReport(len(pixels) * len(SYNTHETIC_FLAWS), {way: {} for way in WAYS})
    for strength in strengths:
        head, words = [], []
        for flaw in SYNTHETIC_FLAWS:
            made = (copy for copy, _ in copies(pixels, flaw, strength, seed=seed))
            for said, found in _asked(model, made, looked):
                head.append(said is flaw)
                words.append(model.likeliest(found, usual) is flaw)
        for way, right in zip(WAYS, (head, words), strict=True):
            report.named[way][strength.value] = share(right)
    return report


def _asked(
    model: RemedyModel, photos: Iterable[Pixels], looked: Callable[[], None]
) -> Iterator[tuple[Flaw, Sequence[float]]]:
    """(the head's flaw, likelihood of every remedy) of each photo, in order."""
    for some in batches(photos, _BATCH):
        look = model.look([picture(as_rendition(one)) for one in some])
        for pair in zip(model.likeliest_flaws(look), model.remedies(look), strict=True):
            looked()
            yield pair
