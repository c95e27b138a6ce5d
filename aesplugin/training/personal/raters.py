"""What tastes have in common: the axes of photos along which many raters differ, and how far.

Each rater's deviation from the mean of all raters is regressed on the embedding (ridge, alone).
The mean square of those regressions over raters is the covariance of tastes; its principal
directions are the axes of the taste view. A new person's taste is then drawn from that
distribution until their own ratings say more (multi-task regression in the manner of Argyriou,
Evgeniou & Pontil 2008, "Convex multi-task feature learning", one alternation of it).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError

Floats = NDArray[np.float64]

FEWEST = 20  # ratings of a rater to learn from
_OFFSET = 2.0  # variance of a rater's zero point, as the prior has it
_INNER_FOLDS = 5
_SLOPE = 0.05  # variance of how far raters follow the general score


@dataclass(frozen=True, slots=True, kw_only=True)
class Tastes:
    """`axes` [D, d], the strongest first, scaled so that tastes have unit variance along each."""

    axes: Floats
    slope: float

    @property
    def covariance(self) -> Floats:
        """[d + 1, d + 1] of a person's weights on the axes and on the general score."""
        covariance = np.eye(self.axes.shape[1] + 1)
        covariance[-1, -1] = self.slope
        return covariance


def learn_tastes(
    photos: Floats, general: Floats, deviations: Floats, *, axes: int, penalty: float
) -> Floats:
    """Weights of the axes before they are brought to a strength: [D, axes].

    Args:
        photos: [N, D] embeddings, centred, every coordinate at the weight it shall have.
        general: [N] standardised general scores.
        deviations: [U, N] ratings less the mean of all raters; NaN where there is none.
        axes: how many.
        penalty: of each rater's own regression, against photos of unit mean square.

    Raises:
        DataError: no rater gave ratings enough.
    """
    weights = [_alone(photos, general, row, penalty) for row in deviations]
    known = np.array([one for one in weights if one is not None], dtype=np.float64)  # [U', D]
    if not len(known):
        raise DataError(f"nothing to train on: nobody rated {FEWEST} photos or more")
    _, sizes, directions = np.linalg.svd(known / np.sqrt(len(known)), full_matrices=False)
    found: Floats = np.asarray((directions * sizes[:, None])[:axes].T, dtype=np.float64)
    return found


def strengthened(photos: Floats, weights: Floats, strength: float) -> Tastes:
    """The axes, so that tastes move `photos` [N, D] by `strength` (a variance) on average."""
    power = float(((photos @ weights) ** 2).sum(axis=1).mean())
    return Tastes(axes=weights * np.sqrt(strength / power), slope=_SLOPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What raters agree on, read from embeddings: `weights` [D]; `unseen` [N] as of new photos."""

    weights: Floats
    unseen: Floats


def learn_agreed(
    photos: Floats, crowd: Floats, themes: NDArray[np.str_], *, penalty: float
) -> Agreed:
    """Ridge of the raters' mean [N] on `photos` [N, D] of unit mean square.

    `unseen` says of each photo what weights learnt without its theme say.
    """
    _, number = np.unique(themes, return_inverse=True)
    unseen = np.zeros(len(photos))
    for fold in range(_INNER_FOLDS):
        out = number % _INNER_FOLDS == fold
        if out.any() and not out.all():
            unseen[out] = photos[out] @ _ridge(photos[~out], crowd[~out], penalty)
    return Agreed(weights=_ridge(photos, crowd, penalty), unseen=unseen)


def _ridge(photos: Floats, target: Floats, penalty: float) -> Floats:
    gram = photos @ photos.T + penalty * np.eye(len(photos))
    weights: Floats = np.asarray(
        photos.T @ np.linalg.solve(gram, target - target.mean()), dtype=np.float64
    )
    return weights


def natural_scale(width: int, fall: float) -> Floats:
    """[D] weights of a whitened embedding's coordinates: what its variances once were, roughly.

    Whitening made all coordinates alike large; in photos the first vary most, and a distance that
    weighs the last as much as the first is mostly noise. They fall as a power of their number.
    """
    scale: Floats = np.power(np.arange(width) + 8.0, -fall, dtype=np.float64)
    return scale


def _alone(photos: Floats, general: Floats, deviations: Floats, penalty: float) -> Floats | None:
    """One rater's ridge weights [D], beside an offset and a slope of their own."""
    rated = np.flatnonzero(~np.isnan(deviations))
    if len(rated) < FEWEST:
        return None
    seen, score = photos[rated], general[rated]
    gram = seen @ seen.T
    gram += penalty * (np.eye(len(rated)) + _OFFSET + _SLOPE * np.outer(score, score))
    weights: Floats = seen.T @ np.linalg.solve(gram, deviations[rated])
    return weights
