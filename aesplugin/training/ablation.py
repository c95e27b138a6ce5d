"""What each part of the method is worth: the same score stage after different beginnings.

Variants: nothing learned before (``none``), labels alone (``labels``), labels and text
(``text``); and two plain ridges, on the last stage and on all scales. Every figure is of themes
and photos held out; the spread over seeds says which differences mean something.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from aesplugin.models.calm.encoder import summary
from aesplugin.models.calm.heads import to_score
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.training.config import TrainingConfig
from aesplugin.training.loop import StageReport
from aesplugin.training.stages import scores, self_supervised
from aesplugin.training.teacher import Ridge

VARIANTS = ("none", "labels", "text")


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One trained variant: SRCC on a held-out fold, flaw accuracy on validation photos."""

    variant: str
    seed: int
    fold: int
    srcc: float
    strong: float = float("nan")
    mild: float = float("nan")


def ablate(
    config: TrainingConfig, variants: Sequence[str] = VARIANTS, *, seed: int = 0, fold: int = 0
) -> list[AblationRow]:
    """Trains every variant with the configuration's own numbers, without the language stages."""
    rows = []
    for variant in variants:
        mine = _in(config, config.out / f"{variant}-{seed}", seed)
        if variant != "none" and not (mine.out / "self_supervised" / "model").is_dir():
            self_supervised.run(mine, text_guided=variant == "text")
        report = scores.run(mine, fold=fold, speaks=False)
        rows.append(_row(variant, mine, fold, report))
    return rows


def baselines(config: TrainingConfig, fold: int = 0) -> list[AblationRow]:
    """Ridge on the last stage alone, and on all scales."""
    data = scores.rated(config, fold)
    rows = []
    for name in ("ridge, last stage", "ridge, all scales"):
        inputs = [_inputs(data, photos, name) for photos in (data.train, data.held_out)]
        said = Ridge.fit(inputs[0], data.scores[data.train])(inputs[1])
        srcc = rank_correlation(said, data.scores[data.held_out])
        rows.append(AblationRow(name, config.seed, fold, srcc))
    return rows


def rank_correlation(one: Tensor, two: Tensor) -> float:
    """SRCC of two [N] tensors; ties are rare here and get arbitrary order."""
    ranks = torch.stack([one.argsort().argsort(), two.argsort().argsort()]).double()
    return float(torch.corrcoef(ranks)[0, 1])


def table(rows: Sequence[AblationRow]) -> str:
    """Mean and standard deviation over seeds and folds, a line a variant."""
    lines = [f"{'variant':<20}{'runs':>5}{'SRCC':>8}{'sd':>7}{'strong':>8}{'mild':>7}"]
    for name in dict.fromkeys(row.variant for row in rows):
        mine = [row for row in rows if row.variant == name]
        srcc = torch.tensor([row.srcc for row in mine])
        sd = float(srcc.std()) if len(mine) > 1 else float("nan")
        strong, mild = (
            float(torch.tensor([getattr(row, figure) for row in mine]).mean())
            for figure in ("strong", "mild")
        )
        lines.append(
            f"{name:<20}{len(mine):>5}{float(srcc.mean()):>8.3f}{sd:>7.3f}{strong:>8.3f}{mild:>7.3f}"
        )
    return "\n".join(lines)


def _in(config: TrainingConfig, out: Path, seed: int) -> TrainingConfig:
    values = {item.name: getattr(config, item.name) for item in fields(TrainingConfig)}
    return replace(TrainingConfig(**values), out=out, seed=seed)


def _inputs(data: scores.Rated, photos: Sequence[int], name: str) -> Tensor:
    rows = [data.samples.photos[index][0] for index in photos]
    features = data.samples.features.batch(rows)
    return features.theme if name.endswith("last stage") else summary(features)


@torch.no_grad()
def _row(variant: str, config: TrainingConfig, fold: int, report: StageReport) -> AblationRow:
    folder = config.out / "scores" / "model"
    model = CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
    data = scores.rated(config, fold)
    rows = [data.samples.photos[index][0] for index in data.held_out]
    said = to_score(model.read(data.samples.features.batch(rows))[1].score)
    srcc = rank_correlation(said, data.scores[data.held_out])
    figures = report.figures
    return AblationRow(variant, config.seed, fold, srcc, figures["strong"], figures["mild"])
