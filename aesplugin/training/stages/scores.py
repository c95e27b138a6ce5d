"""Instruct-tuning 2, scores: votes, pseudo-scores, and ranking against degraded copies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aesplugin.errors import DataError
from aesplugin.models.calm.encoder import summary
from aesplugin.models.calm.heads import Reading, from_score, to_score, way_mask
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.levels import LEVEL_WORDS, level_of
from aesplugin.models.prompts import SCORE_QUESTION, ask
from aesplugin.training.config import TrainingConfig
from aesplugin.training.data import theme_folds
from aesplugin.training.dialogue import dialogue
from aesplugin.training.loop import Progress, StageReport, fit
from aesplugin.training.losses import (
    agreement_loss,
    flaw_loss,
    order_loss,
    severity_loss,
    way_loss,
)
from aesplugin.training.samples import Samples, crops, oasis, order_pairs, unlabelled
from aesplugin.training.stages import setup
from aesplugin.training.stages.check import flaw_figures
from aesplugin.training.stages.comments import CommentTurns
from aesplugin.training.teacher import Ridge
from aesplugin.training.votes import read_votes

STAGE = "scores"
FOLDS = 5
_WEIGHTS = {
    "votes": 1.0,
    "pseudo": 0.5,
    "order": 1.0,
    "crop": 0.7,
    "flaw": 0.5,
    "severity": 0.5,
    "way": 0.2,
    "number": 0.4,
    "comment": 0.4,
}


@dataclass(slots=True)
class Rated:
    """OASIS in memory: photos of the training themes and of the held-out fold."""

    samples: Samples
    scores: Tensor  # [photos], 1..10
    train: list[int]  # indices of photos
    held_out: list[int]


def rated(config: TrainingConfig, fold: int | None) -> Rated:
    """The cached OASIS photos; `fold` 0..4 is held out by theme, None holds nothing out."""
    samples = oasis(config)
    votes = read_votes(config.data / "oasis")
    named = [samples.features.versions[rows[0]].photo.split("/")[-1] for rows in samples.photos]
    keep = [index for index, name in enumerate(named) if name in votes]
    samples.photos = [samples.photos[index] for index in keep]
    found = [votes[named[index]] for index in keep]
    folds = theme_folds([vote.theme for vote in found], folds=FOLDS, seed=0)
    out = [index for index in range(len(found)) if folds[index] == fold]
    scores = torch.tensor([vote.score for vote in found])
    return Rated(samples, scores, [i for i in range(len(found)) if i not in set(out)], out)


def teach(data: Rated) -> Ridge:
    """The ridge of the training themes."""
    rows = [data.samples.photos[index][0] for index in data.train]
    return Ridge.fit(summary(data.samples.features.batch(rows)), data.scores[data.train])


class Scores:
    """One batch: rated photos with flawed copies, unlabelled photos with theirs, crop pairs."""

    def __init__(
        self,
        model: CalmForConditionalGeneration,
        data: Rated,
        more: Samples,
        config: TrainingConfig,
    ) -> None:
        self.model, self.data, self.more = model, data, more
        self.numbers = config.stage(STAGE)
        self.weights = _WEIGHTS | self.numbers.weights
        self.allowed = way_mask()
        parts: dict[str, nn.Module] = {"mfam": model.mfam, "heads": model.heads}
        self.tokenizer: Any = None
        if model.language is not None:
            parts["language"] = model.language
            self.tokenizer = setup.tokenizer_of(model)
        self.trainable = nn.ModuleDict(parts)
        teacher = teach(data)
        teacher.hand_to(model.heads.plain)
        first = [rows[0] for rows in more.photos]
        self.pseudo = torch.cat(
            [
                teacher(summary(more.features.batch(first[at : at + 128])))
                for at in range(0, len(first), 128)
            ]
        ).clamp(1, 10)
        self.crops: Samples | None = None
        self.talk: CommentTurns | None = None
        self.step = 0

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        mine = rng.choice(
            self.data.train, min(self.numbers.batch, len(self.data.train)), replace=False
        )
        photos = [self.data.samples.photos[index] for index in mine]
        found = self._rated(photos, self.data.scores[mine], rng)
        found |= self._unlabelled(rng)
        if self.crops is not None:
            rows = [row for photo in self.crops.pick(rng, 10) for row in photo[1:]]
            score = self.model.read(self.crops.features.batch(rows))[1].score
            found["crop"] = order_loss(score[0::2], score[1::2], 0.4)
        return {name: value * self.weights[name] for name, value in found.items()}

    def _rated(
        self, photos: list[list[int]], scores: Tensor, rng: np.random.Generator
    ) -> dict[str, Tensor]:
        rows = [row for photo in photos for row in photo]
        insight, reading = self.model.read(self.data.samples.features.batch(rows))
        place = {row: index for index, row in enumerate(rows)}
        clean = torch.tensor([place[photo[0]] for photo in photos])
        kind = torch.tensor([place[photo[1]] for photo in photos])  # the harmless variant
        wanted = from_score(scores)
        votes = agreement_loss(reading.score[clean], wanted)
        votes = votes + 0.3 * F.mse_loss(reading.score[kind], wanted)
        found = {
            "votes": votes,
            "order": self._order(reading.score, self.data.samples, photos, place),
            "flaw rated": flaw_loss(reading, self.data.samples.labels.flaw[rows]),
        }
        self.step += 1
        every = self.numbers.language_every
        if self.tokenizer is not None and every and self.step % every == 0:
            found["number"] = self._numbers(insight.tokens, reading.score, (clean, scores), rng)
        return found

    def _unlabelled(self, rng: np.random.Generator) -> dict[str, Tensor]:
        count = min(max(self.numbers.batch // 2, 4), len(self.more.photos))
        chosen = rng.choice(len(self.more.photos), count, replace=False)
        photos = [self.more.photos[index] for index in chosen]
        rows = [row for photo in photos for row in photo]
        insight, reading = self.model.read(self.more.features.batch(rows))
        place = {row: index for index, row in enumerate(rows)}
        clean = torch.tensor([place[photo[0]] for photo in photos])
        labels = self.more.labels
        flaw = labels.flaw[rows]
        return {
            "pseudo": F.mse_loss(reading.score[clean], from_score(self.pseudo[chosen])),
            "order more": self._order(reading.score, self.more, photos, place),
            "flaw": flaw_loss(reading, flaw),
            "severity": severity_loss(reading, flaw, labels.severity[rows]),
            "way": way_loss(reading, labels.way[rows], self.allowed, flaw),
            **self._mixed(insight.tokens, reading, rows, rng),
        }

    def _mixed(
        self, tokens: Tensor, reading: Reading, rows: list[int], rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """Comments in between, so that the adapter does not forget them (batch mixing)."""
        every = 2 * self.numbers.language_every
        if self.talk is None or not every or self.step % every:
            return {}
        few = rng.choice(len(rows), min(self.numbers.language_batch, len(rows)), replace=False)
        score = to_score(reading.score.detach())
        turns = [self.talk.turn(rows[at], float(score[at]), rng) for at in few]
        return {"comment": self.model(tokens[few], *dialogue(self.tokenizer, turns))}

    @staticmethod
    def _order(
        score: Tensor, samples: Samples, photos: Sequence[list[int]], place: dict[int, int]
    ) -> Tensor:
        pairs = order_pairs(samples.labels, photos)
        better = torch.tensor([place[one] for one, _, _ in pairs])
        worse = torch.tensor([place[two] for _, two, _ in pairs])
        margin = torch.tensor([0.6 * gap for _, _, gap in pairs])
        return order_loss(score[better], score[worse], margin)

    def _numbers(
        self,
        tokens: Tensor,
        read: Tensor,
        known: tuple[Tensor, Tensor],
        rng: np.random.Generator,
    ) -> Tensor:
        """Level word and number as text: votes for clean rows, the regression for flawed ones."""
        clean, scores = known
        target = to_score(read.detach()).clone()
        target[clean] = scores
        rows = rng.choice(len(tokens), min(self.numbers.language_batch, len(tokens)), replace=False)
        turns = [(ask(SCORE_QUESTION), answer(float(target[row]))) for row in rows]
        loss: Tensor = self.model(tokens[rows], *dialogue(self.tokenizer, turns))
        return loss


def answer(score: float) -> str:
    """How the language model is to say a score: the level word, then the number."""
    return f" {level_of(score, CUTS)}, {score:.1f}."


CUTS = (7.2, 6.0, 4.8, 3.6)
"""Thresholds that split the votes into five words of useful size (quintile-like, rounded)."""

assert len(CUTS) == len(LEVEL_WORDS) - 1


def run(
    config: TrainingConfig,
    progress: Progress | None = None,
    *,
    fold: int | None = None,
    speaks: bool = True,
) -> StageReport:
    """Trains on the votes of all themes, or of all but one fold's; figures are of that fold."""
    model = setup.load_model(config, STAGE, speaks=speaks)
    setup.freeze(model, language=True)
    if speaks:
        setup.halve_language(model)
    data = rated(config, fold)
    objective = Scores(model, data, unlabelled(config, ["train"]), config)
    objective.weights["order more"] = objective.weights["order"]
    objective.weights["flaw rated"] = objective.weights["flaw"]
    if speaks:
        objective.talk = CommentTurns(objective.more, sure=config.sure)
    try:
        objective.crops = crops(config, ["train"])
    except DataError:
        objective.crops = None
    loop = setup.loop_config(config, STAGE)
    report = fit(objective, loop, STAGE, *([progress] if progress else []))
    report.figures = flaw_figures(model, unlabelled(config, ["validate"]))
    setup.keep(model, config, STAGE)
    return report
