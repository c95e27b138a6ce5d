"""Are the comments true? The flaws they claim, against those that a labeller saw."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from aesplugin.assessment import Flaw
from aesplugin.evaluation.claims import claims
from aesplugin.evaluation.metrics import Measured, measure_ratio, measure_share
from aesplugin.evaluation.real.labels import Viewed

_ALIKE: Final = (
    frozenset({Flaw.OVEREXPOSED, Flaw.CLIPPED_HIGHLIGHTS}),
    frozenset({Flaw.UNDEREXPOSED, Flaw.BLOCKED_SHADOWS}),
    frozenset({Flaw.BLUR, Flaw.MOTION_BLUR}),
)
"""Flaws that prose has the same words for ("blown", "too dark", "blurred"): either is right."""


def comment_figures(viewed: Sequence[Viewed]) -> dict[str, Measured]:
    """Comments by name: shares 0..1, but the mean of words.

    A claim is contradicted where the flaw is not labelled at all, on photographs alone.
    """
    texts = [(one, one.answer.comment) for one in viewed if one.answer.comment]
    times = Counter(_plain(text) for _, text in texts)
    return {
        "comment given": measure_share([bool(one.answer.comment) for one in viewed]),
        "claims contradicted": measure_ratio(
            _contradicted(one, text) for one, text in texts if one.label.kind.is_photo
        ),
        "comments alike": measure_share([times[_plain(text)] > 1 for _, text in texts]),
        "words per comment": measure_ratio((len(text.split()), 1) for _, text in texts),
    }


def _contradicted(viewed: Viewed, comment: str) -> tuple[int, int]:
    """How many claims the label denies, and how many there are."""
    claimed = claims(comment)
    return sum(not _labelled(flaw, viewed) for flaw in claimed), len(claimed)


def _labelled(flaw: Flaw, viewed: Viewed) -> bool:
    meant = frozenset({flaw}).union(*(alike for alike in _ALIKE if flaw in alike))
    return not meant.isdisjoint(viewed.label.flaws)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
