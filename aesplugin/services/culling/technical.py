"""What measurements say against a photo: a flaw, or that nothing can be made of it at all."""

from collections.abc import Mapping

from aesplugin.assessment import Attribute, Verdict
from aesplugin.services.culling.profiles import Profile

_FLAW_OF = {  # a poor verdict on it is the flaw a profile may forgive
    "subject_sharpness": "blur",
    "clipped_shadows": "underexposed",
    "clipped_highlights": "overexposed",
    "contrast": "low_contrast",
    "tilt": "tilted_horizon",
}
# Beyond what a RAW converter brings back.
_BLACK_EV, _WHITE_EV = -4.0, 2.0
_LOST = {"clipped_highlights": 50.0, "clipped_shadows": 75.0}  # per cent of the pixels
_ALL_LOST = 98.0  # a backdrop leaves more than that
_WORDS = {
    "subject_sharpness": "nothing is sharp",
    "clipped_highlights": "the highlights are blown",
    "clipped_shadows": "the shadows are black",
}


def flaw_of(attributes: Mapping[str, Attribute], profile: Profile) -> str | None:
    """The first measurement with a poor verdict that this genre does not take for intent."""
    for name, attribute in attributes.items():
        if attribute.verdict is Verdict.POOR and not _is_forgiven(name, attribute, profile):
            return name.replace("_", " ")
    return None


def unusable(attributes: Mapping[str, Attribute], profile: Profile) -> str | None:
    """Why the photo is technically unusable in this genre, in words; None where it is usable.

    Motion blur is left out: where it spoils the subject, the subject is not sharp.
    """
    for name, attribute in attributes.items():
        if _is_lost(name, attribute) and not _is_forgiven(name, attribute, profile):
            return _WORDS.get(name) or (
                "far too dark" if _value(attribute) < 0 else "far too bright"
            )
    return None


def _is_lost(name: str, attribute: Attribute) -> bool:
    value, is_poor = _value(attribute), attribute.verdict is Verdict.POOR
    if name in _LOST:
        return value >= (_LOST[name] if is_poor else _ALL_LOST)
    if name == "exposure":
        return is_poor and not _BLACK_EV < value < _WHITE_EV
    return name == "subject_sharpness" and is_poor


def _is_forgiven(name: str, attribute: Attribute, profile: Profile) -> bool:
    flaw = _FLAW_OF.get(name, name)
    if name == "exposure":
        flaw = "underexposed" if _value(attribute) < 0 else "overexposed"
    return flaw in {one.value for one in profile.forgiven}


def _value(attribute: Attribute) -> float:
    return attribute.value or 0.0
