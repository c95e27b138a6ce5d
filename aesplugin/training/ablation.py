"""What each part of the method is worth, on themes and photos held out, with the seed spread.

Plain ridges first (last stage; all scales; with pixel measures), then MFAM taught three ways:
from the late stages alone, from all scales by labels alone, from all scales by labels and text.
Each learns the same photos for as many steps. SRCC is that of the beauty head which reads the
variant's MFAM beside the plain features; the flaw shares are of validation photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.encoder import LevelFeatures, summary, summary_blocks
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.training.config import TrainingConfig
from aesplugin.training.rated import rated
from aesplugin.training.stages import scores, self_supervised
from aesplugin.training.stages.check import rank_correlation, validation_figures
from aesplugin.training.teacher import teach

VARIANTS = ("last stage", "labels", "text")
_LATE_ONLY = ("low", "middle", "measures")  # what "last stage" does not see


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One trained variant: SRCC over all folds of themes, flaw accuracy on validation photos."""

    variant: str
    seed: int
    fold: int
    srcc: float
    strong: float = float("nan")
    mild: float = float("nan")


def ablate(
    config: TrainingConfig, variants: Sequence[str] = VARIANTS, *, seed: int = 0, fold: int = 0
) -> list[AblationRow]:
    """Trains every variant with the configuration's own numbers, without the language stages.

    `fold` seeds the folds of themes: SRCC is always over all of them.
    """
    rows = []
    for variant in variants:
        mine = replace(config, out=config.out / f"{variant.replace(' ', '-')}-{seed}", seed=seed)
        self_supervised.run(
            mine,
            text_guided=variant == "text",
            blind=_blind(variant),
        )
        rows.append(_row(variant, mine, fold))
    return rows


def baselines(config: TrainingConfig, fold: int = 0) -> list[AblationRow]:
    """Ridges on the last stage alone, on all scales, and with pixel measures."""
    data = rated(config, seed=fold)
    features = data.samples.features.batch(data.clean)
    blocks = summary_blocks(CalmForConditionalGeneration(CalmConfig(), speaks=False).encoder.shape)
    rows = []
    for name, inputs, widths in _plain(features, blocks):
        unseen = teach(inputs, widths, data.scores, data.folds).unseen
        srcc = rank_correlation(unseen, data.scores)
        rows.append(AblationRow(f"ridge, {name}", config.seed, fold, srcc))
    return rows


def _plain(
    features: LevelFeatures, blocks: Sequence[int]
) -> list[tuple[str, Tensor, Sequence[int]]]:
    measured = torch.cat([summary(features), features.measures], dim=1)
    found: list[tuple[str, Tensor, Sequence[int]]] = [
        ("all scales", summary(features), blocks),
        ("all scales and measures", measured, (*blocks, features.measures.shape[1])),
    ]
    if len(blocks) > 1:  # stages 3, 5, 6, then the head, then a grid of stage 5
        last = torch.split(features.theme, list(blocks), dim=1)[-2]
        found.insert(0, ("last stage", last, blocks[-2:-1]))
    return found


def spread(rows: Sequence[AblationRow], figure: str) -> tuple[float, float]:
    """Mean and standard deviation over seeds of one variant's figure; none (NaN) of one seed.

    Folds are averaged first: they judge the same model, so they tell nothing of its luck.
    """
    seeds = dict.fromkeys(row.seed for row in rows)
    means = np.array(
        [np.mean([getattr(row, figure) for row in rows if row.seed == seed]) for seed in seeds]
    )
    return float(means.mean()), float(means.std(ddof=1)) if len(means) > 1 else float("nan")


def table(rows: Sequence[AblationRow]) -> str:
    """Mean and standard deviation over seeds, a line a variant."""
    lines = [
        f"{'variant':<30}{'runs':>5}{'SRCC':>8}{'sd':>7}{'strong':>8}{'sd':>7}{'mild':>7}{'sd':>7}"
    ]
    for name in dict.fromkeys(row.variant for row in rows):
        mine = [row for row in rows if row.variant == name]
        cells = ""
        for figure, width in (("srcc", 8), ("strong", 8), ("mild", 7)):
            mean, deviation = spread(mine, figure)
            cells += f"{mean:>{width}.3f}{deviation:>7.3f}"
        lines.append(f"{name:<30}{len(mine):>5}{cells}")
    return "\n".join(lines)


def _row(variant: str, config: TrainingConfig, fold: int) -> AblationRow:
    folder = config.out / self_supervised.STAGE / "model"
    model = CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
    data = rated(config, seed=fold)
    data.samples.features.blind = blind = _blind(variant)
    taught = scores.set_beauty(model, data)
    srcc = rank_correlation(taught.unseen, data.scores)
    shares = validation_figures(model, config, blind=blind)
    strong, mild = (shares.get(name, float("nan")) for name in ("strong", "mild"))
    return AblationRow(variant, config.seed, fold, srcc, strong, mild)


def _blind(variant: str) -> tuple[str, ...]:
    return _LATE_ONLY if variant == "last stage" else ()
