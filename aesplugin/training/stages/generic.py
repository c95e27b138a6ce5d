"""Generic alignment: MFAM learns to tell the language model what a photo shows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aesplugin.errors import DataError
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.prompts import CONTENT_QUESTION, ask
from aesplugin.training.comments import with_article
from aesplugin.training.config import TrainingConfig
from aesplugin.training.content import contents
from aesplugin.training.dialogue import dialogue
from aesplugin.training.loop import Progress, StageReport, fit
from aesplugin.training.losses import Alignment
from aesplugin.training.samples import Samples, unlabelled
from aesplugin.training.stages import self_supervised, setup
from aesplugin.training.text_bank import embed_texts

STAGE = "generic"
_WEIGHTS = {"theme": 0.5, "caption": 0.5}
_CAPTIONS = ("It shows {}.", "A photo of {}.", "This is {}.")


class Generic:
    """Theme branch beside the word's embedding; now and then the caption through the LM."""

    def __init__(
        self, model: CalmForConditionalGeneration, samples: Samples, config: TrainingConfig
    ) -> None:
        self.model, self.samples, self.numbers = model, samples, config.stage(STAGE)
        self.weights = _WEIGHTS | self.numbers.weights
        said = contents(samples.features, sure=config.sure)
        self.rows = [row for row, word in enumerate(said) if word is not None]
        if not self.rows:
            raise DataError("the classifier is sure of no photo: lower `sure` in the configuration")
        self.words = sorted({word for word in said if word is not None})
        place = {word: index for index, word in enumerate(self.words)}
        self.classes = torch.tensor([place[word] if word else -1 for word in said])
        self.align = Alignment(model.config.width, int(model.config.language["hidden_size"]))
        self.before = self_supervised.objective(model, samples, config, STAGE)
        self.trainable = nn.ModuleDict(
            {"mfam": model.mfam, "heads": model.heads, "align": self.align}
        )
        self.tokenizer: Any = setup.tokenizer_of(model)
        texts = embed_texts(
            model, self.tokenizer, [f"a photo of {with_article(w)}" for w in self.words]
        )
        self.texts = (texts - texts.mean(0)) / (texts.std(0) + 1e-4)
        self.step = 0

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        count = min(self.numbers.batch, len(self.rows))
        rows = [int(row) for row in rng.choice(self.rows, count, replace=False)]
        insight = self.model.mfam(self.samples.features.batch(rows))
        wanted = self.classes[rows]
        found = {"theme": self.align(insight.theme, self.texts, wanted, 3)}
        self.step += 1
        if self.numbers.language_every and self.step % self.numbers.language_every == 0:
            chosen = list(range(min(self.numbers.language_batch, count)))
            turns = [
                (
                    ask(CONTENT_QUESTION),
                    str(rng.choice(_CAPTIONS)).format(with_article(self.words[int(wanted[row])])),
                )
                for row in chosen
            ]
            found["caption"] = self.model(insight.tokens[chosen], *dialogue(self.tokenizer, turns))
        weighed = {name: value * self.weights[name] for name, value in found.items()}
        return {**self.before.losses(rng), **weighed}  # what was learnt is kept in practice


def run(config: TrainingConfig, progress: Progress | None = None) -> StageReport:
    """Trains MFAM on pseudo-captions; encoder and language model stay frozen."""
    model = setup.load_model(config, STAGE)
    setup.freeze(model)
    setup.halve_language(model)
    objective = Generic(model, unlabelled(config, ["train"]), config)
    report = fit(
        objective, setup.loop_config(config, STAGE), STAGE, *([progress] if progress else [])
    )
    setup.keep(model, config, STAGE)
    return report
