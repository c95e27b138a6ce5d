"""Asks a model about labelled photos and measures its answers."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import read_rendition
from aesplugin.evaluation.judged import Progress, batches, counted
from aesplugin.evaluation.metrics import Measured, measure_agreement, measure_ratio, plcc, srcc
from aesplugin.evaluation.real.advice import advice_figures, flaw_rows, tilt_figures
from aesplugin.evaluation.real.comments import comment_figures
from aesplugin.evaluation.real.content import kind_figures, subject_figures
from aesplugin.evaluation.real.labels import LABELS, Complain, Label, Split, Viewed, read_labels
from aesplugin.evaluation.real.report import RealReport
from aesplugin.models.base import AestheticModel, Answer
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.assess import assess

_BATCH: Final = 8


def measure_real(
    root: Path,
    model: AestheticModel,
    *,
    split: Split | None = Split.REPORT,
    complain: Complain = lambda line: None,
    progress: Progress = lambda done, of: None,
) -> RealReport:
    """Every photo of the split (None: of all) once; what cannot be used is reported to `complain`.

    `model` answers as the plug-in shows it: wrap it in `AsShown`.

    Raises:
        DataError: no labels can be read, or no photo of them can be used.
    """
    labels = read_labels(root, split, complain)
    viewed = list(_view(model, labels, complain, progress))
    if not viewed:
        raise DataError(f"{root}: none of the {len(labels)} labelled photos can be used")
    return report_on(viewed, split)


def report_on(viewed: Sequence[Viewed], split: Split | None) -> RealReport:
    """The figures of answers that are there already; at least one."""
    photos = [one for one in viewed if one.label.kind.is_photo]
    return RealReport(
        split="all" if split is None else split.value,
        pictures=len(viewed),
        photos=len(photos),
        sections={
            "score": score_figures(viewed),
            "suggestions on photos": advice_figures(photos),
            "tilt": tilt_figures(photos),
            "kind": kind_figures(viewed),
            "content": subject_figures(viewed),
            "comments": comment_figures(viewed),
        },
        flaws=flaw_rows(photos),
        scores=[
            (one.label.score, one.answer.score) for one in viewed if one.label.score is not None
        ],
    )


def score_figures(viewed: Sequence[Viewed]) -> dict[str, Measured]:
    """Agreement with the labelled scores, by name; the error in points."""
    pairs = [(one.answer.score, one.label.score) for one in viewed if one.label.score is not None]
    predicted, wanted = [one for one, _ in pairs], [one for _, one in pairs]
    return {
        "SRCC": measure_agreement(srcc, predicted, wanted),
        "PLCC": measure_agreement(plcc, predicted, wanted),
        "MAE, points": measure_ratio((float(np.abs(one - other)), 1) for one, other in pairs),
    }


def _view(
    model: AestheticModel, labels: Sequence[Label], complain: Complain, progress: Progress
) -> Iterator[Viewed]:
    looked = counted(progress, len(labels))
    for some in batches(labels, _BATCH):
        readable = list(_readable(some, complain))
        results = assess(model, [rendition for _, rendition in readable])
        for (label, _), result in zip(readable, results, strict=True):
            if isinstance(result.outcome, Answer):
                yield Viewed(label, result.outcome)
            else:
                complain(_left_out(label, str(result.outcome)))
        for _ in some:
            looked()


def _readable(labels: Sequence[Label], complain: Complain) -> Iterator[tuple[Label, Rendition]]:
    for label in labels:
        try:
            yield label, read_rendition(label.path)
        except DataError as error:
            complain(_left_out(label, str(error)))


def _left_out(label: Label, why: str) -> str:
    return f"{LABELS}, line {label.line}: {label.name}: {why}; the photo is left out"
