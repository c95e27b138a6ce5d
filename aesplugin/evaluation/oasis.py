"""Does the score agree with people? Correlation with the mean beauty votes of OASIS.

A model that learnt from these photos says nothing by its own figure on them. Models that can
(`FoldModel`) judge each photo by a head that saw neither it nor its theme. Where a model reads
its score in several ways (`ReadOutModel`), all of them are reported side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.evaluation.benchmarks.oasis import MOS_MAX, MOS_MIN, read_oasis
from aesplugin.evaluation.inputs import read_rendition
from aesplugin.evaluation.judged import FoldModel, Progress, ReadOutModel, batches
from aesplugin.evaluation.metrics import Agreement, agreement
from aesplugin.evaluation.plots import Bars
from aesplugin.models.base import AestheticModel
from aesplugin.models.encoder.views import decode
from aesplugin.photo import Rendition

_BATCH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class OasisReport:
    """Agreement of scores with votes, both on the votes' scale 1..7.

    `shipped` is what users get; for photos it learnt from it only tells how well it remembers.
    `unseen` judges each of all photos by a head that saw neither it nor its theme: the figure to
    quote. `new` is over the photos no head saw. None: nothing to compute it from. `learnt_from`
    is None where the model cannot tell. `read_outs` are judged so too, where the model can.
    """

    photos: int
    learnt_from: int | None
    without_mos: int
    missing: tuple[str, ...]
    shipped: Agreement
    unseen: Agreement | None
    new: Agreement | None
    read_outs: Mapping[str, Agreement] = field(default_factory=dict)

    @property
    def best_read_out(self) -> str | None:
        """The one of the highest SRCC; None where the model has but one way to read."""
        known = {name: one.srcc for name, one in self.read_outs.items() if one.srcc == one.srcc}
        return max(known, key=lambda name: known[name]) if known else None

    @property
    def held_out(self) -> bool | None:
        """Whether the shipped figure is of photos never trained on; None: the model can't tell."""
        return None if self.learnt_from is None else self.learnt_from == 0

    @property
    def note(self) -> str:
        """What a reader of the figures must know."""
        if self.learnt_from is None:
            return (
                "The model does not record its training photos: these figures are held out only "
                "if it was not trained on any of these photos."
            )
        if self.learnt_from:
            return (
                f"{self.learnt_from} of these photos, or their themes, are training data of the "
                "shipped head: its figure is not held out; quote the out-of-fold figure."
            )
        return "Neither these photos nor their themes are training data: all figures are held out."

    def table(self) -> str:
        """The report as text."""
        lines = [
            f"{self.photos} photos with votes ({self.without_mos} rows without votes skipped, "
            f"{len(self.missing)} files missing)"
        ]
        lines += [f"  missing: {name}" for name in self.missing[:10]]
        lines.append(f"{'':<34}{'photos':>7}{'SRCC':>7}{'PLCC':>7}{'KRCC':>7}{'RMSE':>7}")
        lines += [_line(name, found) for name, found in self._rows().items()]
        if self.read_outs:
            lines.append("* the best read-out by SRCC")
        return "\n".join([*lines, self.note])

    def data(self) -> dict[str, Any]:
        """The report for JSON; the headline figure's fields stand at the top as well."""
        headline = self.unseen or self.shipped
        more = {"best_read_out": self.best_read_out, "held_out": self.held_out, "note": self.note}
        return asdict(headline) | asdict(self) | more

    def panels(self) -> list[Bars]:
        """One panel: the three correlations of every row."""
        rows = self._rows()
        doubt = ", not known to be held out" if self.held_out is None else ""
        return [
            Bars(
                title=f"agreement with mean votes{doubt}",
                labels=list(rows),
                series={
                    name.upper(): [getattr(found, name) for found in rows.values()]
                    for name in ("srcc", "plcc", "krcc")
                },
            )
        ]

    def _rows(self) -> dict[str, Agreement]:
        rows = {
            f"shipped head{' (partly training data)' if self.learnt_from else ''}": self.shipped
        }
        if self.unseen is not None:
            rows["themes held out (out of fold)"] = self.unseen
        if self.new is not None:
            rows["photos no head was trained on"] = self.new
        for name, found in self.read_outs.items():
            rows[f"read-out {name}{' *' if name == self.best_read_out else ''}"] = found
        return rows


