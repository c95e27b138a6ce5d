"""What templates call to write in the page's language."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from markupsafe import Markup

from aesplugin.decision import Choice, Decision
from aesplugin.services.files.unchanged import GONE
from aesplugin.web.languages.language import Language


class PageTexts:
    """Filters and functions of one language."""

    def __init__(self, language: Language) -> None:
        self._language, self._texts = language, language.texts

    @property
    def filters(self) -> dict[str, Callable[..., Any]]:
        """By the names that templates use."""
        return {
            "phrase": self._language.phrase,
            "number": self._language.number,
            "decimal": self._language.decimal,
            "localized": self._language.localized,
            "moment": self.moment,
            "begun": begun,
            "foreign": self.foreign,
            "said": self.said,
            "sign": self.sign,
        }

    @property
    def functions(self) -> dict[str, Callable[..., Any]]:
        """By the names that templates use."""
        return {"how_many": self.how_many, "picks_and_rejects": self.picks_and_rejects}

    def moment(self, value: datetime) -> str:
        """Day and time."""
        return self._language.moment(value)

    def foreign(self, text: str) -> Markup:
        """The attribute that an element with a text needs whose phrase stays in English."""
        return Markup("" if self._language.knows(text) else ' lang="en"')

    def said(self, decision: Decision | None) -> str:
        """A person's decision about a photo, to be read after its name; empty where none is."""
        if decision is None:
            return ""
        gettext, ngettext, parts = self._texts.gettext, self._texts.ngettext, []
        if decision.choice is not Choice.NONE:
            is_pick = decision.choice is Choice.PICK
            parts.append(gettext("picked") if is_pick else gettext("rejected"))
        if decision.stars:
            parts.append(ngettext("{n} star", "{n} stars", decision.stars).format(n=decision.stars))
        if decision.favorite:
            parts.append(gettext("favourite"))
        return "".join(f", {part}" for part in parts)

    def sign(self, doubt: str) -> str:
        """The sign on a photo whose file is not as it was."""
        gettext = self._texts.gettext
        return gettext("file gone") if GONE in doubt else gettext("file changed")

    def how_many(self, total: int, among: int | None, *, photos: bool) -> str:
        """How many photos or pictures match, of all among which a search looked."""
        ngettext, count = self._texts.ngettext, total if among is None else among
        if among is None and photos:
            text = ngettext("%(total)s photo", "%(total)s photos", count)
        elif among is None:
            text = ngettext("%(total)s picture", "%(total)s pictures", count)
        elif photos:
            text = ngettext("%(total)s of %(among)s photo", "%(total)s of %(among)s photos", count)
        else:
            text = ngettext(
                "%(total)s of %(among)s picture", "%(total)s of %(among)s pictures", count
            )
        number = self._language.number
        return text % {"total": number(total), "among": number(among or 0)}

    def picks_and_rejects(self, picks: int, rejects: int) -> str:
        """How many proposals of each kind a button accepts; scripts write it again."""
        ngettext, number = self._texts.ngettext, self._language.number
        one = ngettext("{n} pick", "{n} picks", picks).format(n=number(picks))
        more = ngettext("{n} reject", "{n} rejects", rejects).format(n=number(rejects))
        return self._texts.gettext("{one} and {more}").format(one=one, more=more)


def begun(text: str) -> str:
    """The text as a sentence or heading begins; its other letters stay as they are."""
    return text[:1].upper() + text[1:]
