"""Taste as a posterior: what people's tastes are like, corrected by what this person said.

A person's deviation from the general score is linear in a view of the photo, with weights drawn
from a Gaussian learnt from many raters (`aesplugin.training.raters`; Minka 2000, "Bayesian
linear regression"). Given k ratings the posterior mean is closed form and costs k³ once per person.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_OFFSET = 2.0  # variance of a rater's own zero point, in squared standard deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class TastePrior:
    """How tastes vary: `covariance` [d, d] of the weights, `noise` variance of one rating."""

    covariance: Floats
    noise: float

    def posterior(self, views: Floats, residuals: Floats) -> "Posterior":
        """What is known after ratings: `views` [K, d], `residuals` [K] (rating less expected)."""
        covered = views @ self.covariance  # [K, d]
        gram = self._gram(covered, views)
        duals: Floats = np.asarray(np.linalg.solve(gram, residuals), dtype=np.float64)  # [K]
        return Posterior(weights=covered.T @ duals, covered=covered, duals=duals)

    def surprises(self, views: Floats, duals: Floats) -> Floats:
        """How far each rating is from what the others predict: [K] (Sundararajan & Keerthi 2001).

        `views` [K, d] as given to `posterior`, `duals` [K] as it gave them.
        """
        inverse = np.linalg.inv(self._gram(views @ self.covariance, views))
        left_out: Floats = duals / np.diag(inverse)
        return left_out

    def _gram(self, covered: Floats, views: Floats) -> Floats:
        gram: Floats = covered @ views.T + _OFFSET + self.noise * np.eye(len(views))
        return gram


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """One person's taste.

    Attributes:
        weights: [d]; a photo of view v is moved by v · weights, in standard deviations.
        covered: [K, d], so that `covered @ v * duals` are the K examples' shares in the move.
        duals: [K].
    """

    weights: Floats
    covered: Floats
    duals: Floats

    def shares(self, views: Floats) -> Floats:
        """[Q, K]: how much each example moves each photo; rows sum to the whole move."""
        return (views @ self.covered.T) * self.duals
