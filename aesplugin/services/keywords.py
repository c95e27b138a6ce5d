"""What a photo shows, as keywords and a caption for other programs."""

import re
from typing import Final

from aesplugin.assessment import Content, Kind
from aesplugin.sidecars.rdf import clean

KIND_ROOT: Final = "kind"
MOST_LETTERS: Final = 64  # of a keyword, as in IPTC

_BROADER: Final[dict[str, str]] = {
    word: broader
    for broader, words in {
        "animal": "cat dog bird horse insect fish",
        "person": "man woman child",
        "vehicle": "car bus truck motorcycle train boat plane",
        "plant": "flower tree leaf grass",
        "water": "sea lake river waterfall wave",
        "building": "house church tower",
        "furniture": "table chair sofa",
    }.items()
    for word in words.split()
}
"""Only what holds of every such thing: a bird is an animal, but a beach need not have a sea."""

# They say nothing to a photographer who looks for a photo.
_UNTELLING: Final = frozenset({Kind.OTHER, Kind.OBJECT})
# Programs part keywords, or the levels of one, at these.
_PARTING: Final = re.compile(r"[|/\\,;\s]+")


def keywords_of(content: Content | None) -> tuple[tuple[str, ...], ...]:
    """Keywords as paths from the broadest level, each broader word also as one of its own.

    A bird is ("animal",) and ("animal", "bird"), a landscape ("kind", "landscape"). Words that
    differ in case alone are one; those of more than 64 letters are left out.
    """
    if content is None:
        return ()
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for word in map(_plain, content.keywords):
        broader = _BROADER.get(word.casefold())
        if not word or len(word) > MOST_LETTERS:
            continue
        for path in ((broader,), (broader, word)) if broader else ((word,),):
            found.setdefault(tuple(level.casefold() for level in path), path)
    if content.kind is not None and content.kind not in _UNTELLING:
        found[KIND_ROOT, content.kind] = (KIND_ROOT, content.kind.value)
    return tuple(found.values())


def caption_of(content: Content | None) -> str | None:
    """What it shows in a line, "A bird, rock, water"; None where that is not known."""
    if content is None:
        return None
    subject = " ".join(clean(content.subject or "").split())
    words = [word for one in content.keywords if (word := _plain(one))]
    known = {word for one in subject.casefold().split() for word in _with_broader(one)}
    known |= {broader for one in words if (broader := _BROADER.get(one.casefold()))}
    told = [word for word in dict.fromkeys(words) if word.casefold() not in known]
    line = ", ".join([subject, *told] if subject else told)
    return line[:1].upper() + line[1:] or None


def _with_broader(word: str) -> tuple[str, ...]:
    return (word, _BROADER[word]) if word in _BROADER else (word,)


def _plain(word: str) -> str:
    return _PARTING.sub(" ", clean(word)).strip()
