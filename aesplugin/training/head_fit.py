"""Fits the head's opinions on the table: one for each fold of themes, one on everything."""

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aesplugin.models.embedded.head import (
    BROAD,
    EMBEDDING,
    LOW,
    TASTE_PARTS,
    TONE,
    WAVES,
    Head,
    Opinion,
)
from aesplugin.training.head_table import RATED, UNLABELLED, Table, taste_blocks
from aesplugin.training.order import FLAW_WEIGHTS, OrderData, OrderOptions, fit_order
from aesplugin.training.taste import fit_ridge
from aesplugin.training.whitening import whitening

_WAVES: Final = ("waves", "waves_low", "waves_tones")
_EVERYTHING: Final = -1  # no fold left out
_WAVE_LENGTH: Final = 1.0  # in standard deviations of the embedding


class HeadFit:
    """The head in the making. `mos` and `theme_fold` are of the rated photos, in order."""

    def __init__(
        self,
        table: Table,
        mos: NDArray[np.float64],
        theme_fold: NDArray[np.int64],
        *,
        classifier: nn.Linear,
        options: OrderOptions,
    ) -> None:
        self.table, self.mos, self.options = table, mos, options
        self.rated = table.rows(RATED, clean=True)
        self.folds = int(theme_fold.max()) + 1
        rated = table.source == RATED
        self.fold = table.photo % self.folds  # unlabelled and synthetic ones: by photo
        self.fold[rated] = theme_fold[table.photo[rated]]
        self._classifier = classifier

    def run(
        self, *, seed: int, progress: Callable[[int, int], None]
    ) -> tuple[Head, Tensor, Tensor]:
        """The head, and on the votes' scale what each row gets from the fold that did not see it:
        by the whole fit [N], and by taste alone [N]."""
        head = Head(self.folds)
        self._embed(head, seed)
        blocks = self._blocks(head)
        unseen, unseen_taste = torch.empty(len(self.fold)), torch.empty(len(self.fold))
        for left_out in (*range(self.folds), _EVERYTHING):
            kept = torch.from_numpy(self.fold != left_out)
            taste = self._taste(blocks, kept)
            weight, bias = self._fit(blocks, kept, taste)
            shipped = left_out == _EVERYTHING
            opinion = head.shipped if shipped else head.folds[left_out]
            assert isinstance(opinion, Opinion)
            opinion.vote.load_state_dict({"weight": weight[None], "bias": torch.tensor([bias])})
            if not shipped:
                unseen[~kept] = opinion.vote(self._features(head)[~kept]).squeeze(1)
                unseen_taste[~kept] = taste[~kept]
            progress(left_out % (self.folds + 1) + 1, self.folds + 1)
        self._stretch(head, unseen)
        return head, unseen, unseen_taste

    def _embed(self, head: Head, seed: int) -> None:
        """Whitening from unlabelled photos alone, where there are any; waves at random."""
        unlabelled = torch.from_numpy(self.table.rows(UNLABELLED, clean=False))
        if not len(unlabelled):
            unlabelled = torch.arange(len(self.fold))
        sources = (
            (head.reduce, self.table.craft, EMBEDDING),
            (head.reduce_low, self.table.low, LOW),
            (head.reduce_tones, self.table.tones, TONE),
        )
        for layer, values, components in sources:
            weight, bias = whitening(values[unlabelled], components=components)
            layer.load_state_dict({"weight": weight.half().float(), "bias": bias})
        generator = torch.Generator().manual_seed(seed)
        waves = ((head.waves, BROAD), (head.waves_low, LOW), (head.waves_tones, TONE))
        for layer, inputs in waves:
            weight = torch.randn(WAVES, inputs, generator=generator) / (inputs**0.5 * _WAVE_LENGTH)
            bias = torch.rand(WAVES, generator=generator) * 2 * torch.pi
            layer.load_state_dict({"weight": weight.half().float(), "bias": bias})

    def _waves(self, head: Head) -> Tensor:
        table = self.table
        return head.wave_features(head.reduce(table.craft), table.low, table.tones)

    def _features(self, head: Head) -> Tensor:
        """As the head computes them [N, D], to prove the weights were brought back right."""
        table = self.table
        groups = [table.taste, table.means, table.craft, table.tones, self._waves(head)]
        return torch.cat(groups, dim=1)

    def _blocks(self, head: Head) -> dict[str, Tensor]:
        """In the order of the head's features, but for class logits in place of means."""
        blocks = taste_blocks(self.table, self._classifier)
        waves = dict(zip(_WAVES, torch.split(self._waves(head), WAVES, dim=1), strict=True))
        return blocks | {"craft": self.table.craft, "tones": self.table.tones} | waves

    def _taste(self, blocks: dict[str, Tensor], kept: Tensor) -> Tensor:
        """What votes alone predict of every row [N]."""
        names = [*TASTE_PARTS, "classes"]
        chosen = torch.from_numpy(self.rated)
        chosen = chosen[kept[chosen]]
        matrices = {name: blocks[name][chosen].double().numpy() for name in names}
        votes = self.mos[self.table.photo[chosen.numpy()]]
        ridge = fit_ridge(matrices, votes, penalty=self.options.penalty)
        everything = {name: blocks[name].double().numpy() for name in names}
        return torch.from_numpy(ridge.predict(everything)).float()

    def _fit(self, blocks: dict[str, Tensor], kept: Tensor, taste: Tensor) -> tuple[Tensor, float]:
        """Weights on the head's own features [D] and the bias."""
        clean = torch.from_numpy(self.rated)
        clean = clean[kept[clean]]
        means, scales, standard = {}, {}, []
        for name, values in blocks.items():
            mean, spread = values[clean].mean(0), values[clean].std(0)
            usable = spread > 1e-6
            scale = torch.where(usable, 1 / spread.clamp(min=1e-6), 0)
            scale = scale / (values.shape[1] * len(blocks)) ** 0.5
            means[name], scales[name] = mean, scale
            standard.append((values - mean) * scale)
        fitted, bias = fit_order(torch.cat(standard, 1), self._data(taste), kept, self.options)
        widths = [values.shape[1] for values in blocks.values()]
        parts = dict(zip(blocks, torch.split(fitted, widths), strict=True))
        weights = {name: parts[name] * scales[name] for name in blocks}
        bias -= sum(float(means[name] @ weights[name]) for name in blocks)
        bias += float(self._classifier.bias @ weights["classes"])
        weights["classes"] = weights["classes"] @ self._classifier.weight  # onto the means
        return torch.cat(list(weights.values())), bias

    def _data(self, taste: Tensor) -> OrderData:
        table = self.table
        votes = torch.full((len(self.fold),), torch.nan)
        votes[torch.from_numpy(self.rated)] = torch.from_numpy(self.mos).float()
        weights = {flaw.value: weight for flaw, weight in FLAW_WEIGHTS.items()}
        weight = [weights.get(str(kind), 1.0) for kind in table.kind]
        return OrderData(
            votes=votes,
            taste=taste,
            original=table.original,
            severity=table.severity,
            weight=torch.tensor(weight),
            role=table.role,
        )

    def _stretch(self, head: Head, unseen: Tensor) -> None:
        spread = float(unseen[torch.from_numpy(self.rated)].std(correction=0))
        for opinion in (head.shipped, *head.folds):
            assert isinstance(opinion, Opinion)
            opinion.centre.fill_(float(self.mos.mean()))
            opinion.gain.fill_(float(self.mos.std()) / spread)
