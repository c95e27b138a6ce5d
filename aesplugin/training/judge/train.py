"""Trains the judge that both shipped models share: `aesplugin train judge`.

Learns from labelled photos, from people's votes on some of them, from copies with a known flaw and
from pictures that are no photos, collected and drawn. What was tried and what came of it:
docs/training-log.md.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from aesplugin.assessment import Kind
from aesplugin.errors import DataError
from aesplugin.evaluation.benchmarks.oasis import RatedPhoto, read_oasis
from aesplugin.evaluation.metrics import srcc
from aesplugin.evaluation.real.labels import Label, Split, read_labels
from aesplugin.models.folds import FoldTable, content_key, write_folds
from aesplugin.models.judge.config import (
    BY_FOLD,
    CONFIG,
    SCORE,
    TARGETS,
    JudgeConfig,
    config_json,
)
from aesplugin.models.judge.network import FOLDS, WEIGHTS
from aesplugin.models.judge.regression import VOTE_BLOCKS, VoteHead
from aesplugin.training.judge.calibrate import HeldOut, blended, calibrate, front
from aesplugin.training.judge.drawn_photos import Known
from aesplugin.training.judge.fit import Fit, Rows, fit_votes, groups_of
from aesplugin.training.judge.looks import Look, Task, drawn_photo_looks, looks, non_photo_looks
from aesplugin.training.judge.targets import (
    Example,
    drawn_photo_targets,
    non_photo_targets,
    targets_of,
)
from aesplugin.training.photos import (
    FRAMED,
    HELD_OUT,
    non_photo_files,
    split_of,
    theme_folds,
)

_LEAST_SOURCES: Final = 2  # one to learn from, another to choose settings on
Progress = Callable[[str, int, int], None]
Complain = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """What to train on and where to put it.

    `labels` is a folder in the layout of `evaluate real`; of its splits `report` teaches nothing.
    `non_photos` has a folder each for graphic, document and scientific pictures; None: none.
    `oasis` has people's votes; `cache` keeps what the encoder saw. Each photo is shown with so many
    flawed `copies`, and beside them `drawn` pictures that are no photos and `scenes` drawn ones
    that are: see `drawn_photos`.
    """

    labels: Path
    oasis: Path
    output: Path  # judge.safetensors, judge.json, folds.json, report.json
    cache: Path
    non_photos: Path | None = None
    copies: int = 2
    drawn: int = 240
    scenes: int = 140
    folds: int = 5
    seed: int = 0
    workers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """How scores of photos agree that the fit did not learn from.

    By a fit without their fold (of themes, for rated photos) and by one without their source.
    `front` has, by share of the votes: SRCC with labels by fold, by source, and with votes.
    """

    photos: int
    rows: int
    labels_by_fold: float
    labels_by_source: float
    votes_by_fold: float
    front: Mapping[float, tuple[float, float, float]]


def train_judge(options: JudgeOptions, progress: Progress, complain: Complain) -> JudgeReport:
    """Trains, writes the files into `options.output`, and reports. Same seed, same judge.

    Raises:
        DataError: the labels or the votes are not as documented.
        WeightsMissing, WeightsDamaged: the encoder's weights.
    """
    labels = teaching(options.labels, complain)
    rated = {photo.path.resolve(): photo for photo in read_oasis(options.oasis).photos}
    folds = _folds(labels, rated, options)
    _require_enough(labels, rated, folds, options)
    rows = _rows(labels, rated, folds, options, (progress, complain))
    progress("fitting", 0, 3)
    fit = Fit(rows)
    voted = np.flatnonzero(~np.isnan(rows.votes))
    votes = fit_votes(
        {name: rows.blocks[name][voted] for name in VOTE_BLOCKS},
        rows.votes[voted],
        rows.fold[voted],
        options.folds,
    )
    seen = _held_out(fit, votes)
    progress("fitting", 1, 3)
    config = calibrate(seen, options.folds)
    progress("fitting", 2, 3)
    _finish(fit, options.folds)
    report = _report(seen, config, rows)
    used = [number for number in np.unique(rows.photo).tolist() if number < len(labels)]
    table = _fold_table([labels[number] for number in used], rated, folds[used])
    _write(options.output, (fit, votes), config, table, report)
    progress("fitting", 3, 3)
    return report


def teaching(root: Path, complain: Complain) -> list[Label]:
    """The labels that may teach: none of the report split, nor of photos other figures are of.

    Raises:
        DataError: there is none.
    """
    labels = [one for one in read_labels(root, None, complain) if one.split is not Split.REPORT]
    kept = [one for one in labels if not _kept_aside(one)]
    if not kept:
        raise DataError(f"{root} has no label to train on")
    return kept


def _kept_aside(label: Label) -> bool:
    folder, _, file = label.name.rpartition("/")
    if folder.rpartition("/")[2] in HELD_OUT:
        return True
    return folder == FRAMED and split_of(f"{FRAMED.rpartition('/')[2]}/{file}") == "test"


def _folds(
    labels: Sequence[Label], rated: Mapping[Path, RatedPhoto], options: JudgeOptions
) -> NDArray[np.int64]:
    """Of rated photos the fold of their theme, of others one by their name."""
    themes = {photo.theme for photo in rated.values()}
    names = sorted(themes)
    by_theme = dict(
        zip(names, theme_folds(names, folds=options.folds, seed=options.seed), strict=True)
    )
    found = []
    for label in labels:
        photo = rated.get(label.path)
        named = int(hashlib.sha256(label.name.encode()).hexdigest()[:8], 16) % options.folds
        found.append(int(by_theme[photo.theme]) if photo else named)
    return np.array(found, np.int64)


def _require_enough(
    labels: Sequence[Label],
    rated: Mapping[Path, RatedPhoto],
    folds: NDArray[np.int64],
    options: JudgeOptions,
) -> None:
    """Checked before hours of encoding: each fold and source is judged by what the others teach.

    Raises:
        DataError: a fold has no votes, all labels are of one source, or the folder of non-photos
            has none.
    """
    voted = [fold for one, fold in zip(labels, folds, strict=True) if one.path in rated]
    if len(set(voted)) < options.folds:
        raise DataError(
            f"{options.oasis} has votes on {len(voted)} of the labelled photos, of "
            f"{len(set(voted))} folds; each of the {options.folds} folds needs some"
        )
    if len(set(groups_of([one.name for one in labels]))) < _LEAST_SOURCES:
        raise DataError(f"{options.labels} has labels of one folder of photos; two are needed")
    if options.non_photos:
        non_photo_files(options.non_photos)


def _rows(
    labels: Sequence[Label],
    rated: Mapping[Path, RatedPhoto],
    folds: NDArray[np.int64],
    options: JudgeOptions,
    said: tuple[Progress, Complain],
) -> Rows:
    examples, seen, photo = _looked_at(labels, options, *said)
    kinds = _non_photos(options, seen, *said)
    more, known = _drawn(options, seen, said[0])
    kinds += more
    votes = {one.name: _vote(rated[one.path].mos) for one in labels if one.path in rated}
    sources = groups_of([one.name for one in labels])
    drawn = np.arange(len(seen) - len(examples))
    return Rows(
        blocks=_stacked(seen),
        targets=np.concatenate(
            [targets_of(examples), non_photo_targets(kinds), drawn_photo_targets(known)]
        ),
        votes=np.array(
            [math.nan if one.copy else votes.get(one.label.name, math.nan) for one in examples]
            + [math.nan] * len(drawn)
        ),
        copies=np.array([one.copy is not None for one in examples] + [True] * len(drawn)),
        photo=np.concatenate([photo, len(labels) + drawn]),
        source=np.concatenate([sources[photo], np.array(["drawn"] * len(drawn))]),
        fold=np.concatenate([folds[photo], drawn % options.folds]),
    )


def _looked_at(
    labels: Sequence[Label], options: JudgeOptions, progress: Progress, complain: Complain
) -> tuple[list[Example], list[Look], NDArray[np.int64]]:
    """A row a photo and a copy, and the number of the photo it is of.

    A photo that cannot be read is told and left out.
    """
    tasks = [
        Task(photo=one.path, copies=options.copies, seed=options.seed, cache=options.cache)
        for one in labels
    ]
    examples: list[Example] = []
    seen: list[Look] = []
    photo: list[int] = []
    for number, found in enumerate(looks(tasks, options.workers)):
        progress("encoding photos", number + 1, len(tasks))
        if isinstance(found, DataError):
            complain(f"{found}; the photo is left out")
            continue
        examples += [Example(labels[number], look.copy) for look in found]
        seen += found
        photo += [number] * len(found)
    if not seen:
        raise DataError(f"{options.labels}: none of the labelled photos can be read")
    return examples, seen, np.array(photo)


def _non_photos(
    options: JudgeOptions, seen: list[Look], progress: Progress, complain: Complain
) -> list[Kind]:
    """The kinds of the collected pictures that are no photos; what is seen of them goes to `seen`.

    A picture that cannot be read is reported and left out.
    """
    files = non_photo_files(options.non_photos) if options.non_photos else []
    tasks = [Task(photo=path, copies=0, seed=0, cache=options.cache) for _, path in files]
    kinds: list[Kind] = []
    for number, found in enumerate(looks(tasks, options.workers)):
        progress("encoding non-photos", number + 1, len(tasks))
        if isinstance(found, DataError):
            complain(f"{found}; the picture is left out")
            continue
        kinds.append(files[number][0])
        seen += found
    return kinds


def _drawn(
    options: JudgeOptions, seen: list[Look], progress: Progress
) -> tuple[list[Kind], list[Known]]:
    """What is drawn: its looks are added to `seen`, non-photos first."""
    kinds: list[Kind] = []
    for kind, look in non_photo_looks(range(options.drawn), options.seed, options.workers):
        kinds.append(kind)
        seen.append(look)
        progress("generating non-photos", len(kinds), options.drawn)
    known: list[Known] = []
    for one, look in drawn_photo_looks(range(options.scenes), options.seed, options.workers):
        known.append(one)
        seen.append(look)
        progress("generating night skies, silhouettes and empty frames", len(known), options.scenes)
    return kinds, known


def _vote(mos: float) -> float:
    """A mean opinion 1..7 on the scores' 1..10."""
    return 1 + (mos - 1) * 1.5


