"""English texts that services compose, or that the catalog holds, in another language.

The reasons for a score or a proposal are put together from a fixed vocabulary, with numbers and
names in them: "score 5.20, 0.41 below the last keeper; contrast rated poor". Each part of it is a
phrase, which may contain others; a text of which any part is not known stays as it is, for it is
free text (a comment) or has an English whole that a mixture would only spoil.
"""

import gettext
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

_NUMBERS: Final = frozenset(
    {"n", "of", "total", "score", "behind", "value", "seconds", "minutes", "hours", "most", "id"}
)
_DATA: Final = frozenset({"name", "path", "user", "title", "data"})
_NUMBER: Final = r"[+\-]?\d[\d,]*(?:\.\d+)?"
_FIELD: Final = re.compile(r"\{(\w+)\}")
_REMEMBERED: Final = 4096  # texts


@dataclass(frozen=True, slots=True)
class Phrase:
    """An English phrase: ``{n}`` and other numbers, ``{name}`` and other data, else phrases."""

    text: str
    plural: str | None = None


def phrase(text: str) -> Phrase:
    """A phrase of the vocabulary."""
    return Phrase(text)


def counted_phrase(one: str, more: str) -> Phrase:
    """A phrase with a plural, for the number ``{n}`` in it."""
    return Phrase(one, more)


class Phrases:
    """A vocabulary in one language; `localized` writes an English number in it."""

    def __init__(
        self,
        vocabulary: Sequence[Phrase],
        texts: gettext.NullTranslations,
        localized: Callable[[str], str],
    ) -> None:
        self._texts = texts
        self._localized = localized
        self._plain = {one.text: one for one in vocabulary if not _FIELD.search(one.text)}
        forms = ((form, one) for one in vocabulary for form in (one.text, one.plural) if form)
        patterns = [(form, one) for form, one in forms if _FIELD.search(form)]
        patterns.sort(key=lambda pair: -len(_FIELD.sub("", pair[0])))  # the most specific first
        self._patterns = [(_pattern(form), one) for form, one in patterns]
        self.of = lru_cache(_REMEMBERED)(self._of)

    def translated(self, text: str) -> str:
        """The text in this language; unchanged where it is not wholly of the vocabulary."""
        found = self.of(text)
        return text if found is None else found

    def _of(self, text: str) -> str | None:
        if text in self._plain:
            return self._texts.gettext(text)
        for pattern, one in self._patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                made = self._made(one, found.groupdict())
                if made is not None:
                    return made
        return None

    def _made(self, one: Phrase, values: dict[str, str]) -> str | None:
        filled = {}
        for name, value in values.items():
            known = self._value(name, value)
            if known is None:
                return None
            filled[name] = known
        if one.plural is None:
            return self._texts.gettext(one.text).format(**filled)
        count = int(float(values["n"].replace(",", "")))
        return self._texts.ngettext(one.text, one.plural, count).format(**filled)

    def _value(self, name: str, value: str) -> str | None:
        if name in _NUMBERS:
            return self._localized(value)
        return value if name in _DATA else self.of(value)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    parts = _FIELD.split(form)
    return re.compile("".join(_part(part, n % 2 == 1) for n, part in enumerate(parts)), re.DOTALL)


def _part(text: str, is_field: bool) -> str:  # noqa: FBT001 - one of two kinds
    if not is_field:
        return re.escape(text)
    return f"(?P<{text}>{_NUMBER if text in _NUMBERS else '.+?'})"


def texts_of(vocabulary: Iterable[Phrase]) -> set[str]:
    """The English texts themselves."""
    return {one.text for one in vocabulary}
