"""One language of the page: its texts, and how it writes numbers and dates."""

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from aesplugin.web.languages.phrases import Phrases
from aesplugin.web.languages.po_file import Message, read_po, translations
from aesplugin.web.languages.vocabulary import PHRASES

_LOCALE: Final = Path(__file__).parents[1] / "locale"
_PLURAL_RULE: Final = re.compile(r"plural=([n\d\s()?:%<>=!&|]+);")
_SCRIPTS: Final = "aesplugin/web/static/"


@dataclass(frozen=True, eq=False)  # one object for each language: templates are kept by it
class Language:
    """A language by its code (BCP 47), with its own name for itself; English has no messages."""

    code: str
    name: str
    messages: tuple[Message, ...] = field(default=(), repr=False)

    @cached_property
    def texts(self) -> gettext.NullTranslations:
        """The texts, English ones where a translation is missing."""
        return translations(self.messages) if self.messages else gettext.NullTranslations()

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases(PHRASES, self.texts, self.localized)

    def phrase(self, text: str) -> str:
        """A text that a service composed in English, as far as its phrases are known."""
        return self._phrases.translated(text) if self.messages else text

    def knows(self, text: str) -> bool:
        """Whether a text that a service composed can be shown in this language."""
        return not self.messages or self._phrases.of(text) is not None

    def for_scripts(self) -> dict[str, str | list[str]]:
        """What the page's scripts show, by the English text: all forms where it has a plural."""
        return {
            one.source: list(one.translations.values()) if one.plural else one.translations[0]
            for one in self.messages
            if one.is_complete and any(file.startswith(_SCRIPTS) for file in one.files)
        }

    @property
    def plural_rule(self) -> str:
        """Which form the number ``n`` takes, as an expression of C and of JavaScript."""
        head = self.messages[0].translations[0] if self.messages else ""
        found = _PLURAL_RULE.search(head)
        return found.group(1) if found else "n != 1"

    def number(self, value: int) -> str:
        """With separators for thousands: 12,345."""
        return self.localized(f"{value:,}")

    def decimal(self, value: float, places: int = 1) -> str:
        """With this many decimal places: 6.4."""
        return self.localized(f"{value:.{places}f}")

    def localized(self, number: str) -> str:
        """A number in English notation as this language writes it."""
        point = self.texts.pgettext("decimal separator", ".")
        thousands = self.texts.pgettext("thousands separator", ",")
        return number.translate({ord("."): point, ord(","): thousands})

    def moment(self, value: datetime, *, seconds: bool = False) -> str:
        """Day and time."""
        form = self.texts.pgettext("date and time", "%Y-%m-%d %H:%M")
        return value.strftime(f"{form}:%S" if seconds else form)

    def day(self, value: date) -> str:
        """A day."""
        return value.strftime(self.texts.pgettext("date", "%Y-%m-%d"))


ENGLISH: Final = Language("en", "English")


def _read(code: str, name: str) -> Language:
    return Language(code, name, tuple(read_po(_LOCALE / code / "LC_MESSAGES" / "aesplugin.po")))


def languages() -> dict[str, Language]:
    """The page's languages by their code, in the order in which it offers them."""
    found = (
        ENGLISH,
        _read("de", "Deutsch"),
    )
    return {one.code: one for one in found}


def chosen(known: Mapping[str, Language], cookie: str, accepted: str) -> Language:
    """The language that a cookie names, else the first one known that the browser accepts."""
    if cookie in known:
        return known[cookie]
    wanted = sorted((_accepted(part) for part in accepted.split(",")), key=lambda one: -one[1])
    codes = (tag.partition("-")[0] for tag, quality in wanted if quality > 0)
    return next((known[code] for code in codes if code in known), ENGLISH)


def _accepted(part: str) -> tuple[str, float]:
    """A language tag and its quality, of ``Accept-Language``."""
    tag, _, rest = part.partition(";")
    try:
        quality = float(rest.strip().removeprefix("q=")) if rest else 1.0
    except ValueError:
        quality = 0.0
    return tag.strip().lower(), quality
