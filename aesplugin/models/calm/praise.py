"""What works in a photo: the aspects least likely spoilt, against what is usual for each."""

from collections.abc import Mapping, Set

import torch
from torch import Tensor

from aesplugin.assessment import Flaw
from aesplugin.models.aspects import ASPECT_NAMES, ASPECT_OF
from aesplugin.models.calm.heads import CLEAN, FLAWS

_MOST = 2
_SPOILT = 0.5  # the share of suspicion from which an aspect is not praised
_LEAST = 1e-6  # below, one share is as good as another


def doubts(logits: Tensor) -> Tensor:
    """How likely each of ASPECT_NAMES is spoilt, 0..1: flaw logits [N, 15] -> [N, 5]."""
    shares = logits.softmax(-1)[:, :CLEAN]
    owner = torch.tensor([ASPECT_NAMES.index(ASPECT_OF[flaw]) for flaw in FLAWS])
    empty = shares.new_zeros(len(shares), len(ASPECT_NAMES))
    return empty.index_add(1, owner.to(shares.device), shares)


def usual(doubt: Tensor) -> dict[str, float]:
    """The typical doubt of clean photos by aspect, from [N, 5]: the geometric mean."""
    typical = doubt.clamp(min=_LEAST).log().mean(dim=0).exp().tolist()
    return {name: float(f"{value:.3g}") for name, value in zip(ASPECT_NAMES, typical, strict=True)}


def praised(doubt: Tensor, named: Set[Flaw], expected: Mapping[str, float]) -> list[str]:
    """At most two aspects of one photo, none of them named as a flaw, most unlike the usual first.

    Level frames are seldom doubted and light often is: by the doubt alone every photo would be
    praised for its level frame.

    Args:
        doubt: [5], in the order of ASPECT_NAMES.
        named: flaws that the photo is told of.
        expected: the usual doubt by aspect; 1 where none is known.
    """
    spoilt = {ASPECT_OF[flaw] for flaw in named}
    found = dict(zip(ASPECT_NAMES, doubt.clamp(min=_LEAST).tolist(), strict=True))
    left = [name for name, value in found.items() if value < _SPOILT and name not in spoilt]
    return sorted(left, key=lambda name: found[name] / expected.get(name, 1.0))[:_MOST]
