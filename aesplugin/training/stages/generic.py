"""Generic alignment: MFAM learns to tell the language model what a photo shows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import Tensor, nn

from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.wording.prompts import CONTENT_QUESTION, ask
from aesplugin.training.calm.dialogue import dialogue
from aesplugin.training.calm.pairs import Words, human_texts
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.engine.loop import Progress, StageReport, fit
from aesplugin.training.engine.losses import Alignment
from aesplugin.training.features.samples import Samples
from aesplugin.training.stages import self_supervised, setup

STAGE = "generic"


class Generic:
    """Theme branch beside the words' embedding; now and then the words through the LM.

    The words are people's where a set with texts is named, else the classifier's.
    """

    def __init__(
        self, model: CalmForConditionalGeneration, samples: Samples, config: TrainingConfig
    ) -> None:
        self.model, self.numbers = model, config.stage(STAGE)
        self.pairs = human_texts(config) or Words(samples, sure=config.sure)
        self.align = Alignment(model.config.width, int(model.config.language["hidden_size"]))
        self.before = self_supervised.objective(model, samples, config, STAGE)
        self.trainable = nn.ModuleDict(
            {"mfam": model.mfam, "heads": model.heads, "align": self.align}
        )
        self.tokenizer: Any = setup.tokenizer_of(model)
        self.pairs.embed(model, self.tokenizer)
        self.step = 0

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        count = min(self.numbers.batch, len(self.pairs.rows))
        rows = [int(row) for row in rng.choice(self.pairs.rows, count, replace=False)]
        insight, reading = self.model.read(self.pairs.samples.features.batch(rows))
        texts, wanted = self.pairs.sentences(rows, rng)
        found = {"theme": self.align(insight.theme, texts, wanted, 3)}
        self.step += 1
        if self.numbers.language_every and self.step % self.numbers.language_every == 0:
            chosen = list(range(min(self.numbers.language_batch, count)))
            turns = [(ask(CONTENT_QUESTION), self.pairs.text(rows[row], rng)) for row in chosen]
            seen = self.model.shown(insight, reading.score)[chosen]
            found["caption"] = self.model(seen, *dialogue(self.tokenizer, turns))
        weighed = {name: value * self.numbers.weights[name] for name, value in found.items()}
        return {**self.before.losses(rng), **weighed}  # what was learnt is kept in practice


def run(config: TrainingConfig, progress: Progress | None = None) -> StageReport:
    """Trains MFAM on captions; encoder and language model stay frozen."""
    model = setup.load_model(config, STAGE)
    setup.freeze(model)
    setup.halve_language(model)
    objective = Generic(model, setup.training_photos(config, model), config)
    report = fit(
        objective, setup.loop_config(config, STAGE), STAGE, *([progress] if progress else [])
    )
    setup.keep(model, config, STAGE)
    return report
