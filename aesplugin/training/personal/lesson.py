"""What a part of a panel teaches before tastes are learnt: views, and the ratings to expect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.training.personal.raters import Agreed, learn_agreed, natural_scale

Floats = NDArray[np.float64]

_LEAST_SPREAD = 0.33  # stars: raters who hardly differ are not blown up


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What may be learnt from: `users` (rows of the panel), `photos` [N] (True: yes)."""

    users: NDArray[np.int64]
    photos: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the raters' mean is expected to be, in standard deviations of one's ratings.

    `general` [N'], standardised, is `lean` of the standardised score (its `mean` and `spread`
    beside), `read` of what the raters agree on, and `bias`; one of it stands for `expectation`,
    and leaves over `strayed` [N'], 0 where nobody rated.
    """

    mean: float
    spread: float
    lean: float
    read: float
    bias: float
    expectation: float
    strayed: Floats
    general: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A part of a panel, N' photos and U' raters.

    Attributes:
        centre, scale: [D] of the embeddings.
        photos: [N', D] embeddings, centred and scaled to unit mean square.
        themes: [N'].
        agreed: what the raters agree on.
        expected: what is expected of each photo.
        tastes: [U', N'] standardised ratings less the raters' mean; NaN where there is none.
    """

    centre: Floats
    scale: Floats
    photos: Floats
    themes: NDArray[np.str_]
    agreed: Agreed
    expected: Expected
    tastes: Floats


def read_lesson(
    panel: Panel, seen: Seen, part: Part, *, fall: float, agreed: tuple[float, float]
) -> Lesson:
    """The part's lesson; `agreed` is the share of what raters agree on, and its penalty."""
    share, penalty = agreed
    embeddings = seen.embeddings[part.photos].astype(np.float64)
    centre, scale = view_scale(embeddings, fall)
    photos = (embeddings - centre) * scale
    themes = np.array(panel.themes)[part.photos]
    standard = standard_ratings(panel, part.photos)[part.users][:, part.photos]
    crowd = _mean(standard)
    common = learn_agreed(photos, np.nan_to_num(crowd), themes, penalty=penalty)
    scores = seen.scores[part.photos].astype(np.float64)
    return Lesson(
        centre=centre,
        scale=scale,
        photos=photos,
        themes=themes,
        agreed=common,
        expected=_expected(crowd, scores, common, share),
        tastes=standard - crowd,
    )


def view_scale(embeddings: Floats, fall: float) -> tuple[Floats, Floats]:
    """Mean [D] and scale [D] that give photos unit mean square."""
    mean = embeddings.mean(axis=0)
    scale = natural_scale(embeddings.shape[1], fall)
    power = float((((embeddings - mean) * scale) ** 2).sum(axis=1).mean())
    return mean, scale / np.sqrt(power)


def standard_ratings(panel: Panel, photos: NDArray[np.bool_]) -> Floats:
    """[U, N] ratings in each rater's own standard deviations, over `photos` alone."""
    ratings = panel.ratings.astype(np.float64)
    known = np.where(photos, ratings, np.nan)
    mean = _mean(known.T)[:, None]
    spread = np.sqrt(_mean(((known - mean) ** 2).T))[:, None]
    standard: Floats = (ratings - mean) / np.maximum(spread, _LEAST_SPREAD)
    return standard


def _mean(values: Floats) -> Floats:
    """Mean down the rows without what is NaN; NaN where all is."""
    count = (~np.isnan(values)).sum(axis=0)
    mean: Floats = np.where(count > 0, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan)
    return mean


def _expected(crowd: Floats, scores: Floats, agreed: Agreed, share: float) -> Expected:
    mean, spread = float(scores.mean()), float(scores.std() or 1.0)
    read = share / float(agreed.unseen.std() or 1.0)
    both = (1 - share) * (scores - mean) / spread + read * agreed.unseen
    size = float(both.std() or 1.0)
    general = (both - both.mean()) / size
    rated = ~np.isnan(crowd)
    target = crowd[rated] - crowd[rated].mean()
    expectation = float(general[rated] @ target / (general[rated] @ general[rated]))
    return Expected(
        mean=mean,
        spread=spread,
        lean=(1 - share) / size,
        read=read / size,
        bias=-float(both.mean()) / size,
        expectation=max(expectation, _LEAST_EXPECTED),
        strayed=np.nan_to_num(crowd - crowd[rated].mean() - expectation * general),
        general=general,
    )


_LEAST_EXPECTED = 0.05  # moves are told in points of score: a score that tells nothing has none
