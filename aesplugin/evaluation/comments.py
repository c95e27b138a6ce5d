"""Do comments tell the truth about their photo, and only about theirs?

A comment's claims are read by key words. They are held against the flaw the photo is known to
have; then against the flaws of *other* photos, where they must do far worse.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aesplugin.assessment import Flaw
from aesplugin.evaluation.judged import share

_CLAIMS: dict[Flaw, str] = {
    Flaw.UNDEREXPOSED: r"under-?exposed|too dark|short of light|\bdim\b",
    Flaw.OVEREXPOSED: r"over-?exposed|too bright|washed out|burnt out|blown",
    Flaw.LOW_CONTRAST: r"low (in )?contrast|\bflat\b|hazy|dull",
    Flaw.OVERSATURATED: r"oversaturated|garish|unnatural colou?rs|too vivid",
    Flaw.UNDERSATURATED: r"undersaturated|\bpale\b|drained of colou?r|faded",
    Flaw.COLOR_CAST: r"colou?r cast|white balance|\btint|colou?r temperature",
    Flaw.NOISE: r"nois[ey]|grainy|speckled",
    Flaw.BLUR: r"blurred(?! by)|out of focus|\bsoft all|lack(s|ing) fine|\bblur\b",
    Flaw.MOTION_BLUR: r"blurred by movement|camera shake|smeared|streaked|unsteady|motion",
    Flaw.JPEG_ARTIFACTS: r"compression|jpeg|blocky",
    Flaw.TILTED_HORIZON: r"tilted|leaning to|not level|crooked|sloping",
    Flaw.CUT_SUBJECT: r"cut off|cropped into|missing part|cut too tightly",
    Flaw.POOR_PLACEMENT: r"pushed to one|poorly placed|crowded at|unbalanced|at the edge",
    Flaw.VIGNETTING: r"corners|vignett|around the edges",
}


def claims(comment: str) -> set[Flaw]:
    """The flaws a comment accuses its photo of."""
    said = comment.lower()
    return {flaw for flaw, words in _CLAIMS.items() if re.search(words, said)}


@dataclass(frozen=True, slots=True)
class CommentReport:
    """Shares 0..1: `true` of flawed photos' comments name the flaw, `control` when shuffled;
    `clean_accused` of clean photos; `distinct` share of comments that nobody else got;
    `sentences` two to four."""

    comments: int
    true: float
    control: float
    clean_accused: float
    distinct: float
    sentences: float

    def table(self) -> str:
        """The report as text."""
        return "\n".join(
            f"{name.replace('_', ' '):<16}{getattr(self, name):.3f}"
            for name in self.__dataclass_fields__
        )


def measure_comments(comments: Sequence[str], truths: Sequence[Flaw | None]) -> CommentReport:
    """`truths`: the one flaw made in each photo, None for clean ones."""
    flawed = [(claims(said), flaw) for said, flaw in zip(comments, truths, strict=True) if flaw]
    clean = [claims(said) for said, flaw in zip(comments, truths, strict=True) if flaw is None]
    others = [
        flaw in said
        for number, (said, _) in enumerate(flawed)
        for other, (_, flaw) in enumerate(flawed)
        if number != other
    ]
    return CommentReport(
        comments=len(comments),
        true=share([flaw in said for said, flaw in flawed]),
        control=share(others),
        clean_accused=share([bool(said) for said in clean]),
        distinct=len(set(comments)) / max(len(comments), 1),
        sentences=share([2 <= len(re.findall(r"[.!?](?:\s|$)", said)) <= 4 for said in comments]),
    )
