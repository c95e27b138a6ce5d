"""A score out of one token's alternatives, or out of a number that was said."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.errors import ModelError
from aesplugin.models.wording.level_words import LEVEL_WORDS, expected_score

Alternatives = Sequence[tuple[str, float]]
"""Tokens as the server writes them, with the natural logarithms of their probabilities."""

LEAST_MASS: Final = 0.5

_LEADS: Final = (" ", "Ġ", "▁")  # a space, as it stands in tokens
_SLACK: Final = 0.01  # of a probability, for servers that round
_THOUGHT: Final = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)  # perhaps cut off
# The whole answer: "7", "**7.5/10**", "Score: 7 out of 10."; a sentence may count dogs.
_SAID: Final = re.compile(
    r"[^\w-]*(?:(?:the\s+)?(?:aesthetic\s+)?(?:score|rating)\s*(?:is|of)?[^\w-]*)?(\d{1,2}(?:[.,]\d+)?)"
    r"\W*(?:(?:/|out of|of)\s*10)?\W*",
    re.ASCII | re.IGNORECASE,
)


class NoScore(ModelError):
    """The server answered, and the answer holds no score: asking again would give the same."""


def level_masses(alternatives: Alternatives) -> list[float]:
    """The probability of each of `LEVEL_WORDS`; the rest to 1 is what the model is unsure of.

    Raises:
        ModelError: these are no probabilities.
    """
    masses = dict.fromkeys(LEVEL_WORDS, 0.0)
    for token, logprob in dict(alternatives).items():
        word = token[1:] if token.startswith(_LEADS) else token
        if word in masses:
            masses[word] += math.exp(logprob) if logprob <= 1 else math.inf
    if not sum(masses.values()) <= 1 + _SLACK:
        raise ModelError("the server's probabilities add up to more than 1")
    return [masses[word] for word in LEVEL_WORDS]


def read_score(wordings: Iterable[Alternatives]) -> tuple[float, float]:
    """The score 1..10 and its spread in points, averaged over the wordings that were asked.

    Raises:
        NoScore: with one of them the model hardly thinks of a level word: it is no score.
    """
    shares = [_shares(level_masses(alternatives)) for alternatives in wordings]
    mean = [sum(column) / len(shares) for column in zip(*shares, strict=True)]
    return expected_score(mean)


def _shares(masses: Sequence[float]) -> list[float]:
    mass = sum(masses)
    if mass < LEAST_MASS:
        raise NoScore(
            f"no score: the model did not answer with a level word ({mass:.0%} of its answer is"
            f" one, {LEAST_MASS:.0%} are needed)"
        )
    return [one / mass for one in masses]


def said_score(text: str) -> float:
    """The number 1..10 that is a whole answer.

    Raises:
        NoScore: there is more than a number, none, or one that is out of range.
    """
    found = _SAID.fullmatch(_THOUGHT.sub("", text))
    if found is None:
        raise NoScore("no score: asked for a number from 1 to 10, the model said something else")
    number = float(found[1].replace(",", "."))
    if not SCORE_MIN <= number <= SCORE_MAX:
        raise NoScore("no score: asked for a number from 1 to 10, the model said another")
    return round(number, 2)
