"""What each part of the method is worth, on themes and photos held out, with the seed spread.

Plain ridges first (last stage; all scales; with pixel measures), then MFAM taught three ways:
from the late maps alone, from all scales by labels alone, from all scales by labels and text.
Each learns the same photos for as many steps. SRCC is that of the beauty head which reads the
variant's MFAM beside the plain features, of the last stage alone or of all scales as it does; the
flaw shares are of validation photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from aesplugin.evaluation.metrics import srcc
from aesplugin.models.calm.encoder import LevelFeatures, summary, theme_blocks
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.training.calm.beauty_ridge import Taught, teach
from aesplugin.training.calm.votes import Rated, rated
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.features.feature_set import Sight, all_of_it, last_columns, last_stage
from aesplugin.training.stages import scores, self_supervised
from aesplugin.training.stages.check import validation_figures

_LAST = "last stage"
VARIANTS = (_LAST, "labels", "text")


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
            see=_sight(variant),
        )
        rows.append(_row(variant, mine, fold))
    return rows


def baselines(config: TrainingConfig, fold: int = 0) -> list[AblationRow]:
    """Ridges on the last stage alone, on all scales, and with pixel measures."""
    data = rated(config, seed=fold)
    features = data.samples.features.batch(data.clean)
    rows = []
    for name, inputs, widths in _plain(features):
        unseen = teach(inputs, widths, data.scores, data.folds).unseen
        agreed = srcc(unseen.cpu(), data.scores.cpu())
        rows.append(AblationRow(f"ridge, {name}", config.seed, fold, agreed))
    return rows


def _plain(features: LevelFeatures) -> list[tuple[str, Tensor, Sequence[int]]]:
    theme = features.theme.shape[1]
    blocks, last = theme_blocks(theme), last_columns(theme)
    measured = torch.cat([summary(features), features.measures], dim=1)
    found: list[tuple[str, Tensor, Sequence[int]]] = [
        ("all scales", summary(features), blocks),
        ("all scales and measures", measured, (*blocks, features.measures.shape[1])),
    ]
    if len(blocks) > 1:
        found.insert(0, (_LAST, features.theme[:, last], [last.stop - last.start]))
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
    data.samples.features.see = see = _sight(variant)
    taught = _last_alone(model, data) if variant == _LAST else scores.set_beauty(model, data)
    agreed = srcc(taught.unseen.cpu(), data.scores.cpu())
    shares = validation_figures(model, config, see=see)
    strong, mild = (shares.get(name, float("nan")) for name in ("strong", "mild"))
    return AblationRow(variant, config.seed, fold, agreed, strong, mild)


def _sight(variant: str) -> Sight:
    return last_stage if variant == _LAST else all_of_it


def _last_alone(model: CalmForConditionalGeneration, data: Rated) -> Taught:
    """What votes make of the last stage and of MFAM: two blocks, not one among empty ones."""
    model.train(mode=False)
    *parts, mfam = scores.blocks(model)
    theme = sum(parts)
    last = last_columns(theme)
    columns = [*range(last.start, last.stop), *range(theme, theme + mfam)]
    features = scores.look(model, data.samples, data.clean)[:, columns]
    copies = scores.flawed_copies(model, data)
    if copies is not None:
        copies = replace(copies, features=copies.features[:, columns])
    widths = [last.stop - last.start, mfam]
    return teach(features, widths, data.scores, data.folds, copies)