def _stacked(seen: Sequence[Look]) -> dict[str, NDArray[np.float16]]:
    return {name: np.concatenate([look.blocks[name] for look in seen]) for name in seen[0].blocks}


def _held_out(fit: Fit, votes: VoteHead) -> HeldOut:
    rows = fit.rows
    known = ~rows.copies
    by_fold, _ = fit.held_out(rows.fold)
    by_source, nearness = fit.held_out(rows.source)
    return HeldOut(
        true=rows.targets[known],
        by_fold=by_fold[known],
        by_source=by_source[known],
        nearness=nearness[known],
        votes=rows.votes[known],
        votes_by_fold=_unseen_votes(rows, votes)[known],
    )


def _unseen_votes(rows: Rows, head: VoteHead) -> NDArray[np.float64]:
    """[N]: what people would vote, by the head that never saw the photo's fold."""
    late = {name: rows.blocks[name].astype(np.float32) for name in VOTE_BLOCKS}
    found = head(late).astype(np.float64)  # [N, 1 + K]
    return found[np.arange(len(rows)), 1 + rows.fold]


def _finish(fit: Fit, folds: int) -> None:
    """Solves on everything, and for score and votes without each fold."""
    rows = fit.rows
    columns = [TARGETS.index(name) for name in BY_FOLD]
    duals, offsets = fit.solve(rows.targets, np.ones(len(rows), bool))
    parts, ends = [duals], [offsets]
    for fold in range(folds):
        some, end = fit.solve(rows.targets[:, columns], rows.fold != fold)
        parts.append(some)
        ends.append(end)
    fit.heads.duals, fit.heads.offsets = np.concatenate(parts, axis=1), np.concatenate(ends)


