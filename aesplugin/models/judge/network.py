"""The judge's weights: encoder and kernel together, from files to what photos are found to be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.embedded.features import Numbers
from aesplugin.models.judge.config import BY_FOLD, EMPTY, TARGETS, JudgeConfig, read_config
from aesplugin.models.judge.features import Blocks, block_widths
from aesplugin.models.judge.regression import KernelHeads, VoteHead, vote_width

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

    score: Numbers
    uncertainty: Numbers
    folds: Numbers
    targets: Numbers


class Judge:
    """Kernel heads and vote head, with the numbers they were calibrated to."""

    def __init__(self, heads: KernelHeads, votes: VoteHead, config: JudgeConfig) -> None:
        self.heads = heads
        self.votes = votes
        self.config = config

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
            uncertainty=np.maximum(most + slope * nearness, 0.1),
            folds=np.stack(folds, axis=1) if folds else np.empty((len(outputs), 0), np.float32),
            targets=targets,
        )

    def _score(self, estimates: Numbers, votes: Numbers, empty: Numbers) -> Numbers:
        """[B] from [B, BY_FOLD], what people would vote [B], and how empty the frame is [B]."""
        config = self.config
        labels, damage = estimates.T
        mixed = labels + config.votes_share * (votes - labels)
        mixed = mixed - config.damage_share * np.maximum(damage - config.damage_floor, 0)
        score = np.clip(config.centre + config.gain * (mixed - config.centre), BOTTOM, _TOP)
        fades = np.clip((empty - _PERHAPS_EMPTY) / (SURELY_EMPTY - _PERHAPS_EMPTY), 0, 1)
        found: Numbers = score + fades * (BOTTOM - score)
        return found


def load_judge(folder: Path = FOLDER) -> Judge:
    """The judge in `folder`.

    Raises:
        WeightsMissing: a file is absent.
        WeightsDamaged: the files are not a judge of this release.
    """
    config = read_config(folder)
    path = folder / WEIGHTS
    if not path.is_file():
        raise WeightsMissing(f"{path} is missing: reinstall aesplugin, or train a judge")
    try:
        state = {name: value.astype(np.float32) for name, value in load_file(path).items()}
        heads = KernelHeads.of_state(_under("heads.", state), block_widths())
        votes = VoteHead(**_under("votes.", state))
        _require_fit(heads, votes, config)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        reason = (str(error).splitlines() or ["unreadable"])[0]
        raise WeightsDamaged(f"{path} is not a judge of this release ({reason})") from None
    return Judge(heads, votes, config)


def _under(prefix: str, state: dict[str, Numbers]) -> dict[str, Numbers]:
    return {name.removeprefix(prefix): v for name, v in state.items() if name.startswith(prefix)}


def _require_fit(heads: KernelHeads, votes: VoteHead, config: JudgeConfig) -> None:
    targets = len(TARGETS) + len(BY_FOLD) * config.folds
    wanted = {
        "targets": (heads.duals.shape[1:], (targets,)),
        "offsets": (heads.offsets.shape, (targets,)),
        "votes": (votes.weight.shape, (1 + config.folds, vote_width())),
        "biases": (votes.bias.shape, (1 + config.folds,)),
    }
    widths = block_widths()
    for name, layer in heads.projections.items():
        wanted[name] = (layer.components.shape[:1], (widths[name],))
        wanted[f"means of {name}"] = (layer.mean.shape, (widths[name],))
        wanted[f"deviations of {name}"] = (layer.inverse_deviation.shape, (widths[name],))
    for name, (shape, right) in wanted.items():
        if shape != right:
            raise ValueError(f"{name} of shape {shape}, not {right}")
    if not all(
        np.isfinite(value).all() for value in (*heads.state().values(), votes.weight, votes.bias)
    ):
        raise ValueError("it contains NaN or infinite values")
