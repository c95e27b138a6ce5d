"""What is searched of one photo, as text in which every word stands between spaces."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import PurePath

from aesplugin.catalog.records import Entry
from aesplugin.catalog.search.dates import date_words
from aesplugin.catalog.search.query import Phrase
from aesplugin.catalog.search.words import words_of

_PARTED = "¦"
"""Stands between what does not belong together; no phrase that is typed reaches across."""

SHOWN = ("shows", "name", "folder", "camera", "date")
TOLD = ("comment", "advice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a photo that can be said in words."""

    paths: Sequence[str] = ()
    taken_at: datetime | None = None
    camera: Sequence[str | None] = ()  # make, model, lens
    shows: Sequence[str | None] = ()  # kind, subject, keywords
    comment: str | None = None
    advice: Sequence[str] = ()  # names of flaws


def facts_of(entry: Entry) -> Facts:
    """The same of an entry that has been read."""
    exif = entry.photo.exif if entry.photo else None
    found = entry.assessment
    content = found.content if found else None
    return Facts(
        paths=entry.paths,
        taken_at=exif.taken_at if exif else None,
        camera=(exif.make, exif.model, exif.lens) if exif else (),
        shows=(content.kind, content.subject, *content.keywords) if content else (),
        comment=found.comment if found else None,
        advice=[one.flaw.value for one in found.suggestions] if found else (),
    )


def fields_of(facts: Facts) -> Mapping[str, str]:
    """Its searched text by where it stands; see SHOWN and TOLD."""
    files = [PurePath(path) for path in facts.paths]
    days = date_words(facts.taken_at.date()) if facts.taken_at else []
    return {
        "shows": _text(map(_spellings, filter(None, facts.shows))),
        "name": _text(_spellings(file.name) for file in files),
        "folder": _text(_spellings(str(folder)) for folder in dict.fromkeys(_parents(files))),
        "camera": _text(map(_spellings, filter(None, facts.camera))),
        "date": _text([days]),
        "comment": _text(map(_spellings, filter(None, [facts.comment]))),
        "advice": _text(map(_spellings, facts.advice)),
    }


def joined(fields: Mapping[str, str], names: Iterable[str]) -> str:
    """Several of them as one text."""
    return f" {_PARTED} ".join(text for name in names if (text := fields[name].strip())).join("  ")


def stands_in(phrase: Phrase, text: str) -> bool:
    """Whether the phrase is in such a text."""
    return pattern(phrase) in text


def pattern(phrase: Phrase) -> str:
    """What such a text contains where the phrase stands in it."""
    return f" {' '.join(phrase.words)}" + ("" if phrase.begins else " ")


def plain_words(text: str) -> set[str]:
    """The words of letters in such a text: what may be misspelt."""
    return {word for word in text.split() if len(word) > 2 and word.isalpha()}


def _parents(files: Iterable[PurePath]) -> Iterable[PurePath]:
    return (file.parent for file in files)


@lru_cache(maxsize=2048)
def _spellings(text: str) -> list[tuple[str, ...]]:
    """In words; again where no capitals part them, and the numbers without zeros before them."""
    parted = tuple(words_of(text))
    whole = tuple(words_of(text, camel=False))
    numbers = (word.lstrip("0") for word in whole if word.isdecimal() and word[0] == "0")
    found = [parted, *([whole] if whole != parted else []), *((n,) for n in numbers if n)]
    return [words for words in found if words]


def _text(sequences: Iterable[Iterable[Sequence[str]]]) -> str:
    every = (" ".join(words) for one in sequences for words in one)
    return f" {_PARTED} ".join(every).join("  ")
