"""Does the score agree with people? SRCC with the mean beauty votes of OASIS.

The shipped head learnt from the public photos, so its own figure on them says nothing. Models
that can (`HonestModel`) judge each photo by a head that saw neither it nor its theme.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.errors import DataError, PhotoError
from aesplugin.evaluation.benchmarks.oasis import MOS_MAX, MOS_MIN, RatedPhoto, read_oasis
from aesplugin.evaluation.metrics import Agreement, agreement
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import decode
from aesplugin.imaging.renditions import make_rendition
from aesplugin.models.base import AestheticModel
from aesplugin.photo import Rendition

_BATCH = 16
_MAX_MEGAPIXELS = 300.0
Progress = Callable[[int, int], None]


class HonestAnswer(Protocol):
    """A score, and whether the shipped weights learnt from the photo or its theme."""

    @property
    def score(self) -> float: ...

    @property
    def learnt_from(self) -> bool: ...


@runtime_checkable
class HonestModel(Protocol):
    """A model that can leave out what it learnt from a photo's theme."""

    def assess_unseen(
        self, renditions: Sequence[Rendition], themes: Sequence[str | None]
    ) -> Sequence[HonestAnswer]:
        """Answers by weights that never saw the photo nor its theme."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OasisReport:
    """Agreement of scores with votes, both on the votes' scale 1..7.

    `shipped` is what users get; for photos it learnt from it only tells how well it remembers.
    `unseen` judges each of all photos by a head that saw neither it nor its theme: the figure to
    quote. `new` is over the photos no head saw. None: nothing to compute it from.
    """

    photos: int
    learnt_from: int
    without_mos: int
    missing: tuple[str, ...]
    shipped: Agreement
    unseen: Agreement | None
    new: Agreement | None

    def table(self) -> str:
        """The report as text."""
        lines = [
            f"{self.photos} photos with votes ({self.without_mos} rows without votes skipped, "
            f"{len(self.missing)} files missing)"
        ]
        lines += [f"  missing: {name}" for name in self.missing[:10]]
        lines.append(f"{'':<34}{'photos':>7}{'SRCC':>7}{'PLCC':>7}{'KRCC':>7}{'RMSE':>7}")
        told = " (partly training data)" if self.learnt_from else ""
        lines.append(_line(f"shipped head{told}", self.shipped))
        if self.unseen is not None:
            lines.append(_line("theme never seen (out of fold)", self.unseen))
        if self.new is not None:
            lines.append(_line("photos no head learnt from", self.new))
        if self.learnt_from:
            lines.append(
                f"{self.learnt_from} of these photos, or their themes, are training data of the "
                "shipped head: quote the out-of-fold figure."
            )
        return "\n".join(lines)


def evaluate_oasis(
    root: Path, model: AestheticModel, *, progress: Progress = lambda done, of: None
) -> OasisReport:
    """Scores every rated photo of `root` (images.csv, images/).

    Raises:
        DataError: the table cannot be used, no photo is left, or a picture is damaged.
    """
    oasis = read_oasis(root)
    shipped: list[float] = []
    unseen: list[float] = []
    learnt: list[bool] = []
    for photos in _batches(oasis.photos):
        renditions = [_rendition(photo.path) for photo in photos]
        shipped += [answer.score for answer in model.assess(renditions)]
        if isinstance(model, HonestModel):
            honest = model.assess_unseen(renditions, [photo.theme for photo in photos])
            unseen += [answer.score for answer in honest]
            learnt += [answer.learnt_from for answer in honest]
        progress(len(shipped), len(oasis.photos))
    votes = [photo.mos for photo in oasis.photos]
    new = [index for index, seen in enumerate(learnt) if not seen]
    return OasisReport(
        photos=len(votes),
        learnt_from=sum(learnt),
        without_mos=oasis.without_mos,
        missing=oasis.missing,
        shipped=agreement(_mos(shipped), votes),
        unseen=agreement(_mos(unseen), votes) if unseen else None,
        new=agreement(_mos([unseen[i] for i in new]), [votes[i] for i in new]) if new else None,
    )


def _rendition(path: Path) -> Rendition:
    try:
        content = read_content(str(path))
        picture = decode(content.data, str(path), _MAX_MEGAPIXELS)
    except PhotoError as error:
        raise DataError(f"{path}: {error}") from None
    return make_rendition(picture.pixels, content.content_hash)


def _mos(scores: Sequence[float]) -> list[float]:
    """Scores 1..10 on the scale of the votes."""
    share = (MOS_MAX - MOS_MIN) / (SCORE_MAX - SCORE_MIN)
    return [MOS_MIN + (score - SCORE_MIN) * share for score in scores]


def _batches(photos: Sequence[RatedPhoto]) -> Iterator[Sequence[RatedPhoto]]:
    for start in range(0, len(photos), _BATCH):
        yield photos[start : start + _BATCH]


def _line(name: str, found: Agreement) -> str:
    return (
        f"{name:<34}{found.count:>7}{found.srcc:>7.3f}{found.plcc:>7.3f}"
        f"{found.krcc:>7.3f}{found.rmse:>7.3f}"
    )
