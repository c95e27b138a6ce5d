"""What a person typed into the search, as terms that photos have to fulfil.

Whatever is typed is taken for words: no character of it ever reaches a database's own search
language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from aesplugin.catalog.search.dates import read_date
from aesplugin.catalog.search.words import other_numbers, words_of
from aesplugin.counting import counted
from aesplugin.errors import UsageError

MOST_CHARACTERS = 500
MOST_WORDS = 32
_QUOTES = '"“”„«»'
_LEAST_BEGINNING = 3  # letters after a digit that may go on: "5d" does not begin "5 dogs"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after another; the last may go on, where it is a beginning."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was asked for: any of the phrases has to be there, or none where excluded."""

    typed: str
    phrases: tuple[Phrase, ...]
    is_excluded: bool = False

    @property
    def word(self) -> str | None:
        """The one word of letters that was typed, where it may be misspelt."""
        first = self.phrases[0]
        usual = len(first.words) == 1 and first.begins and not self.is_excluded
        return first.words[0] if usual and first.words[0].isalpha() else None


@dataclass(frozen=True, slots=True)
class Query:
    """All terms have to be fulfilled. Without terms nothing was typed that could be searched."""

    terms: tuple[Term, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        """Those that have to be there."""
        return tuple(term for term in self.terms if not term.is_excluded)

    @property
    def unwanted(self) -> tuple[Term, ...]:
        """Those that must not be there."""
        return tuple(term for term in self.terms if term.is_excluded)

    @property
    def text(self) -> str:
        """What could have been typed for it."""
        return " ".join(term.typed for term in self.terms)


def parse(text: str, today: date | None = None) -> Query:
    """The terms of what was typed.

    Raises:
        UsageError: it is too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            f"the search is {len(text):,} characters long: at most {MOST_CHARACTERS} are taken"
        )
    return _parsed(text, today or date.today())


def corrected(query: Query, other: dict[str, str]) -> Query:
    """The same with these words in place of those that were typed."""
    terms = (
        replace(term, typed=other[term.word], phrases=_phrases(other[term.word]))
        if term.word in other
        else term
        for term in query.terms
    )
    return Query(tuple(terms))


@lru_cache(maxsize=256)
def _parsed(text: str, today: date) -> Query:
    terms: list[Term] = []
    items = [*_items(text)]
    while items:
        plain = [typed for typed, quoted, excluded in items if not quoted and not excluded]
        is_plain = not items[0][1] and not items[0][2]
        run = plain[: _unbroken(items)] if is_plain else []
        count, sequences = read_date(run, today)
        if count:
            typed = " ".join(run[:count])
            ways = [*map(Phrase, sequences), *_phrases(typed, whole=True)]
            terms.append(Term(typed, tuple(dict.fromkeys(ways))))
            items = items[count:]
            continue
        typed, quoted, excluded = items.pop(0)
        if phrases := _phrases(typed, quoted=quoted, whole=quoted or excluded):
            shown = f'"{typed}"' if quoted else typed
            terms.append(Term(f"-{shown}" if excluded else shown, phrases, excluded))
    if len(terms) > MOST_WORDS:
        raise UsageError(
            f"the search has {counted(len(terms), 'word')}: at most {MOST_WORDS} are taken"
        )
    return Query(tuple(terms))


def _unbroken(items: Sequence[tuple[str, bool, bool]]) -> int:
    """How many of the first items are plain words."""
    for count, (_, quoted, excluded) in enumerate(items):
        if quoted or excluded:
            return count
    return len(items)


def _items(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Each word or quoted phrase: its text, whether it was quoted, whether it is excluded."""
    rest = text
    while rest := rest.lstrip():
        excluded = len(rest) > 1 and rest[0] == "-" and not rest[1].isspace()
        rest = rest[excluded:]
        if rest[0] in _QUOTES:
            end = next((at for at in range(1, len(rest)) if rest[at] in _QUOTES), len(rest))
            yield rest[1:end], True, excluded
            rest = rest[end + 1 :]
        else:
            word = rest.split(maxsplit=1)[0]
            cut = next((at for at, one in enumerate(word) if one in _QUOTES), len(word))
            yield word[:cut], False, excluded
            rest = rest[cut:]


def _phrases(typed: str, *, quoted: bool = False, whole: bool = False) -> tuple[Phrase, ...]:
    """The ways in which it may stand there; what was typed first. `whole`: no mere beginning."""
    found: dict[Phrase, None] = {}
    for camel in (False, True):
        words = tuple(words_of(typed, camel=camel))
        if words:
            found[Phrase(words, begins=not whole and _may_begin(words))] = None
    uncut = words_of(typed, camel=False)
    if len(uncut) == 1 and not quoted:
        found |= dict.fromkeys(Phrase((other,)) for other in sorted(other_numbers(uncut[0])))
    return tuple(found)


def _may_begin(words: Sequence[str]) -> bool:
    last = words[-1]
    after_digits = len(words) > 1 and words[-2].isdecimal()
    return last.isdecimal() or not after_digits or len(last) >= _LEAST_BEGINNING
