"""Questions for a model that was not trained on them, and its own words read as an answer."""

import re
from collections.abc import Iterator

from aesplugin.assessment import Flaw, Suggestion
from aesplugin.models.wording.aspects import NAMED
from aesplugin.models.wording.prompts import COMMENT_QUESTION, LEVEL_QUESTION, SUGGEST_QUESTION
from aesplugin.models.wording.remedies import DIRECTIONS, consistent, suggest

REVISION = "q2"  # of a model: raise it when a wording, its reading or the precision changes

LEVEL_OPENING = "The aesthetic quality of this photo is"
NOTHING = "none"
LONGEST = 128  # tokens of a comment, or of all suggestions

_FORMS = "; ".join(
    f"{flaw.value.replace('_', ' ')}: {' or '.join(ways)}" for flaw, ways in DIRECTIONS.items()
)

RATE = LEVEL_QUESTION
COMMENT = f"{COMMENT_QUESTION} Answer in two to four sentences about this very photo."
SUGGEST = (
    f"{SUGGEST_QUESTION} Name at most three flaws that are plainly visible, the worst first, one "
    "a line, as: flaw, direction, strength: advice in one sentence. The flaws and their "
    f"directions are {_FORMS}. The strength is slightly, clearly or strongly. "
    f"Where nothing needs improving, answer only: {NOTHING}."
)


_MOST_SENTENCES, _MOST_SUGGESTIONS = 4, 3
_LONGEST_ADVICE = 240  # characters

_STRENGTHS = {
    0.2: ("slightly", "slight", "mildly", "mild", "a little", "a bit", "minor"),
    0.8: ("strongly", "strong", "severely", "severe", "heavily", "heavy", "very", "extremely"),
    0.45: ("clearly", "clear", "moderately", "moderate", "noticeably", "noticeable", "visible"),
}
_USUAL = 0.45

_OTHER_NAMES: dict[Flaw, tuple[str, ...]] = {
    Flaw.UNDEREXPOSED: ("too dark", "underexposure"),
    Flaw.OVEREXPOSED: ("too bright", "overexposure", "blown out", "blown highlights"),
    Flaw.LOW_CONTRAST: ("flat", "lack of contrast"),
    Flaw.OVERSATURATED: ("oversaturation", "garish"),
    Flaw.UNDERSATURATED: ("undersaturation", "washed out", "dull colours", "dull colors"),
    Flaw.COLOR_CAST: ("colour cast", "white balance", "too warm", "too cold", "too cool"),
    Flaw.NOISE: ("grainy", "grain"),
    Flaw.BLUR: ("blurry", "blurred", "soft focus", "unsharp"),
    Flaw.MOTION_BLUR: ("camera shake",),
    Flaw.JPEG_ARTIFACTS: ("compression", "artifacts", "artefacts"),
    Flaw.TILTED_HORIZON: ("crooked", "not level"),
    Flaw.CUT_SUBJECT: ("cut off", "cropped too tightly"),
    Flaw.POOR_PLACEMENT: ("poorly placed", "off-centre", "off-center"),
    Flaw.VIGNETTING: ("dark corners", "vignette"),
    Flaw.CLUTTER: ("busy background", "distracting background", "too busy"),
    Flaw.MIXED_OR_FLASH_LIGHT: ("harsh flash", "direct flash", "mixed light", "mixed lighting"),
    Flaw.CLIPPED_HIGHLIGHTS: ("clipped", "burnt-out highlights", "burnt highlights"),
    Flaw.BLOCKED_SHADOWS: ("crushed shadows", "crushed blacks", "blocked-up shadows"),
}
_DENIED = re.compile(r"\b(?:no|not|none|without|isn't|free of|nothing)\b(?! level)")
_NOTHING = re.compile(r"\W*(?:none|nothing)\b", re.IGNORECASE)
_LEAD = re.compile(r"^[\s\-*#>•]*(?:\d+[.)]\s*)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+")


def read_comment(text: str) -> str | None:
    """At most four whole sentences on one line; None where nothing was said."""
    plain = _plain(text)
    sentences = _SENTENCE_END.split(plain)
    if len(sentences) > 1 and not plain.endswith((".", "!", "?")):
        sentences.pop()  # cut in mid-sentence
    return " ".join(sentences[:_MOST_SENTENCES]) or None


def read_suggestions(text: str) -> tuple[Suggestion, ...] | None:
    """Lines as "flaw, direction, strength: advice", in the order given, at most three.

    None where not a line was understood, so that the measured attributes speak; nothing where the
    answer is that nothing needs improving. A line that names no flaw we know, leaves open which
    way, or names a way that does not lead out of its flaw, is dropped; so is one that contradicts
    a line before it.
    """
    found: dict[Flaw, Suggestion] = {}
    for line in text.splitlines():
        suggestion = _read_line(line)
        if suggestion is not None:
            found.setdefault(suggestion.flaw, suggestion)
    if not found and not _NOTHING.match(text):
        return None
    return consistent(found.values())[:_MOST_SUGGESTIONS]


def _read_line(line: str) -> Suggestion | None:
    head, _, advice = _LEAD.sub("", line).partition(":")
    claim = _plain(head).lower().replace("_", " ")
    if _DENIED.search(claim):
        return None
    ways = set(_ways(claim)) or set(_ways(advice.lower()))
    flaw = _flaw(claim) or _only_flaw(ways)
    if flaw is None:
        return None
    own = [way for way in DIRECTIONS[flaw] if way in ways]
    if not ways and len(DIRECTIONS[flaw]) == 1:
        own = [DIRECTIONS[flaw][0]]
    if len(own) != 1:
        return None
    made = suggest(flaw, own[0], _strength(claim))
    words = _plain(advice)[:_LONGEST_ADVICE]
    return (
        made
        if not words
        else Suggestion(flaw=flaw, direction=made.direction, strength=made.strength, advice=words)
    )


def _plain(text: str) -> str:
    """One line without markup and without what a sidecar or a terminal could not hold."""
    shown = (letter for letter in text if letter.isprintable() or letter.isspace())
    return " ".join(
        "".join(shown).replace("*", "").replace("\N{REPLACEMENT CHARACTER}", "").split()
    )


def _flaw(claim: str) -> Flaw | None:
    """The flaw whose longest name stands in the claim: "motion blur" before "blur"."""
    named = [(len(name), flaw) for flaw in Flaw for name in _names(flaw) if _holds(claim, name)]
    return max(named)[1] if named else None


def _names(flaw: Flaw) -> Iterator[str]:
    yield flaw.value.replace("_", " ")
    yield NAMED[flaw]
    yield from _OTHER_NAMES[flaw]


def _ways(text: str) -> Iterator[str]:
    return (way for ways in DIRECTIONS.values() for way in ways if _holds(text, way))


def _only_flaw(ways: set[str]) -> Flaw | None:
    """The flaw that all these directions lead out of."""
    flaws = {flaw for flaw, own in DIRECTIONS.items() if ways & set(own)}
    return flaws.pop() if len(flaws) == 1 else None


def _strength(claim: str) -> float:
    for strength, words in _STRENGTHS.items():
        if any(_holds(claim, word) for word in words):
            return strength
    return _USUAL


def _holds(text: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words)}\b", text) is not None