def _report(seen: HeldOut, config: JudgeConfig, rows: Rows) -> JudgeReport:
    by_fold, by_source = blended(seen, config.votes_share)
    labels, votes = seen.column(SCORE)[0], seen.votes
    scored, voted = ~np.isnan(labels), ~np.isnan(votes)
    return JudgeReport(
        photos=len(labels),
        rows=len(rows),
        labels_by_fold=srcc(by_fold[scored], labels[scored]),
        labels_by_source=srcc(by_source[scored], labels[scored]),
        votes_by_fold=srcc(by_fold[voted], votes[voted]),
        front=front(seen),
    )


def _fold_table(
    labels: Sequence[Label], rated: Mapping[Path, RatedPhoto], folds: NDArray[np.int64]
) -> FoldTable:
    pairs = list(zip(labels, folds.tolist(), strict=True))
    return FoldTable(
        themes={rated[one.path].theme: fold for one, fold in pairs if one.path in rated},
        contents={content_key(one.path.read_bytes()): fold for one, fold in pairs},
    )


def _write(
    output: Path,
    networks: tuple[Fit, VoteHead],
    config: JudgeConfig,
    folds: FoldTable,
    report: JudgeReport,
) -> None:
    output.mkdir(parents=True, exist_ok=True)
    fit, votes = networks
    state = {"votes.weight": votes.weight, "votes.bias": votes.bias}
    for name, value in fit.heads.state().items():
        is_exact = name.startswith(("duals", "offsets"))  # long sums need their small digits
        stored = value if is_exact else value.astype(np.float16)
        state[f"heads.{name}"] = np.ascontiguousarray(stored)
    (output / WEIGHTS).write_bytes(save(state))
    (output / CONFIG).write_bytes(config_json(config))
    write_folds(output / FOLDS, folds)
    data: dict[str, Any] = asdict(report)
    (output / "report.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
