"""Which flaws a comment accuses its photo of, read by key words."""

import re
from typing import Final

from aesplugin.assessment import Flaw

_CLAIMS: Final[dict[Flaw, str]] = {
    Flaw.UNDEREXPOSED: r"under-?exposed|under-?exposure|too dark|short of light|\bdim\b",
    Flaw.OVEREXPOSED: r"over-?exposed|over-?exposure|too bright|washed out|burnt out|blown",
    Flaw.LOW_CONTRAST: r"low (in )?contrast|lack(s|ing) contrast|\bflat\b|hazy|dull",
    Flaw.OVERSATURATED: r"over-?saturated|garish|unnatural colou?rs|too vivid",
    Flaw.UNDERSATURATED: r"under-?saturated|desaturated|\bpale\b|drained of colou?r|faded",
    Flaw.COLOR_CAST: r"colou?r cast|white balance|\btint|colou?r temperature",
    Flaw.NOISE: r"\bnois[ey]|grainy|speckled",
    Flaw.BLUR: r"blurred(?! by)|blurry|out of focus|\bsoft all|lack(s|ing) fine|\bblur\b|unsharp",
    Flaw.MOTION_BLUR: r"blurred by mo|camera shake|smeared|streaked|unsteady|\bmotion\b",
    Flaw.JPEG_ARTIFACTS: r"compression|\bjpeg|blocky",
    Flaw.TILTED_HORIZON: r"tilted|leaning to|not level|crooked|sloping",
    Flaw.CUT_SUBJECT: r"cut off|cropped into|missing part|cut too tightly",
    Flaw.POOR_PLACEMENT: (
        r"pushed to one|poorly placed|crowded at|unbalanced|(?<!part of its subject )at the edge"
    ),
    Flaw.VIGNETTING: (
        r"vignett|(dark|light|shad\w+)\b[^.]{0,24}\b(corners?|edges)|corners?\b[^.]{0,16}\bdark"
    ),
    Flaw.CLUTTER: r"clutter|distract|\bbusy\b|compete with",
    Flaw.MIXED_OR_FLASH_LIGHT: (
        r"(harsh(ly)?|hard|mixed|flash) (light|lit\b)|(harsh|hard|direct|frontal) flash"
    ),
    Flaw.CLIPPED_HIGHLIGHTS: (
        r"clipped|burnt white|(blown|burnt)( out)?( in the)? highlights"
        r"|(highlights|brightest parts)( are| have)? (lost|blown|burnt|white)"
    ),
    Flaw.BLOCKED_SHADOWS: (
        r"(blocked|crushed|black)( in the)? shadows"
        r"|(shadows|darkest parts)( are| have| sink into| go)? (lost|blocked|black)"
    ),
}
_DENIED: Final = re.compile(
    r"(\b(no|not(?! (only|just))|never|nothing|none|without|free (of|from)|hardly)|n't)"
    r"( \w+){0,2} ?$"
)
_CLAUSE_ENDS: Final = ".,;:!?"


def claims(comment: str) -> set[Flaw]:
    """The flaws a comment accuses its photo of; "free of noise" accuses it of nothing."""
    said = comment.lower()
    return {flaw for flaw, words in _CLAIMS.items() if _accuses(said, words)}


def _accuses(said: str, words: str) -> bool:
    found = re.finditer(words, said)
    return any(not _DENIED.search(_before(said, match.start())) for match in found)


def _before(said: str, place: int) -> str:
    """What stands between the start of the clause and `place`."""
    start = max(said.rfind(end, 0, place) for end in _CLAUSE_ENDS) + 1
    return said[start:place]
