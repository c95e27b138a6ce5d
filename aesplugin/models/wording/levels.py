"""Level words and a network's logits, after Q-Align (arXiv 2312.17090)."""

from typing import Any

import torch
from torch import Tensor

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.models.wording.level_words import LEVEL_WEIGHTS, LEVEL_WORDS


def level_expectation(logits: Tensor) -> Tensor:
    """Logits [..., 5] over `LEVEL_WORDS` -> expected score [...], 1..10."""
    weights = torch.tensor(LEVEL_WEIGHTS, dtype=logits.dtype, device=logits.device)
    share = (logits.softmax(-1) * weights).sum(-1)
    return SCORE_MIN + (SCORE_MAX - SCORE_MIN) * share


def level_tokens(tokenizer: Any) -> Tensor:
    """The first token of each of `LEVEL_WORDS`, as they stand at the head of an answer: [5]."""
    encoded = [tokenizer(f" {word}", add_special_tokens=False) for word in LEVEL_WORDS]
    return torch.tensor([one.input_ids[0] for one in encoded])
