"""Instruct-tuning 1, comments: known facts said in a critic's manner. MFAM and adapter train."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import Tensor, nn

from aesplugin.models.calm.generation.remedy_likelihood import remedy
from aesplugin.models.calm.heads import CLEAN, FLAWS, Reading, to_score
from aesplugin.models.calm.mfam import Insight
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.wording.prompts import COMMENT_QUESTION, SUGGEST_QUESTION, ask
from aesplugin.training.calm.comments import Facts, comment, notes, works
from aesplugin.training.calm.dialogue import dialogue
from aesplugin.training.calm.pairs import human_texts
from aesplugin.training.calm.pseudo_captions import contents
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.engine.loop import Progress, StageReport, fit
from aesplugin.training.features.samples import Samples
from aesplugin.training.stages import self_supervised, setup

STAGE = "comments"
_BLIND = 0.2  # share of prompts without notes: then only the visual tokens can tell


class CommentTurns:
    """Question and answer about a cached photo, from what is known of it."""

    def __init__(self, samples: Samples, *, sure: float) -> None:
        self.samples = samples
        self.contents = contents(samples.features, sure=sure)

    def turn(self, row: int, score: float, rng: np.random.Generator) -> tuple[str, str]:
        """(rendered instruction, comment); the score is blurred, so that the notes lead."""
        kind = int(self.samples.labels.flaw[row])
        severity = float(self.samples.labels.severity[row])
        flaws = [] if kind == CLEAN else [(FLAWS[kind], severity)]
        score = float(np.clip(score + rng.normal(0, 0.8), 1, 10))
        facts = Facts(content=self.contents[row], score=score, flaws=flaws, works=works(flaws, rng))
        told = [] if rng.random() < _BLIND else notes(facts)
        return ask(COMMENT_QUESTION, told), comment(facts, rng)


class Comments:
    """Next-token loss of comments; what MFAM learnt before is kept in practice beside it.

    Where a set with texts is named, what people wrote is learnt as well: "critique"; and where
    the configuration says so, what to do about a flaw: "remedy".
    """

    def __init__(
        self, model: CalmForConditionalGeneration, samples: Samples, config: TrainingConfig
    ) -> None:
        self.model, self.samples, self.numbers = model, samples, config.stage(STAGE)
        self.turns = CommentTurns(samples, sure=config.sure)
        self.texts = human_texts(config)
        self.remedies = config.remedies
        flaws = enumerate(samples.features.versions)
        self.flawed = [row for row, version in flaws if version.flaw is not None]
        self.before = self_supervised.objective(model, samples, config, STAGE)
        self.trainable = nn.ModuleDict(
            {"mfam": model.mfam, "heads": model.heads, "language": model.language}
        )
        self.tokenizer: Any = setup.tokenizer_of(model)

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        count = min(self.numbers.language_batch, len(self.samples.features))
        rows = [int(row) for row in rng.choice(len(self.samples.features), count, replace=False)]
        read = self.model.read(self.samples.features.batch(rows))
        scores = to_score(read[1].score.detach()).tolist()
        turns = [self.turns.turn(row, score, rng) for row, score in zip(rows, scores, strict=True)]
        said = self._said(read, turns)
        before = self.before.losses(rng)
        found = {"comment": said}
        if self.texts is not None:
            found["critique"] = self._critique(rng)
        if self.remedies:
            found["remedy"] = self._remedy(rng)
        weighed = {name: value * self.numbers.weights[name] for name, value in found.items()}
        return {**before, **weighed}

    def _remedy(self, rng: np.random.Generator) -> Tensor:
        versions = self.samples.features.versions
        count = min(self.numbers.language_batch, len(self.flawed))
        rows = [int(row) for row in rng.choice(self.flawed, count, replace=False)]
        turns = [
            (ask(SUGGEST_QUESTION), remedy(one.flaw, one.direction, one.severity))
            for one in (versions[row] for row in rows)
            if one.flaw is not None
        ]
        return self._said(self.model.read(self.samples.features.batch(rows)), turns)

    def _critique(self, rng: np.random.Generator) -> Tensor:
        assert self.texts is not None
        count = min(self.numbers.language_batch, len(self.texts.rows))
        rows = [int(row) for row in rng.choice(self.texts.rows, count, replace=False)]
        turns = [(ask(COMMENT_QUESTION), self.texts.text(row, rng)) for row in rows]
        return self._said(self.model.read(self.texts.samples.features.batch(rows)), turns)

    def _said(self, read: tuple[Insight, Reading], turns: Sequence[tuple[str, str]]) -> Tensor:
        """The loss of these answers about photos that were just read."""
        insight, reading = read
        seen = self.model.shown(insight, reading.score)
        loss: Tensor = self.model(seen, *dialogue(self.tokenizer, turns))
        return loss


def run(config: TrainingConfig, progress: Progress | None = None) -> StageReport:
    """Trains the adapter and MFAM on comments made from known facts."""
    model = setup.load_model(config, STAGE)
    setup.freeze(model, language=True)
    setup.halve_language(model)
    objective = Comments(model, setup.training_photos(config, model), config)
    loop = setup.loop_config(config, STAGE)
    report = fit(objective, loop, STAGE, *([progress] if progress else []))
    setup.keep(model, config, STAGE)
    return report
