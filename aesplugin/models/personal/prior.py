"""Taste as a posterior: what people's tastes are like, corrected by what this person said.

A person's deviation from the general score is linear in a view of the photo, with weights drawn
from a Gaussian learnt from many raters (empirical Bayes; Minka 2000, "Bayesian linear
regression"). Given k ratings the posterior mean is closed form and costs k³ once per person.
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
        gram = covered @ views.T + _OFFSET + self.noise * np.eye(len(views))
        inverse = np.linalg.inv(gram)
        duals = inverse @ residuals  # [K]
        left_out = residuals - duals / np.diag(inverse)  # each predicted from the others
        return Posterior(weights=covered.T @ duals, covered=covered, duals=duals, left_out=left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """One person's taste.

    Attributes:
        weights: [d]; a photo of view v is moved by v · weights, in standard deviations.
        covered: [K, d], so that `covered @ v * duals` are the K examples' shares in the move.
        duals: [K].
        left_out: [K], each residual as predicted from the other examples.
    """

    weights: Floats
    covered: Floats
    duals: Floats
    left_out: Floats

    def shares(self, views: Floats) -> Floats:
        """[Q, K]: how much each example moves each photo; rows sum to the whole move."""
        return (views @ self.covered.T) * self.duals


def learn_prior(
    views: Floats, residuals: Floats, rated: NDArray[np.bool_], *, rounds: int = 20
) -> TastePrior:
    """The Gaussian that explains many raters best, by expectation maximisation.

    Args:
        views: [N, d] photos.
        residuals: [U, N] ratings less what the mean of all raters lets expect.
        rated: [U, N] False where user u did not rate photo n.
        rounds: of the algorithm.

    The estimate is drawn to a multiple of the identity worth 30 raters: with few photos the
    likelihood alone would mistake their peculiarities for taste.
    """
    users, dims = len(residuals), views.shape[1]
    covariance = 0.4 * np.eye(dims) / (views**2).sum(axis=1).mean()
    noise, pull = 1.2, 30.0
    for _ in range(rounds):
        precision = np.linalg.inv(covariance)
        moments, error, count = np.zeros((dims, dims)), 0.0, 0
        for user in range(users):
            seen = views[rated[user]]
            known = residuals[user, rated[user]]
            spread = np.linalg.inv(precision + seen.T @ seen / noise)
            mean = spread @ (seen.T @ known) / noise
            moments += spread + np.outer(mean, mean)
            error += float(((known - seen @ mean) ** 2).sum() + (seen * (seen @ spread)).sum())
            count += len(known)
        sphere = np.eye(dims) * np.trace(moments) / users / dims
        covariance = (moments + pull * sphere) / (users + pull)
        noise = error / count
    return TastePrior(covariance=covariance, noise=noise)
