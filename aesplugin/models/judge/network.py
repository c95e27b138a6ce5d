"""The judge's weights: encoder and kernel together, from files to what photos are found to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.judge.config import BY_FOLD, EMPTY, TARGETS, JudgeConfig, read_config
from aesplugin.models.judge.features import Blocks, block_widths
from aesplugin.models.judge.kernel import KernelHeads
from aesplugin.models.judge.votes import VoteHead

FOLDER: Final = Path(__file__).parent
WEIGHTS: Final = "judge.safetensors"
FOLDS: Final = "folds.json"
_TOP: Final = 9.7  # no photo is beyond every other
BOTTOM: Final = 1.0
_PERHAPS_EMPTY, SURELY_EMPTY = 0.4, 0.6  # between them a frame's score fades to the bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the judge found in a batch of photos.

    `score` and `uncertainty` [B] in points, 1..10; `folds` [B, K] scores by heads that left one
    fold of photos out; `targets` [B, len(TARGETS)] everything else.
    """

    score: Tensor
    uncertainty: Tensor
    folds: Tensor
    targets: Tensor


class Judge:
    """Kernel heads and vote head, with the numbers they were calibrated to."""

    def __init__(self, heads: KernelHeads, votes: VoteHead, config: JudgeConfig) -> None:
        self.heads = heads
        self.votes = votes
        self.config = config

    @torch.inference_mode()
    def judge(self, blocks: Blocks) -> Findings:
        """What the judge finds in photos seen as `blocks` [B, width]."""
        outputs, nearness = self.heads(blocks)
        votes = self.votes(blocks)  # [B, 1 + K]
        targets = outputs[:, : len(TARGETS)]
        empty = targets[:, TARGETS.index(EMPTY)]
        width = len(BY_FOLD)
        folds = [
            self._score(outputs[:, at : at + width], votes[:, 1 + fold], empty)
            for fold, at in enumerate(range(len(TARGETS), outputs.shape[1], width))
        ]
        shipped = targets[:, [TARGETS.index(name) for name in BY_FOLD]]
        most, slope = self.config.uncertainty
        return Findings(
            score=self._score(shipped, votes[:, 0], empty),
            uncertainty=(most + slope * nearness).clamp(min=0.1),
            folds=torch.stack(folds, dim=1) if folds else outputs.new_empty(len(outputs), 0),
            targets=targets,
        )

    def _score(self, estimates: Tensor, votes: Tensor, empty: Tensor) -> Tensor:
        """[B] from [B, BY_FOLD], what people would vote [B], and how empty the frame is [B]."""
        config = self.config
        labels, damage = estimates.unbind(1)
        mixed = labels + config.votes_share * (votes - labels)
        mixed = mixed - config.damage_share * (damage - config.damage_floor).clamp(min=0)
        score = (config.centre + config.gain * (mixed - config.centre)).clamp(BOTTOM, _TOP)
        fades = ((empty - _PERHAPS_EMPTY) / (SURELY_EMPTY - _PERHAPS_EMPTY)).clamp(0, 1)
        return score + fades * (BOTTOM - score)


def load_judge(folder: Path = FOLDER) -> Judge:
    """The judge in `folder`.

    Raises:
        WeightsMissing: a file is absent.
        WeightsDamaged: the files are not a judge of this release.
    """
    config = read_config(folder)
    path = folder / WEIGHTS
    if not path.is_file():
        raise WeightsMissing(f"{path} is absent: install aesplugin again, or train a judge")
    try:
        state = load_file(path)
        widths = block_widths()
        sizes = {
            name: (widths[name], state[f"heads.projections.{name}.components"].shape[1])
            for name in _names(state)
        }
        heads = KernelHeads(sizes, *state["heads.duals"].shape)
        votes = VoteHead(config.folds)
        for module, prefix in ((heads, "heads."), (votes, "votes.")):
            own = {
                name.removeprefix(prefix): value.float()
                for name, value in state.items()
                if name.startswith(prefix)
            }
            module.load_state_dict(own)
        _require_fit(heads, votes, config)
    except (SafetensorError, RuntimeError, OSError, KeyError, ValueError) as error:
        reason = (str(error).splitlines() or ["unreadable"])[0]
        raise WeightsDamaged(f"{path} is not a judge of this release ({reason})") from None
    return Judge(heads, votes, config)


def _names(state: dict[str, Tensor]) -> Sequence[str]:
    return sorted(
        {name.split(".")[2] for name in state if name.startswith("heads.projections.")},
        key=list(block_widths()).index,
    )


def _require_fit(heads: KernelHeads, votes: VoteHead, config: JudgeConfig) -> None:
    wanted = len(TARGETS) + len(BY_FOLD) * config.folds
    if heads.duals.shape[1] != wanted:
        raise ValueError(f"{heads.duals.shape[1]} targets, not {wanted}")
    values = [*heads.state_dict().values(), *votes.state_dict().values()]
    if not all(value.isfinite().all() for value in values):
        raise ValueError("it holds no numbers")
