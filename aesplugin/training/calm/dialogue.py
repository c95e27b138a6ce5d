"""Questions and answers as token batches for the language model."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from aesplugin.models.wording.prompts import CHATML_END

IGNORED = -100  # where a loss does not look


class Dialogue(NamedTuple):
    """Instruction and answer [B, L], padded on the right; labels of the answer alone count."""

    input_ids: Tensor
    attention_mask: Tensor
    labels: Tensor


def dialogue(
    tokenizer: Any, turns: Sequence[tuple[str, str]], *, end: str = CHATML_END
) -> Dialogue:
    """Encodes (rendered instruction, answer) pairs; the loss covers answer and end mark."""
    rows, starts = [], []
    for question, answer in turns:
        asked = tokenizer(question, add_special_tokens=False).input_ids
        answered = tokenizer(answer + end, add_special_tokens=False).input_ids
        rows.append([*asked, *answered])
        starts.append(len(asked))
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), int(tokenizer.pad_token_id or 0))
    mask, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for index, (row, start) in enumerate(zip(rows, starts, strict=True)):
        ids[index, : len(row)] = torch.tensor(row)
        mask[index, : len(row)] = 1
        labels[index, start : len(row)] = ids[index, start : len(row)]
    return Dialogue(ids, mask, labels)
