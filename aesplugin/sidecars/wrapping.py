"""A packet's bytes as text and back: its encoding, mark and declaration stay as they were."""

import codecs
import re
from dataclasses import dataclass

from aesplugin.errors import SidecarError

_MARKS = (  # the longer ones first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>\s*")
_ENCODING = re.compile(r"""\sencoding\s*=\s*(["'])(.*?)\1""")
# Encodings in which the declaration is ASCII, by Python's names. XMP is Unicode, but readers of
# XML know the others, too.
_LABELS = {
    **{"utf-8": "utf-8", "utf-8-sig": "utf-8"},
    **{"ascii": "ascii", "iso8859-1": "iso8859-1", "cp1252": "cp1252"},
}
# Of text that shows by its bytes that it is not: programs write such a label before UTF-8.
_WIDE = ("utf-16", "utf-32")


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What stands around a packet's XML; `codec` is Python's name of the encoding."""

    codec: str = "utf-8"
    mark: bytes = b""
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>\n'

    def wrap(self, text: str) -> bytes:
        """XML without a declaration as bytes; what the encoding lacks becomes a reference."""
        return self.mark + (self.declaration + text).encode(self.codec, "xmlcharrefreplace")


def unwrap(data: bytes) -> tuple[str, Wrapping]:
    """The XML without its declaration, and what it takes to write it back.

    The bytes tell the encoding first, then the declaration, in whatever spelling.

    Raises:
        SidecarError: the encoding is none we know, or the bytes are not in it.
    """
    mark, codec = next(((m, c) for m, c in _MARKS if data.startswith(m)), (b"", None))
    if codec is None:
        codec = next((c for start, c in _UNMARKED if data.startswith(start)), None)
    codec = codec or _declared(data)
    try:
        text = data[len(mark) :].decode(codec)
    except UnicodeDecodeError as error:
        raise SidecarError(
            f"is damaged (byte {error.start + len(mark)} is not {codec.upper()})"
        ) from None
    found = _DECLARATION.match(text)
    declaration = found[0] if found else ""
    return text[len(declaration) :], Wrapping(codec, mark, declaration)


def _declared(data: bytes) -> str:
    """The encoding of text in which every character of the declaration is one byte."""
    declaration = _DECLARATION.match(data[:1024].decode("latin-1"))
    found = _ENCODING.search(declaration[0]) if declaration else None
    if found is None:
        return "utf-8"
    label = found[2].strip()
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        name = label
    if name.startswith(_WIDE):
        return "utf-8"
    if name not in _LABELS:
        raise SidecarError(f"is in {label}; XMP is UTF-8 or UTF-16")
    return _LABELS[name]
