"""The personal model: one person's examples in, how their taste moves any photo out.

Two readings of the same examples are blended: the posterior under a prior over tastes, and the
in-context transformer. Both are made once per person; a photo then costs the same for any k.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.personal.examples import Examples, silent, standardised, telling
from aesplugin.models.personal.incontext import InContextTaste
from aesplugin.models.personal.prior import Posterior, TastePrior

Floats = NDArray[np.float32]

MOST_TOKENS = 100  # examples that stand in the transformer's context; the posterior takes all
_LOSS_ALLOWED = 1.15  # of the squared error: beyond it the examples contradict themselves
_ENOUGH_TO_JUDGE = 8  # examples from which on the examples are held against each other
_BLOCK = 8192  # photos the transformer looks at together


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCard:
    """The personal model as data, stored beside its weights.

    Attributes:
        space: whose embeddings it reads ("embedded"), and of which length.
        score_mean, score_spread: of general scores, for standardising.
        expectation: standard deviations of rating that one of general score stands for.
        blend: weights of the posterior's and of the transformer's move.
        figures: measured values by name.
    """

    space: str
    width: int
    score_mean: float
    score_spread: float
    expectation: float
    blend: tuple[float, float]
    figures: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one person; made once, used for any number of photos.

    `fallback` says why the general score is used instead; then nothing else is there.
    """

    examples: Examples
    fallback: str | None = None
    posterior: Posterior | None = None
    cache: tuple[tuple[Tensor, Tensor], ...] = ()


