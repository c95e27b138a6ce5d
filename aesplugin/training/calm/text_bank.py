"""Sentences of each level as frozen language-model embeddings, for text-query alignment."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from aesplugin.assessment import Flaw
from aesplugin.models.calm.config import LEVELS
from aesplugin.models.calm.heads import CLEAN, FLAWS
from aesplugin.training.flaws.augment import RECIPES, Level
from aesplugin.training.flaws.phrases import cue, fine

_PHRASINGS = 12


def level_flaws(level: Level) -> list[Flaw]:
    """The flaws of one level, in a fixed order; the class after them is "fine"."""
    return [flaw for flaw, recipe in RECIPES.items() if recipe.level is level]


@torch.no_grad()
def embed_texts(model: Any, tokenizer: Any, texts: list[str]) -> Tensor:
    """Mean last hidden state of each text, float32 [N, H]."""
    device = next(model.language.parameters()).device
    tokenizer.padding_side = "right"
    found = []
    for start in range(0, len(texts), 32):
        batch = tokenizer(texts[start : start + 32], return_tensors="pt", padding=True)
        mask = batch["attention_mask"].to(device)
        hidden = model.language_body(
            input_ids=batch["input_ids"].to(device), attention_mask=mask
        ).last_hidden_state.float()
        weights = mask[..., None].float()
        found.append((hidden * weights).sum(1) / weights.sum(1))
    return torch.cat(found)


class TextBank:
    """Several phrasings of every class of every level; `draw` picks one of each."""

    def __init__(self, model: Any, tokenizer: Any, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.levels: list[Tensor] = []  # [classes, phrasings, H] each
        for name in LEVELS:
            level = Level(name)
            texts = [
                cue(flaw, float(rng.uniform(0, 1)), rng)
                for flaw in level_flaws(level)
                for _ in range(_PHRASINGS)
            ]
            texts += [fine(level, rng) for _ in range(_PHRASINGS)]
            found = embed_texts(model, tokenizer, texts)
            found = (found - found.mean(0)) / (found.std(0) + 1e-4)
            self.levels.append(found.reshape(-1, _PHRASINGS, found.shape[-1]))

    def draw(self, level: int, rng: np.random.Generator) -> Tensor:
        """One sentence a class [classes, H]."""
        bank = self.levels[level]
        picks = torch.from_numpy(rng.integers(_PHRASINGS, size=len(bank)))
        return bank[torch.arange(len(bank)), picks]

    @staticmethod
    def wanted(flaw: Tensor, level: int) -> Tensor:
        """Each row's class at this level: its flaw, or "fine" where the flaw is elsewhere."""
        here = level_flaws(Level(LEVELS[level]))
        table = torch.full((CLEAN + 1,), len(here))
        for number, one in enumerate(here):
            table[FLAWS.index(one)] = number
        return table[flaw]
