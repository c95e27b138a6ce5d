"""Photos with votes, as the score stage learns from them: OASIS, and the named sets' photos."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from aesplugin.errors import DataError
from aesplugin.evaluation.photos import photo_name
from aesplugin.models.folds import FoldTable, content_key
from aesplugin.training.config import TrainingConfig
from aesplugin.training.data import theme_folds
from aesplugin.training.named_photos import named_photos
from aesplugin.training.samples import Samples, cached
from aesplugin.training.sources import oasis_photos
from aesplugin.training.votes import read_votes

FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """One photo and its mean vote, 1..10."""

    path: Path
    key: Path  # what its features are cached by
    score: float
    theme: str | None


@dataclass(slots=True)
class Rated:
    """Photos with votes in memory, and the fold of each one's theme."""

    samples: Samples
    voted: list[Voted]  # one a photo
    scores: Tensor  # [photos], 1..10
    folds: list[int]

    @property
    def clean(self) -> list[int]:
        """The row of each photo as it is."""
        return [rows[0] for rows in self.samples.photos]

    def table(self) -> FoldTable:
        """Which fold never saw a photo: by its bytes, else by its theme.

        Raises:
            DataError: a photo is not there any more.
        """
        both = list(zip(self.voted, self.folds, strict=True))
        return FoldTable(
            themes={one.theme: fold for one, fold in both if one.theme},
            contents={_key(one.path): fold for one, fold in both},
        )


def _key(photo: Path) -> str:
    try:
        return content_key(photo.read_bytes())
    except OSError as error:
        raise DataError(f"{photo} cannot be read: {error.strerror}") from None


def rated(config: TrainingConfig, *, seed: int = 0) -> Rated:
    """The cached photos that have votes, each once; folds of themes by `seed`.

    Raises:
        DataError: no votes, or no photo with votes is cached.
    """
    voted = {photo_name(one.key): one for one in voted_photos(config)}
    if not voted:
        raise DataError(
            f"no photo has votes: put OASIS into {config.data / 'oasis'}, or add a rated set to "
            "[[sets]] (docs/datasets.md)"
        )
    samples = cached(config, [one.key for one in voted.values()], "oasis")
    labels = samples.features.versions
    found = {name: rows for rows in samples.photos if (name := labels[rows[0]].photo) in voted}
    samples.photos = list(found.values())
    mine = [voted[name] for name in found]
    themes = [one.theme or str(one.key) for one in mine]  # a photo without one is its own
    if len(set(themes)) < 2:
        raise DataError("votes are learnt of photos of two themes at least: there are no more")
    folds = theme_folds(themes, folds=min(FOLDS, len(set(themes))), seed=seed)
    scores = torch.tensor([one.score for one in mine])
    return Rated(samples, mine, scores, [int(fold) for fold in folds])


def voted_photos(config: TrainingConfig) -> list[Voted]:
    """The OASIS photos with votes, if they are there, then the rated ones of the named sets."""
    more = [one for one in named_photos(config.sets, config.limit) if one.score is not None]
    found = _oasis(config)
    taken = {one.path.resolve() for one in found}  # `oasis` may be named as a set as well
    for one in more:
        if one.score is not None and one.path.resolve() not in taken:
            found.append(Voted(path=one.path, key=one.key, score=one.score, theme=one.theme))
    return found


def _oasis(config: TrainingConfig) -> list[Voted]:
    photos = oasis_photos(config.data, config.limit)
    votes = read_votes(config.data / "oasis") if photos else {}
    return [
        Voted(path=one, key=one, score=votes[one.name].score, theme=votes[one.name].theme)
        for one in photos
        if one.name in votes
    ]
