"""Texts of one language, read from the .po file itself: nothing compiled can be older than it."""

import ast
import gettext
import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CONTEXT_END = "\x04"  # between a text's context and the text, as GNU gettext has it
_PLURAL_END = "\0"  # between the forms of a text
_MAGIC = 0x950412DE  # the first word of a compiled file


@dataclass(slots=True)
class Message:
    """One text: `source` in English, with its plural where it has one, and the translations.

    `files` are those that show it, relative to the repository's root.
    """

    context: str | None = None
    source: str = ""
    plural: str | None = None
    translations: dict[int, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    is_fuzzy: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether each form has a translation that somebody vouches for."""
        return not self.is_fuzzy and bool(self.translations) and all(self.translations.values())


def read_po(path: Path) -> list[Message]:
    """All messages of a file, the header (an empty source) first; obsolete ones are left out.

    Raises:
        ValueError: a line is none of a .po file.
    """
    text = path.read_text(encoding="utf-8")
    blocks = (block.splitlines() for block in text.split("\n\n"))
    found = (_message(lines, path) for lines in blocks)
    return [message for message in found if message is not None]


def _message(lines: Iterable[str], path: Path) -> Message | None:
    made, keyword = Message(), ""
    for line in filter(None, map(str.strip, lines)):
        if line.startswith("#"):
            made.is_fuzzy |= line.startswith("#,") and "fuzzy" in line
            made.files += line[2:].split() if line.startswith("#:") else []
            continue
        if not line.startswith('"'):
            keyword, _, line = line.partition(" ")
        if not line.startswith('"'):
            raise ValueError(f"{path} has a line that is not of a .po file: {line!r}")
        _add(made, keyword, ast.literal_eval(line))
    return made if keyword else None


def _add(message: Message, keyword: str, text: str) -> None:
    """Goes on with the field that a keyword names."""
    if keyword == "msgctxt":
        message.context = (message.context or "") + text
    elif keyword == "msgid":
        message.source += text
    elif keyword == "msgid_plural":
        message.plural = (message.plural or "") + text
    elif keyword.startswith("msgstr"):
        form = int(keyword.removeprefix("msgstr").strip("[]") or 0)
        message.translations[form] = message.translations.get(form, "") + text
    else:
        raise ValueError(f"{keyword!r} is not a keyword of a .po file")


def translations(messages: Iterable[Message]) -> gettext.GNUTranslations:
    """The messages for the standard library, which reads the compiled form; fuzzy ones left out."""
    pairs = sorted(_pairs(messages))
    table = 7 * 4  # bytes of the head
    sources, targets = table, table + 8 * len(pairs)
    at = table + 16 * len(pairs)
    index: dict[bool, list[int]] = {False: [], True: []}
    texts = b""
    for is_target in (False, True):
        for pair in pairs:
            index[is_target] += [len(pair[is_target]), at + len(texts)]
            texts += pair[is_target] + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, len(pairs), sources, targets, 0, at)
    tables = struct.pack(f"<{4 * len(pairs)}I", *index[False], *index[True])
    return gettext.GNUTranslations(io.BytesIO(head + tables + texts))


def _pairs(messages: Iterable[Message]) -> Iterator[tuple[bytes, bytes]]:
    for message in messages:
        if not message.is_complete:
            continue
        source = message.source if message.plural is None else _both(message)
        if message.context is not None:
            source = message.context + _CONTEXT_END + source
        forms = [message.translations[form] for form in sorted(message.translations)]
        yield source.encode(), _PLURAL_END.join(forms).encode()


def _both(message: Message) -> str:
    return f"{message.source}{_PLURAL_END}{message.plural}"
