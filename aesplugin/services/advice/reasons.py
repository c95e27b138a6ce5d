"""In words: the reasons for a score, its uncertainty, and what the picture shows.

The model's own reasons come first; where it gives none, the measured ones speak (`suggest`).
"""

from aesplugin.assessment import Assessment, Kind, Reason
from aesplugin.catalog.records import Entry
from aesplugin.services.advice import suggest

_NAMES = {Kind.SCIENTIFIC: "scientific image"}  # the others are called as they are
_FINEST = 0.1  # points: a smaller standard error would show as 0.0


def reasons_of(entry: Entry) -> list[str]:
    """Short reasons, the most important first: strengths with a plus, flaws with a minus."""
    assessment = entry.assessment
    name = not_a_photo(assessment)
    if name is not None:  # what was measured speaks of photos
        return [name, *map(_signed, (assessment and assessment.reasons) or ())]
    own = own_reasons(assessment)
    return suggest.reasons(entry.attributes) if own is None else own


def own_reasons(assessment: Assessment | None) -> list[str] | None:
    """The model's reasons, each with its sign; None where it gives none."""
    if assessment is None or assessment.reasons is None:
        return None
    return [_signed(reason) for reason in assessment.reasons] or ["nothing stands out"]


def not_a_photo(assessment: Assessment | None) -> str | None:
    """ "graphic, not a photograph"; None for a photo, and where the kind is unknown."""
    content = assessment.content if assessment is not None else None
    if content is None or content.kind is None or content.is_photo:
        return None
    return f"{_NAMES.get(content.kind, content.kind.value)}, not a photograph"


def what_it_shows(assessment: Assessment | None) -> str:
    """ "shows a dog (pet); keywords: dog, grass", as far as it is known."""
    content = assessment.content if assessment is not None else None
    if content is None:
        return ""
    kind = content.kind if content.is_photo else None  # see `not_a_photo`
    parts = []
    if content.subject:
        parts.append(f"shows {content.subject} ({kind})" if kind else f"shows {content.subject}")
    elif kind:
        parts.append(f"kind: {kind}")
    if content.keywords:
        parts.append(f"keywords: {', '.join(content.keywords)}")
    return "; ".join(parts)


def margin(assessment: Assessment) -> str:
    """ " ± 0.7", to be shown after a score; empty where the model gives no uncertainty."""
    if assessment.uncertainty is None:
        return ""
    return f" ± {max(assessment.uncertainty, _FINEST):.1f}"


def _signed(reason: Reason) -> str:
    sign = "+ " if reason.points > 0 else "\N{MINUS SIGN} " if reason.points < 0 else ""
    return f"{sign}{reason.text}"
