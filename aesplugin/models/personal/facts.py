"""What the in-context network is told: the same in training and in use."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SAID, ASKED = 5, 2  # numbers that are told of an example, and of a photo asked about


def told_of_examples(
    residuals: Floats, expected: Floats, general: Floats, surprises: Floats
) -> Floats:
    """Of each of K rated photos: [K, 5].

    Args:
        residuals: [K] rating less expected, in standard deviations of rating.
        expected: [K] what the panel lets expect of a rating.
        general: [K] what the panel lets expect, standardised over photos.
        surprises: [K] how far the rating is from what all the others foretell.
    """
    count = np.full(len(residuals), np.log(len(residuals)) / 4)
    return np.stack([residuals, residuals + expected, general, surprises, count], axis=1)


def told_of_queries(moves: Floats, general: Floats) -> Floats:
    """Of each of Q photos asked about: [Q, 2].

    Not more: a few numbers that tell photos apart would let the network learn by heart what the
    panel's raters, all together, thought of each.

    Args:
        moves: [Q] the posterior's, in standard deviations of rating.
        general: [Q] what the panel lets expect, standardised.
    """
    return np.stack([moves, general], axis=1)
