"""The language model made ready to answer, in the numbers this machine multiplies fastest."""

import copy
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import DynamicCache

_GROUP = 8  # photos in one pass of a low-precision voice
_SPARE = 2  # candidates looked at more closely for each one wanted


class Likely(NamedTuple):
    """The likeliest next tokens of each row, likeliest first."""

    values: Tensor  # [B, k] logits, float32
    tokens: Tensor  # [B, k]


class Voice:
    """A causal language model that only answers.

    In low precision a matrix product may round differently with another number of rows, and so
    would a photo's answer with another batch. `group` is then the one number of rows every pass
    must have; None leaves it to the batch.
    """

    def __init__(self, language: Any, *, group: int | None = None) -> None:
        """`language` is any causal model of transformers, with or without an adapter by peft."""
        base = language.get_base_model() if hasattr(language, "get_base_model") else language
        self.config, self.group = base.config, group
        self._body = base.model  # adapter included: its layers stand inside
        self._embed: nn.Module = base.get_input_embeddings()
        self._head: nn.Linear = base.get_output_embeddings()
        self.device: torch.device = self._head.weight.device
        self.dtype: torch.dtype = self._head.weight.dtype

    @classmethod
    def fast(cls, language: Any) -> "Voice":
        """A copy with the adapter merged in, where this machine is quick at bfloat16.

        Elsewhere the language model itself, which costs no memory.
        """
        device = next(language.parameters()).device
        if not _quick_at_bfloat16(device):
            return cls(language)
        own = copy.deepcopy(language)
        if hasattr(own, "merge_and_unload"):
            own = own.merge_and_unload()
        own = own.to(torch.bfloat16).eval().requires_grad_(requires_grad=False)
        return cls(own, group=_GROUP)

    def embed(self, ids: Tensor) -> Tensor:
        """[B, L] token ids -> [B, L, H]."""
        embedded: Tensor = self._embed(ids.to(self.device))
        return embedded

    def hear(
        self, inputs: Tensor, cache: DynamicCache, *, mask: Tensor | None = None
    ) -> Tensor:  # [B, L, H] -> [B, L, H]
        """Hidden states of `inputs`, which follow what `cache` holds and are added to it.

        `mask` [B, seen + L] is 0 where a row is padded; positions count what is not.
        """
        places = None if mask is None else (mask.cumsum(1) - 1).clamp_min(0)[:, -inputs.shape[1] :]
        out = self._body(
            inputs_embeds=inputs.to(self.device, self.dtype),
            attention_mask=mask,
            position_ids=places,
            past_key_values=cache,
            use_cache=True,
        )
        hidden: Tensor = out.last_hidden_state
        return hidden

    def words(self, hidden: Tensor, tokens: Tensor) -> Tensor:  # [B, H], [k] or [B, k] -> [B, k]
        """Logits of some tokens only, float32: a whole vocabulary costs a fifth of a pass."""
        rows = self._head.weight[tokens.to(self.device)].float()
        if rows.ndim == 2:
            return hidden.float() @ rows.T
        return torch.einsum("bh,bkh->bk", hidden.float(), rows)

    def every_word(self, hidden: Tensor) -> Tensor:  # [..., H] -> [..., vocabulary]
        """Logits of all tokens, float32."""
        logits: Tensor = self._head(hidden)
        return logits.float()

    def likeliest(self, hidden: Tensor, count: int) -> Likely:
        """The `count` likeliest tokens of each row [B, H]; low precision only picks candidates."""
        found = F.linear(hidden, self._head.weight).topk(_SPARE * count)
        values, order = self.words(hidden, found.indices).topk(count)
        return Likely(values, found.indices.gather(1, order))


def _quick_at_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return False
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))
