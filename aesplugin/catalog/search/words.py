"""Text in words, the same for what is searched and for what is typed: IMG_2043 is "img", "2043".

Words end at punctuation, and between letters and digits; IcelandTrip is "iceland", "trip". Case
and accents do not count. Scripts without spaces (Chinese, Japanese, Thai …) and emoji are split
into single characters, so that a part of a name is found as a phrase.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_ACCENTS = range(0x300, 0x370)
_LATIN_AND_GREEK = 0x400  # below it a letter stays the same one without its accents
_POINTS = (range(0x591, 0x5C8), range(0x64B, 0x660), range(0x670, 0x671))  # Hebrew, Arabic
_SPACELESS = (
    range(0xE00, 0xF00),  # Thai, Lao
    range(0x1000, 0x10A0),  # Myanmar
    range(0x1780, 0x1800),  # Khmer
    range(0x3005, 0x3008),
    range(0x3041, 0x3100),  # Hiragana, Katakana
    range(0x31F0, 0x3200),
    range(0x3400, 0xA000),  # Han
    range(0xF900, 0xFB00),
    range(0x20000, 0x3FFFE),
)
_FIRST_PICTOGRAM = 0x2000  # signs below it (°, ©, ¦) part words
_ASCII = re.compile("[A-Za-z]+|[0-9]+")
_ASCII_CAMEL = re.compile("[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SEPARATOR, _LETTER, _DIGIT, _ALONE, _MARK = range(5)


def words_of(text: str, *, camel: bool = True) -> list[str]:
    """The words in order; with `camel` also split where a capital follows a small letter."""
    if text.isascii():  # the same, ten times as fast
        runs = (_ASCII_CAMEL if camel else _ASCII).findall(text)
        return [run.lower() for run in runs]
    return [part for run in _runs(_plain(text)) for part in _split(run, camel=camel)]


def _plain(text: str) -> str:
    """Compatible forms become one (full width, ligatures), digits ASCII; accents go."""
    kept: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFKD", text):
        code = ord(character)
        if code in _ACCENTS and base and ord(base) < _LATIN_AND_GREEK:
            continue
        if any(code in points for points in _POINTS):
            continue
        if not unicodedata.combining(character):
            base = character
        digit = unicodedata.decimal(character, None)
        kept.append(character if digit is None else str(digit))
    return unicodedata.normalize("NFC", "".join(kept))


def _runs(text: str) -> Iterator[str]:
    """Letters, digits, or one character that stands alone; case is kept."""
    run, kind = "", _SEPARATOR
    for character in text:
        found = _kind(character)
        if found == _MARK:
            found = _LETTER if kind == _LETTER else _SEPARATOR
        if found in (_LETTER, _DIGIT) and found == kind:
            run += character
            continue
        if run:
            yield run
        run, kind = ("" if found == _SEPARATOR else character), found
    if run:
        yield run


@lru_cache(maxsize=4096)
def _kind(character: str) -> int:
    code = ord(character)
    if any(code in script for script in _SPACELESS):
        return _ALONE
    if character.isalpha():
        return _LETTER
    if character.isdecimal():
        return _DIGIT
    category = unicodedata.category(character)
    if category == "So" and code >= _FIRST_PICTOGRAM:
        return _ALONE
    return _MARK if category in ("Mn", "Mc") and not 0xFE00 <= code <= 0xFE0F else _SEPARATOR


def _split(run: str, *, camel: bool) -> Iterator[str]:
    start = 0
    for at in range(1, len(run)) if camel else ():
        small_before = run[at - 1].islower() and run[at].isupper()
        last_capital = (
            at + 1 < len(run)
            and run[at - 1].isupper()
            and run[at].isupper()
            and run[at + 1].islower()
        )
        if small_before or last_capital:  # IcelandTrip, HDRImage
            yield run[start:at].casefold()
            start = at
    yield run[start:].casefold()


_IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet",
    "tooth": "teeth", "mouse": "mice", "goose": "geese", "leaf": "leaves", "knife": "knives",
    "wolf": "wolves", "calf": "calves", "half": "halves", "shelf": "shelves", "life": "lives",
}  # fmt: skip
_SINGULAR = {more: one for one, more in _IRREGULAR.items()}
_SIBILANTS = ("s", "x", "z", "ch", "sh")
_SHORTEST = 3


def other_numbers(word: str) -> set[str]:
    """What may be its English plural or singular: "berry" of "berries", "beaches" of "beach"."""
    if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
        return set()
    if word in _IRREGULAR:
        return {_IRREGULAR[word]}
    if word in _SINGULAR:
        return {_SINGULAR[word]}
    found = {f"{word}es" if word.endswith(_SIBILANTS) else f"{word}s"}
    if word.endswith("s") and not word.endswith(("ss", "us")):
        found.clear()  # a plural already
    if word.endswith("y") and word[-2] not in "aeiou":
        found.add(f"{word[:-1]}ies")
    if word.endswith("ies") and len(word) > _SHORTEST + 1:
        found.add(f"{word[:-3]}y")
    if word.endswith("es") and word[:-2].endswith((*_SIBILANTS, "o")):
        found.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORTEST:
        found.add(word[:-1])
    return found
