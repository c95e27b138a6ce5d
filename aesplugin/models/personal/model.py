"""The personal model: one person's examples in, how their taste moves any photo out.

What is expected of anybody is the general score, corrected by what a panel of raters agreed on
beyond it. From there a person's taste moves a photo, by two readings of the same examples that are
blended: the posterior under a prior over tastes, and the in-context transformer. Both are made
once per person; a photo then costs the same for any k.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.models.personal.examples import (
    Examples,
    contradictory,
    facts_of_examples,
    facts_of_queries,
    most_informative,
    silent,
    standardised,
)
from aesplugin.models.personal.prior import Posterior, TastePrior
from aesplugin.models.personal.reader import Reader, TasteReader

Floats = NDArray[np.float32]

MOST_TOKENS = 100  # examples that are read in context; the posterior takes all


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCard:
    """The personal model as data, stored beside its weights.

    Attributes:
        space: whose embeddings it reads ("embedded"; "any" where nothing was learnt), and of
            which length.
        made_for: the revision of the model whose embeddings it was made with.
        score_mean, score_spread: of general scores, for standardising.
        lean: how much of the standardised general score the panel's expectation keeps (the rest
            is read from the embedding: `crowd.weights`).
        expectation: standard deviations of rating that one of the panel's expectation stands for.
        blend: weights of the posterior's and of the in-context reader's move.
        figures: measured values by name.
        reader: what reads in context, where the weights hold one.
    """

    space: str
    made_for: str
    width: int
    score_mean: float
    score_spread: float
    lean: float
    expectation: float
    blend: tuple[float, float]
    figures: dict[str, float]
    reader: Reader = Reader.NETWORK


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one person; made once, used for any number of photos.

    `fallback` says why the general score is used instead; then nothing else is there. `context` is
    what the reader keeps.
    """

    examples: Examples
    fallback: str | None = None
    posterior: Posterior | None = None
    context: Any = None


