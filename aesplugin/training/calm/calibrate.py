"""When to name a flaw at all: one threshold a flaw, chosen on photos MFAM was not taught.

A flaw that clean photos seldom look like (a leaning horizon) may be named on weak evidence, one
that they often do (dark corners) may not. So the thresholds are lowered one small step at a
time, each time where most copies are named rightly for each clean photo wrongly accused.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from itertools import product
from pathlib import Path

import torch
from torch import Tensor

from aesplugin.errors import NoPhotos
from aesplugin.models.calm.calibration import CALIBRATION, Calibration
from aesplugin.models.calm.heads import CLEAN, FLAWS
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.calm.remarks import doubts, usual
from aesplugin.services.files.whole_file import written_whole
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.features.samples import Samples, oasis, unlabelled

ACCUSED = 0.06  # of clean calibration photos and their harmless variants, at most
_STEP = 0.004  # of those photos, one lowering of one threshold
_JUMPS = (1, 2, 4, 8)


@torch.no_grad()
def flaw_logits(model: CalmForConditionalGeneration, samples: Samples) -> Tensor:
    """What the flaw head says of each row: [N, 15]."""
    samples.features.check_encoder(model.encoder.shape)
    model.train(mode=False)
    return torch.cat([model.read(features)[1].flaw for features in samples.features.parts()])


def margins(logits: Tensor) -> Tensor:
    """How far each flaw leads "clean": [N, 15] -> [N, 14]."""
    return logits[:, :CLEAN] - logits[:, CLEAN:]


def thresholds(lead: Tensor, flaw: Tensor, *, accused: float = ACCUSED) -> Tensor:
    """The least lead [14] at which each flaw is named, from `lead` [N, 14] and true `flaw` [N]."""
    clean = lead[flaw == CLEAN].sort(dim=0, descending=True).values
    guilty, truth = lead[flaw != CLEAN], flaw[flaw != CLEAN]
    places = torch.zeros(CLEAN, dtype=torch.long)
    found = clean[0] + 1e-3
    while True:
        best = _cheapest(found, places, (clean, guilty, truth), accused)
        if best is None:
            return found
        flaw_index, place = best
        places[flaw_index] = place
        found[flaw_index] = clean[place, flaw_index]


def _cheapest(
    now: Tensor, places: Tensor, data: tuple[Tensor, Tensor, Tensor], accused: float
) -> tuple[int, int] | None:
    """The flaw whose threshold to lower next, and how far down the clean photos; None: nowhere.

    Longer steps are tried too: the first few clean photos may cost more than they bring.
    """
    clean, guilty, truth = data
    named, spent = _named(guilty, truth, now), _accused(clean, now)
    step = max(1, round(_STEP * len(clean)))
    best, most = None, 0.0
    for index, jump in product(range(CLEAN), _JUMPS):
        place = int(places[index]) + jump * step
        if place >= len(clean):
            continue
        lower = now.clone()
        lower[index] = clean[place, index]
        cost = _accused(clean, lower)
        gain = (_named(guilty, truth, lower) - named) / max(cost - spent, 1e-4)
        if cost <= accused and gain > most:
            best, most = (index, place), gain
    return best


def _named(lead: Tensor, truth: Tensor, least: Tensor) -> float:
    allowed = lead.masked_fill(lead < least, -torch.inf)
    first = allowed.max(dim=1)
    return float(((first.indices == truth) & first.values.isfinite()).float().mean())


def _accused(sorted_clean: Tensor, least: Tensor) -> float:
    """An upper bound that is exact where no photo is accused of two flaws."""
    return float((sorted_clean >= least).float().mean(dim=0).sum())


def calibration_photos(config: TrainingConfig) -> list[Samples]:
    """What MFAM was not taught on: validation photos and the rated ones, where they are cached.

    Both, since thresholds of the training's own collections are too kind to themselves.

    Raises:
        NoPhotos: there are neither.
    """
    found, lacking = [], ""
    for photos_of in (partial(unlabelled, splits=["validate"]), oasis):
        try:
            found.append(photos_of(config))
        except NoPhotos as error:
            lacking = lacking or str(error)
    if not found:
        raise NoPhotos(lacking)
    return found


def calibrate(
    model: CalmForConditionalGeneration, photos: Sequence[Samples], folder: Path
) -> Calibration:
    """Chooses thresholds and writes `calibration.json` beside the model's weights."""
    logits = torch.cat([flaw_logits(model, samples) for samples in photos])
    flaw = torch.cat([samples.labels.flaw for samples in photos])
    least = thresholds(margins(logits), flaw).tolist()
    named = {one.value: round(value, 2) for one, value in zip(FLAWS, least, strict=True)}
    found = Calibration(clean_margins=named, usual_doubt=usual(doubts(logits[flaw == CLEAN])))
    text = json.dumps(asdict(found), indent=2) + "\n"
    with written_whole(folder / CALIBRATION) as path:
        path.write_text(text, encoding="utf-8")
    return found