def evaluate_oasis(
    root: Path, model: AestheticModel, *, progress: Progress = lambda done, of: None
) -> OasisReport:
    """Scores every rated photo of `root` (images.csv, images/).

    Raises:
        DataError: the table cannot be used, no photo is left, or a picture is damaged.
    """
    oasis = read_oasis(root)
    scores = _Scores(model)
    for photos in batches(oasis.photos, _BATCH):
        renditions = [read_rendition(photo.path) for photo in photos]
        scores.add(renditions, [photo.theme for photo in photos])
        progress(len(scores.shipped), len(oasis.photos))
    votes = [photo.mos for photo in oasis.photos]
    new = [index for index, seen in enumerate(scores.learnt) if not seen]
    everything = range(len(votes))
    return OasisReport(
        photos=len(votes),
        learnt_from=sum(scores.learnt) if scores.learnt else None,
        without_mos=oasis.without_mos,
        missing=oasis.missing,
        shipped=_agree(scores.shipped, votes, everything),
        unseen=_agree(scores.unseen, votes, everything) if scores.unseen else None,
        new=_agree(scores.unseen, votes, new) if new else None,
        read_outs={
            name: _agree(found, votes, everything)
            for name, found in (scores.unseen_read_outs or scores.read_outs).items()
        },
    )


class _Scores:
    """All that a model says of the photos, batch by batch."""

    def __init__(self, model: AestheticModel) -> None:
        self.shipped: list[float] = []
        self.unseen: list[float] = []
        self.learnt: list[bool] = []
        self.read_outs: dict[str, list[float]] = {}
        self.unseen_read_outs: dict[str, list[float]] = {}
        self._model = model

    def add(self, renditions: Sequence[Rendition], themes: Sequence[str | None]) -> None:
        shipped_scores: list[float] = []
        if isinstance(self._model, FoldModel):
            honest = self._model.assess_unseen(renditions, themes)
            shipped_scores = [answer.shipped for answer in honest if answer.shipped is not None]
            self.unseen += [answer.score for answer in honest]
            self.learnt += [answer.learnt_from for answer in honest]
            for answer in honest:
                for name, score in answer.read_outs.items():
                    self.unseen_read_outs.setdefault(name, []).append(score)
        if len(shipped_scores) == len(renditions):  # then one look was enough
            self.shipped += shipped_scores
            return
        found = self._read(renditions)
        for name, scores in found.items():
            self.read_outs.setdefault(name, []).extend(scores)
        # A model that says which read-out it answers with need not be asked for whole answers,
        # which may cost a written comment each.
        answered = found.get(getattr(self._model, "read_out", ""))
        if answered is None:
            answered = [answer.score for answer in self._model.assess(renditions)]
        self.shipped += answered

    def _read(self, renditions: Sequence[Rendition]) -> Mapping[str, Sequence[float]]:
        if not isinstance(self._model, ReadOutModel):
            return {}
        look = self._model.look([Image.fromarray(decode(one)) for one in renditions])
        return self._model.scores(look)


def _agree(scores: Sequence[float], votes: Sequence[float], of: Sequence[int]) -> Agreement:
    """On the votes' scale 1..7; `of` are the photos that count."""
    share = (MOS_MAX - MOS_MIN) / (SCORE_MAX - SCORE_MIN)
    return agreement(
        [MOS_MIN + (scores[index] - SCORE_MIN) * share for index in of],
        [votes[index] for index in of],
    )


def _line(name: str, found: Agreement) -> str:
    return (
        f"{name:<34}{found.count:>7}{found.srcc:>7.3f}{found.plcc:>7.3f}"
        f"{found.krcc:>7.3f}{found.rmse:>7.3f}"
    )