class PersonalModel:
    """Reads tastes from embeddings of one model; `load` gives the shipped one."""

    def __init__(self, card: PersonalCard, tensors: dict[str, Tensor]) -> None:
        self.card = card
        self._mean = tensors["view.mean"].numpy()  # [D]
        self._axes = tensors["view.axes"].numpy()  # [D, d]
        self._prior = TastePrior(
            covariance=tensors["prior.covariance"].double().numpy(),
            noise=float(tensors["prior.noise"]),
        )
        self._network = InContextTaste(self._axes.shape[1])
        prefix = "context."
        self._network.load_state_dict(
            {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        )
        self._network.eval().requires_grad_(requires_grad=False)

    def know(self, examples: Examples) -> Known:
        """What these examples tell; falls back, and says why, where they tell nothing."""
        reason = silent(examples)
        if reason is not None:
            return Known(examples=examples, fallback=reason)
        views, general = self._see(examples.embeddings), self._general(examples.scores)
        expected = general * np.float32(self.card.expectation)
        residuals = standardised(examples, expected) - expected  # [K]
        posterior = self._prior.posterior(_with(views, general), residuals.astype(np.float64))
        if len(examples) >= _ENOUGH_TO_JUDGE and _contradictory(residuals, posterior.left_out):
            reason = (
                f"the {len(examples)} ratings contradict each other more than chance would: none of"
                " them can be foretold from the others"
            )
            return Known(examples=examples, fallback=reason)
        rows = telling(examples, views, MOST_TOKENS)
        facts = np.stack([residuals, residuals + expected, general], axis=1)  # [K, 3]
        present = torch.ones(1, len(rows), dtype=torch.bool)
        with torch.inference_mode():
            cache = self._network.read(_batch(views[rows]), _batch(facts[rows]), present)
        return Known(examples=examples, posterior=posterior, cache=tuple(cache))

    def moves(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """How far the person's taste moves each photo [N], in points of score.

        `embeddings` [N, D] (NaN rows are not moved), `scores` [N] general, 1..10.
        """
        first, second = self.card.blend
        prior = first * self.prior_moves(known, embeddings, scores)
        if not second:
            return prior
        both: Floats = prior + second * self.context_moves(known, embeddings, scores)
        return both

    def prior_moves(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """The posterior's reading alone: [N], in points of score."""
        if known.posterior is None:
            return np.zeros(len(scores), dtype=np.float32)
        seen = _with(self._see(embeddings), self._general(scores))
        return self._in_points(seen @ known.posterior.weights)

    def context_moves(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """The transformer's reading alone: [N], in points of score."""
        moves = np.zeros(len(scores), dtype=np.float32)
        if known.posterior is None:
            return moves
        present = torch.ones(1, known.cache[0][0].shape[2], dtype=torch.bool)
        for start in range(0, len(scores), _BLOCK):
            block = slice(start, start + _BLOCK)
            views, general = self._see(embeddings[block]), self._general(scores[block])
            with torch.inference_mode():
                shift = self._network.ask(
                    _batch(np.nan_to_num(views)), _batch(general), list(known.cache), present
                )
            unknown = np.isnan(views).any(axis=1)
            moves[block] = np.where(unknown, 0, self._in_points(shift[0].double().numpy()))
        return moves

    def personal(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """Personal scores [N], 1..10; the general ones where nothing is known."""
        moved: Floats = scores + self.moves(known, embeddings, scores)
        return np.clip(moved, SCORE_MIN, SCORE_MAX)

    def shares(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """[N, K]: how much each of the person's photos moves each photo, in points of score.

        The posterior's part of the move alone: the transformer's has no such decomposition.
        """
        if known.posterior is None:
            return np.zeros((len(scores), len(known.examples)), dtype=np.float32)
        seen = _with(self._see(embeddings), self._general(scores))
        shares = known.posterior.shares(seen) * self._points
        return np.nan_to_num(shares).astype(np.float32)

    @property
    def _points(self) -> float:
        """Points of score that one standard deviation of rating stands for."""
        return self.card.score_spread / self.card.expectation

    def _in_points(self, moved: NDArray[np.float64]) -> Floats:
        """Standard deviations of rating → points of score; what is not known is not moved."""
        result: Floats = np.nan_to_num(moved * self._points).astype(np.float32)
        return result

    def _see(self, embeddings: Floats) -> Floats:
        """The taste view of embeddings: [N, D] -> [N, d]."""
        view: Floats = (embeddings.astype(np.float32) - self._mean) @ self._axes
        return view

    def _general(self, scores: Floats) -> Floats:
        return ((scores - self.card.score_mean) / self.card.score_spread).astype(np.float32)


def save_personal(folder: Path, card: PersonalCard, tensors: dict[str, Tensor]) -> None:
    """Writes weights and card."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "personal.safetensors")
    data = {name: getattr(card, name) for name in PersonalCard.__dataclass_fields__}
    text = json.dumps(data, indent=2) + "\n"
    (folder / "personal.json").write_text(text, encoding="utf-8")


@cache
def load_personal(folder: Path | None = None) -> PersonalModel:
    """The personal model in `folder` (the shipped one where None).

    Raises:
        WeightsMissing: there is none.
        WeightsDamaged: its files cannot be read or do not fit together.
    """
    place = folder or Path(__file__).parent / "weights"
    try:
        data = json.loads((place / "personal.json").read_text(encoding="utf-8"))
        card = PersonalCard(**data | {"blend": tuple(data["blend"])})
        return PersonalModel(card, load_file(place / "personal.safetensors"))
    except FileNotFoundError as error:
        raise WeightsMissing(
            f"the personal model is not there ({error.filename}): install aesplugin again, or make"
            " it with: aesplugin train personal"
        ) from None
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsDamaged(
            f"the personal model in {place} is damaged ({type(error).__name__}): install aesplugin"
            " again"
        ) from None


def _with(views: Floats, general: Floats) -> NDArray[np.float64]:
    """The prior's regressors: the view, and the general score (how much one follows it)."""
    return np.concatenate([views, general[:, None]], axis=1).astype(np.float64)


def _contradictory(residuals: Floats, left_out: NDArray[np.float64]) -> bool:
    centred = residuals - residuals.mean()
    without = float((centred**2).sum())
    with_taste = float(((residuals - left_out) ** 2).sum())
    return with_taste > _LOSS_ALLOWED * without


def _batch(values: NDArray[np.generic]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[None]
