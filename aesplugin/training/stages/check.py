"""Figures after a stage, on cached validation photos: for choosing, never for reporting."""

import torch

from aesplugin.errors import NoPhotos
from aesplugin.models.calm.heads import CLEAN, FLAWS
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.features.feature_set import Sight, all_of_it
from aesplugin.training.features.samples import Samples, unlabelled


@torch.no_grad()
def crop_figure(model: CalmForConditionalGeneration, samples: Samples) -> float:
    """Share of pairs in which the human crop's score beats its rival's, 0..1."""
    model.train(mode=False)
    won = []
    for rows in samples.photos:
        score = model.read(samples.features.batch(rows[1:]))[1].score
        won.append(score[0::2] > score[1::2])
    return torch.cat(won).float().mean().item()


def validation_figures(
    model: CalmForConditionalGeneration, config: TrainingConfig, *, see: Sight = all_of_it
) -> dict[str, float]:
    """`flaw_figures` of the validation photos; none where a handful of photos has none."""
    try:
        samples = unlabelled(config, ["validate"])
    except NoPhotos:
        return {}
    samples.features.check_encoder(model.encoder.shape)
    samples.features.see = see
    return flaw_figures(model, samples)


@torch.no_grad()
def flaw_figures(model: CalmForConditionalGeneration, samples: Samples) -> dict[str, float]:
    """Accuracy by strength, clean photos called clean, pairs ordered rightly; shares 0..1."""
    model.train(mode=False)
    labels, kinds = samples.labels, [row.kind for row in samples.features.versions]
    flaws, craft, score = [], [], []
    for features in samples.features.parts():
        reading = model.read(features)[1]
        flaws.append(reading.flaw.argmax(-1))
        craft.append(reading.craft)
        score.append(reading.score)
    guess, worth, whole = torch.cat(flaws), torch.cat(craft), torch.cat(score)
    right = (guess == labels.flaw).float()
    flawed = labels.flaw != CLEAN
    clean = torch.tensor([kind == "clean" for kind in kinds])
    harmless = torch.tensor([kind == "harmless" for kind in kinds])
    figures = {
        "strong": right[flawed & (labels.severity > 0.6)].mean().item(),
        "mild": right[flawed & (labels.severity < 0.35)].mean().item(),
        "clean": right[clean].mean().item(),
        "harmless": right[harmless].mean().item(),
    }
    first = torch.zeros(len(guess), dtype=torch.long)
    for photo in samples.photos:
        first[photo] = photo[0]
    figures["craft order"] = (worth[first] > worth)[flawed].float().mean().item()
    figures["score order"] = (whole[first] > whole)[flawed].float().mean().item()
    for index, flaw in enumerate(FLAWS):
        mine = labels.flaw == index
        if bool(mine.any()):
            figures[f"{flaw.value} named"] = right[mine].mean().item()
            figures[f"{flaw.value} order"] = (worth[first] > worth)[mine].float().mean().item()
    return figures
