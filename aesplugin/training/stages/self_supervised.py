"""Text-guided self-supervision: unlabelled photos, known flaws, textual cues. Only MFAM trains."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aesplugin.errors import NoPhotos
from aesplugin.models.calm.heads import CLEAN, FLAWS, way_mask
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.wording.prompts import CUE_QUESTION, ask
from aesplugin.training.calm.dialogue import dialogue
from aesplugin.training.calm.text_bank import TextBank
from aesplugin.training.engine.config import Stage, TrainingConfig
from aesplugin.training.engine.loop import Progress, StageReport, fit
from aesplugin.training.engine.losses import (
    Alignment,
    flaw_loss,
    order_loss,
    severity_loss,
    triplet_loss,
    way_loss,
)
from aesplugin.training.features.feature_set import Sight, all_of_it
from aesplugin.training.features.samples import Samples, crops, order_pairs
from aesplugin.training.flaws.augment import Level
from aesplugin.training.flaws.phrases import cue, fine
from aesplugin.training.stages import setup
from aesplugin.training.stages.check import crop_figure, validation_figures

STAGE = "self_supervised"
_MOST = 32  # photos a step, each with all versions of a round


class SelfSupervised:
    """Losses of one batch: `batch` photos with all their versions, and some crop pairs."""

    def __init__(
        self, model: CalmForConditionalGeneration, samples: Samples, numbers: Stage
    ) -> None:
        self.model, self.samples, self.numbers = model, samples, numbers
        self.allowed = way_mask()
        hidden = int(model.config.language["hidden_size"])
        self.align = Alignment(model.config.width, hidden)
        self.trainable = nn.ModuleDict(
            {"mfam": model.mfam, "heads": model.heads, "align": self.align}
        )
        self.crops: Samples | None = None
        self.bank: TextBank | None = None
        self.tokenizer: Any = None
        self.step = 0

    def guide_by_text(self, tokenizer: Any) -> None:
        """Turns the text losses on; without it, labels alone teach (an ablation)."""
        self.tokenizer = tokenizer
        self.bank = TextBank(self.model, tokenizer)

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        photos = self.samples.pick(rng, self.numbers.batch)
        rows = [row for photo in photos for row in photo]
        insight, reading = self.model.read(self.samples.features.batch(rows))
        labels = self.samples.labels
        flaw, severity, way = labels.flaw[rows], labels.severity[rows], labels.way[rows]
        found = {
            "flaw": flaw_loss(reading, flaw),
            "severity": severity_loss(reading, flaw, severity),
            "way": way_loss(reading, way, self.allowed, flaw),
        }
        place = {row: index for index, row in enumerate(rows)}
        pairs = order_pairs(labels, photos)
        better = torch.tensor([place[one] for one, _, _ in pairs])
        worse = torch.tensor([place[two] for _, two, _ in pairs])
        margin = torch.tensor([gap for _, _, gap in pairs])
        found["order"] = order_loss(reading.craft[better], reading.craft[worse], margin)
        found["keep"] = reading.craft[flaw == CLEAN].square().mean()  # or votes would be drowned
        found["triplet"] = self._triplets(insight.levels.flatten(1), photos, place)
        if self.crops is not None:
            found["crop"] = self._crops(rng)
        if self.bank is not None:
            found["align"] = self._aligned(insight.levels, flaw, rng)
            if self.numbers.language_every and self._tick():
                seen = self.model.shown(insight, reading.score)
                found["cue"] = self._cues(seen, (flaw, severity), rng)
        return {name: value * self.numbers.weights[name] for name, value in found.items()}

    def _tick(self) -> bool:
        self.step += 1
        return self.step % self.numbers.language_every == 0

    def _triplets(self, levels: Tensor, photos: list[list[int]], place: dict[int, int]) -> Tensor:
        """Each photo's clean row, and the mild and strong version of its first flaw."""
        index = torch.tensor([[place[photo[at]] for at in (0, 2, 3)] for photo in photos])
        return triplet_loss(levels[index[:, 0]], levels[index[:, 1]], levels[index[:, 2]])

    def _crops(self, rng: np.random.Generator) -> Tensor:
        assert self.crops is not None
        photos = self.crops.pick(rng, 8)
        rows = [row for photo in photos for row in photo[1:]]
        craft = self.model.read(self.crops.features.batch(rows))[1].craft
        return order_loss(craft[0::2], craft[1::2], 0.5)

    def _aligned(self, levels: Tensor, flaw: Tensor, rng: np.random.Generator) -> Tensor:
        assert self.bank is not None
        parts = [
            self.align(
                levels[:, level], self.bank.draw(level, rng), self.bank.wanted(flaw, level), level
            )
            for level in range(3)
        ]
        return torch.stack(parts).sum()

    def _cues(
        self, tokens: Tensor, facts: tuple[Tensor, Tensor], rng: np.random.Generator
    ) -> Tensor:
        flaw, severity = facts
        count = min(self.numbers.language_batch, len(tokens))
        rows = rng.choice(len(tokens), count, replace=False)
        turns = []
        for row in rows:
            kind = int(flaw[row])
            sentence = (
                fine(Level(str(rng.choice(list(Level)))), rng)
                if kind == CLEAN
                else cue(FLAWS[kind], float(severity[row]), rng)
            )
            turns.append((ask(CUE_QUESTION), sentence))
        loss: Tensor = self.model(tokens[rows], *dialogue(self.tokenizer, turns))
        return loss


def objective(
    model: CalmForConditionalGeneration,
    samples: Samples,
    config: TrainingConfig,
    stage: str = STAGE,
) -> SelfSupervised:
    """What teaches MFAM flaws and framing, at the pace of `stage`; without text."""
    numbers = config.stage(stage)
    made = SelfSupervised(model, samples, replace(numbers, batch=min(numbers.batch, _MOST)))
    made.crops = _crops_if_any(model, config, "train", see=samples.features.see)
    return made


def _crops_if_any(
    model: CalmForConditionalGeneration, config: TrainingConfig, split: str, *, see: Sight
) -> Samples | None:
    """Crop pairs help, but self-supervision works without them."""
    try:
        found = crops(config, [split])
    except NoPhotos:
        return None
    found.features.check_encoder(model.encoder.shape)
    found.features.see = see
    return found


def run(
    config: TrainingConfig,
    progress: Progress | None = None,
    *,
    text_guided: bool = True,
    see: Sight = all_of_it,
) -> StageReport:
    """Trains MFAM and heads on the cached flawed photos; figures are of the validation split.

    `see` is what it sees of the features (an ablation sees less).
    """
    model = setup.load_model(config, STAGE, speaks=text_guided)
    samples = setup.training_photos(config, model)
    samples.features.see = see
    if not bool((model.mfam.theme_scale.mean != 0).any()):
        every = max(1, len(samples.features) // 3000)
        rows = list(range(0, len(samples.features), every))
        model.mfam.fit_scales(samples.features.batch(rows))
    setup.freeze(model)
    teaching = objective(model, samples, config)
    if text_guided:
        setup.halve_language(model)
        teaching.guide_by_text(setup.tokenizer_of(model))
    loop = setup.loop_config(config, STAGE)
    report = fit(teaching, loop, STAGE, *([progress] if progress else []))
    setup.keep(model, config, STAGE)
    report.figures = validation_figures(model, config, see=see)
    framed = _crops_if_any(model, config, "validate", see=see)  # the rest is for `evaluate crops`
    if framed is not None:
        report.figures["human crop"] = crop_figure(model, framed)
    return report
