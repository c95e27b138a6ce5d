"""Photos with votes, as the score stage learns from them: OASIS, and the photos of named sets."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from aesplugin.errors import DataError
from aesplugin.evaluation.benchmarks.oasis import MOS_MAX, MOS_MIN
from aesplugin.evaluation.inputs import photo_name
from aesplugin.models.folds import FoldTable, content_key
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.features.samples import Samples, cached
from aesplugin.training.named_photos import named_photos
from aesplugin.training.photos import oasis_photos, theme_folds

_COLUMNS: Final = ("file", "theme", "beauty_mos")


@dataclass(frozen=True, slots=True)
class Vote:
    """The mean vote of one photo on 1..10 (OASIS's 1..7 stretched linearly), and its theme."""

    score: float
    theme: str


def read_votes(folder: Path) -> dict[str, Vote]:
    """Votes by file name from `images.csv`; photos nobody voted on are left out.

    Raises:
        DataError: the table is missing or not of the documented layout; names the line.
    """
    path = folder / "images.csv"
    found: dict[str, Vote] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            lacking = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if lacking:
                needed = ", ".join(_COLUMNS)
                raise DataError(f"{path} lacks the column {lacking[0]!r}; needed: {needed}")
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                file, theme, mos = (_cell(row, name, where) for name in _COLUMNS)
                if mos:
                    found[file] = Vote(_score(mos, where), theme)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is not CSV in UTF-8 ({error})") from None
    return found


def _cell(row: dict[str, str | None], name: str, where: str) -> str:
    value = row[name]
    if value is None:  # a file cut off while it was copied would else lose votes in silence
        raise DataError(f"{where} is too short: it has no {name}; copy the table again")
    return value.strip()


def _score(text: str, where: str) -> float:
    try:
        mos = float(text)
    except ValueError:
        raise DataError(f"{where}: beauty_mos {text!r} is not a number") from None
    if not MOS_MIN <= mos <= MOS_MAX:  # nor is NaN
        raise DataError(f"{where}: beauty_mos {text} is outside {MOS_MIN:g}..{MOS_MAX:g}")
    return 1 + (mos - MOS_MIN) * 9 / (MOS_MAX - MOS_MIN)


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
        raise DataError("training on votes needs photos of at least two themes")
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
