"""Known flaws of known strength on clean photos: the pseudo-labels of self-supervision.

After the manipulation families of SAAN (Yi et al. 2023, "Towards Artistic Image Aesthetics
Assessment") and the levels of RealQA (2025). The evaluation uses other code, on purpose:
nothing here may be used to test a model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from aesplugin.assessment import Flaw
from aesplugin.training.flaws import high_level, low_level, middle_level
from aesplugin.training.flaws.pixel_operations import Pixels

RECIPE = "a2"  # of the flaws below: raise it when one changes, and cached features are made anew
_Apply = Callable[[Pixels, float, np.random.Generator], tuple[Pixels, str, float]]


class Level(StrEnum):
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one flaw is made: its level, its code, and the unit of the amount it reports."""

    level: Level
    apply: _Apply
    unit: str


RECIPES: dict[Flaw, Recipe] = {
    Flaw.UNDEREXPOSED: Recipe(level=Level.LOW, apply=low_level.underexposed, unit="stops"),
    Flaw.OVEREXPOSED: Recipe(level=Level.LOW, apply=low_level.overexposed, unit="stops"),
    Flaw.LOW_CONTRAST: Recipe(level=Level.LOW, apply=low_level.low_contrast, unit="x contrast"),
    Flaw.OVERSATURATED: Recipe(level=Level.LOW, apply=low_level.oversaturated, unit="x colour"),
    Flaw.UNDERSATURATED: Recipe(level=Level.LOW, apply=low_level.undersaturated, unit="x colour"),
    Flaw.COLOR_CAST: Recipe(level=Level.LOW, apply=low_level.color_cast, unit="log gain"),
    Flaw.NOISE: Recipe(level=Level.LOW, apply=low_level.noise, unit="levels"),
    Flaw.BLUR: Recipe(level=Level.LOW, apply=low_level.blur, unit="pixels"),
    Flaw.MOTION_BLUR: Recipe(level=Level.LOW, apply=low_level.motion_blur, unit="pixels"),
    Flaw.JPEG_ARTIFACTS: Recipe(level=Level.LOW, apply=low_level.jpeg_artifacts, unit="quality"),
    Flaw.TILTED_HORIZON: Recipe(
        level=Level.MIDDLE, apply=middle_level.tilted_horizon, unit="degrees"
    ),
    Flaw.VIGNETTING: Recipe(level=Level.MIDDLE, apply=middle_level.vignetting, unit="stops"),
    Flaw.CUT_SUBJECT: Recipe(level=Level.HIGH, apply=high_level.cut_subject, unit="share cut"),
    Flaw.POOR_PLACEMENT: Recipe(level=Level.HIGH, apply=high_level.poor_placement, unit="offset"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmented:
    """A photo with one known flaw (None: clean).

    `severity` 0..1; `direction` the way out (see `aesplugin.models.wording.remedies`);
    `amount` the physical strength in `unit`.
    """

    pixels: Pixels
    flaw: Flaw | None
    severity: float
    direction: str
    amount: float
    unit: str


def apply(pixels: Pixels, flaw: Flaw, severity: float, rng: np.random.Generator) -> Augmented:
    """A copy of `pixels` [H, W, 3] uint8 with `flaw`, from just visible (0) to gross (1).

    The result may have another shape for crops, and never has black borders.
    """
    recipe = RECIPES[flaw]
    changed, direction, amount = recipe.apply(pixels, float(np.clip(severity, 0, 1)), rng)
    return Augmented(
        pixels=changed,
        flaw=flaw,
        severity=severity,
        direction=direction,
        amount=amount,
        unit=recipe.unit,
    )


def untouched(pixels: Pixels) -> Augmented:
    """A photo that nothing was done to, labelled so."""
    return Augmented(pixels=pixels, flaw=None, severity=0.0, direction="", amount=0.0, unit="")


def harmless(pixels: Pixels, rng: np.random.Generator) -> Augmented:
    """A clean variant: a kind crop, a touch of light, an honest re-save.

    Without these, a network takes any resampling for a flaw and accuses clean photos.
    """
    out = high_level.good_crop(pixels, rng) if rng.random() < 0.6 else pixels
    if rng.random() < 0.3:
        out = low_level.uneven(out, float(rng.uniform(0.02, 0.12)), rng)
    if rng.random() < 0.3:
        out = middle_level.rotate_inside(out, float(rng.uniform(-0.6, 0.6)))
    if rng.random() < 0.5:
        out = low_level.reencode(
            out, int(rng.integers(82, 98)), subsampling=int(rng.choice([0, 2]))
        )
    return untouched(out)
