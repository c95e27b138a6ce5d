"""Do comments tell the truth about their photo, and only about theirs?

What a comment claims is held against the flaw its photo is known to have, and against what can
be measured on it; then against *other* photos, where both must do far worse, or the model does
not look.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isnan
from typing import Any, Final

import numpy as np

from aesplugin.assessment import Flaw
from aesplugin.evaluation.claims import claims, weigh
from aesplugin.evaluation.judged import share
from aesplugin.evaluation.plots import Bars
from aesplugin.evaluation.remarks import Remark
from aesplugin.evaluation.text_similarity import References, measure_likeness, of_photos, quoted

_TITLES: Final = {
    "named": "flawed photos: the comment names the flaw",
    "named_control": "  the same comments compared with other photos",
    "measured": "claims that the measurement confirms",
    "measured_control": "  the same claims compared with other photos",
    "contradicted": "claims that the measurement contradicts",
    "contradicted_control": "  the same claims compared with other photos",
    "clean_accused": "clean photos with a reported flaw (false positives)",
    "distinct": "comments that no other photo got",
    "sentences": "comments of two to four sentences",
    "quoted": "comments quoting eight words in a row of a critique",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentReport:
    """Shares 0..1; NaN where there was nothing to count (no critiques given: `quoted`).

    `measurable` is how many claims a measurement can confirm at all. `by_flaw`: how often each
    flaw was named where it was made. `likeness`: BLEU-1 to 4, ROUGE-L and CIDEr of the comments
    on `referenced` clean photos against what people wrote.
    """

    comments: int
    flawed: int
    named: float
    named_control: float
    claimed: int
    measurable: int
    measured: float
    measured_control: float
    contradicted: float
    contradicted_control: float
    clean_accused: float
    distinct: float
    sentences: float
    words: float
    quoted: float
    by_flaw: Mapping[Flaw, float] = field(default_factory=dict)
    likeness: Mapping[str, float] = field(default_factory=dict)
    referenced: int = 0

    def table(self) -> str:
        """The report as text."""
        lines = [
            f"{self.comments} comments, {self.flawed} of them on flawed photos; {self.claimed} "
            f"claims, {self.measurable} of them measurable; {self.words:.0f} words per comment"
        ]
        lines += [
            f"{title:<52}{value:>7.3f}"
            for name, title in _TITLES.items()
            if not isnan(value := getattr(self, name))
        ]
        if self.by_flaw:
            lines.append("named, by flaw:")
            lines += [f"  {flaw.value:<50}{value:>7.3f}" for flaw, value in self.by_flaw.items()]
        if self.likeness:
            lines.append(f"against people's comments on {self.referenced} photos:")
            lines += [f"  {name:<50}{value:>7.3f}" for name, value in self.likeness.items()]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The report for JSON."""
        return asdict(self)

    def panels(self) -> list[Bars]:
        """Truth beside its control; then each flaw."""
        pairs = ("named", "measured", "contradicted")
        truth = Bars(
            title="claims, and the same compared with other photos",
            labels=["names the flaw", "measured true", "measured false"],
            series={
                "own photo": [getattr(self, name) for name in pairs],
                "other photos (control)": [getattr(self, f"{name}_control") for name in pairs],
            },
        )
        flaws = Bars(
            title="flaw named where it was made",
            labels=[flaw.value.replace("_", " ") for flaw in self.by_flaw],
            series={"named": list(self.by_flaw.values())},
        )
        return [truth, flaws] if self.by_flaw else [truth]


def measure_comments(
    remarks: Sequence[Remark],
    *,
    critiques: Sequence[str] | None = None,
    references: References | None = None,
) -> CommentReport:
    """Holds comments against facts.

    `critiques` are texts that must not be quoted; `references` are people's comments by
    "folder/file" or file name, and are compared with what is said of the clean photos.

    Raises:
        DataError: references are given, but for none of these photos.
        UsageError: references are given, but not the library that compares.
    """
    claimed_flaws = [claims(remark.text) for remark in remarks]
    flawed = [
        (mine, one.flaw) for mine, one in zip(claimed_flaws, remarks, strict=True) if one.flaw
    ]
    texts = [remark.text for remark in remarks]
    truths = weigh(remarks, claimed_flaws)
    clean = {one.photo: one.text for one in remarks if one.flaw is None}
    wanted = {} if references is None else of_photos(clean, references)
    return CommentReport(
        comments=len(remarks),
        flawed=len(flawed),
        named=share([flaw in mine for mine, flaw in flawed]),
        claimed=sum(map(len, claimed_flaws)),
        clean_accused=share(
            [
                bool(mine)
                for mine, one in zip(claimed_flaws, remarks, strict=True)
                if one.flaw is None
            ]
        ),
        distinct=share(_distinct(remarks)),
        sentences=share([2 <= sentences(text) <= 4 for text in texts]),
        words=float(np.mean([len(text.split()) for text in texts])) if texts else float("nan"),
        quoted=float("nan") if critiques is None else share(quoted(texts, critiques)),
        by_flaw=_by_flaw(flawed),
        likeness={} if references is None else measure_likeness(clean, wanted),
        referenced=len(wanted),
        **asdict(truths),
    )


def _by_flaw(flawed: Sequence[tuple[set[Flaw], Flaw]]) -> dict[Flaw, float]:
    hits: dict[Flaw, list[bool]] = {}
    for mine, flaw in flawed:
        hits.setdefault(flaw, []).append(flaw in mine)
    return {flaw: share(hits[flaw]) for flaw in Flaw if flaw in hits}


def _distinct(remarks: Sequence[Remark]) -> list[bool]:
    """Of each comment, whether no other photo got the same; copies of one photo may share."""
    photos: dict[str, set[str]] = {}
    for remark in remarks:
        photos.setdefault(remark.text, set()).add(remark.photo)
    return [len(photos[remark.text]) == 1 for remark in remarks]


def sentences(text: str) -> int:
    """How many sentences a text has; "f/2.8" and "0.5" end none."""
    return len(re.findall(r"[.!?]+(?=\s|$)", text))
