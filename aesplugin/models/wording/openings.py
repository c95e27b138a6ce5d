"""First sentences of a comment, by how good the photo is; written for this project."""

from typing import Final

_STRONG, _FAIR = 6.5, 4.5  # scores, 1..10
_STRONG_ONES: Final = (
    "A strong photo of {what}.",
    "This view of {what} catches the eye.",
    "{What} makes a beautiful picture here.",
    "A lovely take on {what}.",
    "An accomplished picture of {what}.",
    "{What}, seen with care.",
    "A photo of {what} that holds the eye.",
    "Here is {what} at its best.",
)
_FAIR_ONES: Final = (
    "A decent photo of {what}.",
    "{What} is an interesting choice of subject.",
    "This is an honest picture of {what}.",
    "{What} comes across well enough.",
    "A sound picture of {what}.",
    "{What}, shown plainly.",
    "An everyday view of {what}.",
    "There is something to this photo of {what}.",
)
_WEAK_ONES: Final = (
    "This photo of {what} does not convince yet.",
    "{What} deserves a better picture.",
    "A weak rendering of {what}.",
    "The picture of {what} falls short.",
    "{What} gets less than it deserves here.",
    "A photo of {what} that needs work.",
    "There is more in {what} than this photo shows.",
    "This picture of {what} does not come together.",
)


def openings(content: str | None, score: float) -> tuple[str, ...]:
    """All first sentences that fit a score of 1..10; `content` is a noun, None where unclear."""
    kinds = _STRONG_ONES if score >= _STRONG else _FAIR_ONES if score >= _FAIR else _WEAK_ONES
    what = with_article(content) if content else "this scene"
    return tuple(one.format(what=what, What=what[0].upper() + what[1:]) for one in kinds)


def with_article(noun: str) -> str:
    """ "an apple", "a dog"; "the sea" and "food" take none."""
    if noun.startswith("the ") or noun == "food":
        return noun
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