class PersonalModel:
    """Reads tastes from embeddings of one model; `files.load_personal` gives the shipped one."""

    def __init__(
        self,
        card: PersonalCard,
        arrays: Mapping[str, Floats],
        reader: TasteReader | None = None,
    ) -> None:
        """`arrays` by the names they are stored under.

        `reader` reads in context; without one the posterior answers alone.
        """
        self.card = card
        self.reader = reader
        self._mean = arrays["view.mean"]  # [D]
        self._axes = arrays["view.axes"]  # [D, d]
        self._scale = arrays["view.scale"]  # [D]
        self._crowd = arrays["crowd.weights"]  # [D]
        self._crowd_bias = float(arrays["crowd.bias"].item())
        self._prior = TastePrior(
            covariance=arrays["prior.covariance"].astype(np.float64),
            noise=float(arrays["prior.noise"].item()),
        )

    @property
    def reads_context(self) -> bool:
        """Whether anything reads the examples in context: without training nothing does."""
        return self.reader is not None

    def scaled(self, embeddings: Floats) -> Floats:
        """Embeddings [N, D] with every coordinate at the weight tastes are read with."""
        scaled: Floats = embeddings * self._scale
        return scaled

    def know(self, examples: Examples) -> Known:
        """What these examples tell; falls back, and says why, where they tell nothing."""
        reason = silent(examples)
        if reason is not None:
            return Known(examples=examples, fallback=reason)
        views = self._see(examples.embeddings)
        general = self._expect(examples.embeddings, examples.scores)
        expected = general * np.float32(self.card.expectation)
        residuals = standardised(examples, expected) - expected  # [K]
        seen = _with(views, general)
        posterior = self._prior.posterior(seen, residuals.astype(np.float64))
        if contradictory(views, residuals + expected):
            reason = (
                f"the {len(examples)} ratings contradict each other: similar photos have opposite"
                " ratings more often than by chance"
            )
            return Known(examples=examples, fallback=reason)
        context = self._read(examples, seen, residuals.astype(np.float64), posterior)
        return Known(examples=examples, posterior=posterior, context=context)

    def _read(
        self,
        examples: Examples,
        seen: NDArray[np.float64],
        residuals: NDArray[np.float64],
        posterior: Posterior,
    ) -> Any:
        """What the reader keeps of the examples, `seen` [K, d + 1]; None without one."""
        if self.reader is None:
            return None
        views, general = seen[:, :-1], seen[:, -1]
        surprises = self._prior.surprises(seen, posterior.duals)
        said = facts_of_examples(residuals, general * self.card.expectation, general, surprises)
        rows = most_informative(examples, views.astype(np.float32), MOST_TOKENS)
        shown = self._shown(examples.embeddings[rows], views[rows])
        return self.reader.read(shown, said[rows].astype(np.float32))

    def moves(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """How far the person's taste moves each photo [N], in points of score.

        `embeddings` [N, D] (NaN rows are not moved), `scores` [N] general, 1..10.
        """
        first, second = self.card.blend
        moved = self.crowd_moves(known, embeddings, scores)
        moved += np.float32(first) * self.prior_moves(known, embeddings, scores)
        if second:
            moved += np.float32(second) * self.context_moves(known, embeddings, scores)
        return moved

    def crowd_moves(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """What the panel agreed on beyond the general score: [N], in points of score.

        The same for everybody who is known at all; with nothing known the general score stands.
        """
        if known.posterior is None:
            return np.zeros(len(scores), dtype=np.float32)
        beyond = self._expect(embeddings, scores) - self._general(scores)
        return self._in_points(beyond.astype(np.float64) * self.card.expectation)

    def prior_moves(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """The posterior's reading: [N], in points of score."""
        if known.posterior is None:
            return np.zeros(len(scores), dtype=np.float32)
        seen = _with(self._see(embeddings), self._expect(embeddings, scores))
        return self._in_points(seen @ known.posterior.weights)

    def context_moves(self, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        """The in-context reading, which corrects the posterior's: [N], in points of score."""
        moves = np.zeros(len(scores), dtype=np.float32)
        if known.context is None or known.posterior is None or self.reader is None:
            return moves
        # a photo without an embedding would spoil those that are asked about beside it
        seen_ones = np.flatnonzero(np.isfinite(embeddings).all(axis=1))
        for start in range(0, len(seen_ones), self.reader.together):
            block = seen_ones[start : start + self.reader.together]
            seen = _with(
                self._see(embeddings[block]), self._expect(embeddings[block], scores[block])
            )
            views, general = seen[:, :-1], seen[:, -1]
            prior = seen @ known.posterior.weights
            asked = facts_of_queries(prior, general)
            shown = self._shown(embeddings[block], views)
            moved = self.reader.ask(shown, asked.astype(np.float32), known.context)
            moves[block] = self._in_points(moved.astype(np.float64))
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
        seen = _with(self._see(embeddings), self._expect(embeddings, scores))
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
        return ((embeddings.astype(np.float32) - self._mean) @ self._axes).astype(np.float32)

    def _shown(self, embeddings: Floats, views: NDArray[np.float64]) -> Floats:
        """What the reader is shown of photos: [N, D], or their taste view [N, d]."""
        if self.reader is not None and self.reader.sees_photos:
            return (embeddings.astype(np.float32) - self._mean) * self._scale
        return views.astype(np.float32)

    def _expect(self, embeddings: Floats, scores: Floats) -> Floats:
        """What the panel's raters would say: [N], standardised; NaN without an embedding."""
        read = (embeddings.astype(np.float32) - self._mean) @ self._crowd
        expected = np.float32(self.card.lean) * self._general(scores) + read
        return (expected + np.float32(self._crowd_bias)).astype(np.float32)

    def _general(self, scores: Floats) -> Floats:
        return ((scores - self.card.score_mean) / self.card.score_spread).astype(np.float32)


def _with(views: Floats, general: Floats) -> NDArray[np.float64]:
    """The prior's regressors: the view, and the general score (how much one follows it)."""
    return np.concatenate([views, general[:, None]], axis=1).astype(np.float64)
