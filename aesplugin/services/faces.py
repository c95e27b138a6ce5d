"""Faces in words, for a line, a cell or a caption."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from aesplugin.face import Eyes, Face, Facing

_EACH: Final = 6  # faces that are told one by one; of more they are counted
_TURNED: Final = "turned away"
_RED: Final = "red eyes"
_WORDS: Final = {Eyes.OPEN: "open", Eyes.CLOSED: "closed", Eyes.UNSURE: "unclear"}


def faces_line(faces: Sequence[Face]) -> str:
    """How many there are, and their eyes, the largest face first.

    ``3 faces: eyes open, closed, unclear; 1 turned away; the largest 812 px wide``
    """
    if not faces:
        return "no face found"
    width = f"{faces[0].width:.0f} px wide"
    if len(faces) == 1:
        return f"1 face: {eyes_of(faces[0])}; {width}"
    away = sum(face.facing is Facing.AWAY for face in faces)
    red = sum(bool(face.red_eyes) for face in faces)
    rest = f"; {away} {_TURNED}" if away else ""
    rest += f"; {red} with {_RED}" if red else ""
    return f"{len(faces)} faces: {_eyes(faces)}{rest}; the largest {width}"


def eyes_of(face: Face) -> str:
    """Of one face: ``eyes open``, ``turned away``, ``red eyes`` (these are open)."""
    if face.red_eyes:
        return _RED
    if face.facing is Facing.AWAY and face.eyes is Eyes.UNSURE:
        return _TURNED
    return f"eyes {_WORDS[face.eyes]}"


def _eyes(faces: Sequence[Face]) -> str:
    if len(faces) <= _EACH:
        return "eyes " + ", ".join(_WORDS[face.eyes] for face in faces)
    count = Counter(face.eyes for face in faces)
    return ", ".join(
        f"{count[eyes]} with eyes {word}" for eyes, word in _WORDS.items() if count[eyes]
    )
