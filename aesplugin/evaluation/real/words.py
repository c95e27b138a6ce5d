"""Does a model name what the label names? Nouns compared leniently, and not by meaning.

Lower case, singular, the noun that a phrase is about; a broader word is right (`terms`), a
narrower one is not. A miss may be a synonym that the table does not know, or another thing in the
photo that the label leaves out: shares counted so are lower bounds.
"""

import re
from collections.abc import Iterable
from typing import Final

from aesplugin.evaluation.real.terms import covers

_ENDS: Final = (
    "with without of in on at under over above below by behind before beside between among near "
    "against through across along around inside outside from to toward towards into onto and or "
    "that which who while during past after beneath amid up down as"
)
"""What follows is said about the noun, as in "a cat on a table"."""

_COLLECTIVES: Final = (
    "group pair row herd flock bunch crowd stack pile set series lot number kind close-up view "
    "glass bowl cup plate basket field piece slice"
)
"""With "of" after them, they are not what the phrase is about: "a herd of elephants"."""

_IRREGULAR: Final = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "feet": "foot",
    "teeth": "tooth", "geese": "goose", "mice": "mouse", "leaves": "leaf", "wolves": "wolf",
    "knives": "knife", "shelves": "shelf", "buses": "bus", "tomatoes": "tomato",
    "potatoes": "potato", "cookies": "cookie", "clothes": "clothes", "glasses": "glasses",
}  # fmt: skip
_KEPT: Final = ("ss", "us", "is")  # "grass", "cactus", "iris": no plurals
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def singular(word: str) -> str:
    """A noun's singular by its ending; wrong now and then, but the same on both sides."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or word.endswith(_KEPT) or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def words_of(phrases: Iterable[str]) -> frozenset[str]:
    """Every word of some phrases, lower case and singular."""
    return frozenset(singular(word) for phrase in phrases for word in _split(phrase))


def head_noun(phrase: str) -> str | None:
    """The noun that a phrase is about: "two brown cats on a table" is about "cat".

    None where the phrase has no word.
    """
    words = _split(phrase)
    first = next(
        (place for place, word in enumerate(words) if place and word in _ENDS.split()), None
    )
    if first is None:
        return singular(words[-1]) if words else None
    head, rest = singular(words[first - 1]), words[first + 1 :]
    if words[first] == "of" and head in _COLLECTIVES.split() and rest:
        return head_noun(" ".join(rest))
    return head


def names_any(phrase: str, words: Iterable[str]) -> bool:
    """Whether what the phrase is about is one of `words` (lower case, singular), or broader."""
    head = head_noun(phrase)
    return head is not None and any(covers(head, word) for word in words)


def _split(phrase: str) -> list[str]:
    return _WORD.findall(re.sub(r"['\u2019]s\b", "", phrase.lower()))
