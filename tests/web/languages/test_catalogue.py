"""Every text of the page is in the catalogue of each language, and translated there."""

import re
from pathlib import Path

import pytest

from aesplugin.web.languages.language import languages
from aesplugin.web.languages.po_file import Message, read_po, translations
from tests.web.languages.translations import catalogues, updated

_CATALOGUES = catalogues()
_BRACES = re.compile(r"\{\w+\}")
_PERCENT = re.compile(r"%\(\w+\)s|%%")
_TAGS = re.compile(r"</?[a-z]+>")


def _messages() -> list[tuple[str, Message]]:
    return [(code, one) for code, path in _CATALOGUES.items() for one in read_po(path)[1:]]


def test_every_language_that_is_offered_has_a_file_and_the_other_way_round() -> None:
    assert set(languages()) - {"en"} == set(_CATALOGUES)


@pytest.mark.parametrize("code", _CATALOGUES)
def test_the_file_has_the_texts_as_they_are_now(code: str) -> None:
    path = _CATALOGUES[code]
    assert path.read_text(encoding="utf-8") == updated(code, path), (
        "run: python -m tests.web.languages.translations, and translate what is new"
    )


def test_every_text_is_translated() -> None:
    missing = [f"{code}: {one.source}" for code, one in _messages() if not one.is_complete]
    assert missing == []


def test_translations_have_the_values_and_the_elements_of_the_text() -> None:
    wrong = []
    for code, one in _messages():
        sources = {one.source, one.plural or one.source}
        for text in one.translations.values():
            is_alike = any(_parts(text) == _parts(source) for source in sources)
            if not is_alike and one.context is None:
                wrong.append(f"{code}: {one.source!r} -> {text!r}")
    assert wrong == []


def _parts(text: str) -> tuple[list[str], ...]:
    return tuple(sorted(form.findall(text)) for form in (_BRACES, _PERCENT, _TAGS))


def test_translations_begin_and_end_as_the_text_does() -> None:
    """Templates put them in the middle of a line: a space or a full stop that is lost shows."""
    wrong = [
        (one.source, text)
        for _, one in _messages()
        for text in one.translations.values()
        if text != text.strip() or '"' in text or one.source.endswith(".") != text.endswith(".")
        if one.context is None
    ]
    assert wrong == []


def test_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "aesplugin.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        '#: web/a.js web/b.html\nmsgid "one "\n"line"\nmsgstr "eine "\n"Zeile"\n\n'
        '#, fuzzy\nmsgid "unsure"\nmsgstr "unsicher"\n\n'
        'msgctxt "date"\nmsgid "a"\nmsgstr "ä"\n\n'
        'msgid "{n} photo"\nmsgid_plural "{n} photos"\n'
        'msgstr[0] "{n} Foto"\nmsgstr[1] "{n} Fotos"\n'
        '\n#~ msgid "gone"\n#~ msgstr "weg"\n',
        encoding="utf-8",
    )
    messages = read_po(file)
    assert messages[1].files == ["web/a.js", "web/b.html"]
    found = translations(messages)
    assert found.gettext("one line") == "eine Zeile"
    assert found.gettext("unsure") == "unsure"  # nobody vouches for it
    assert found.pgettext("date", "a") == "ä"
    forms = [found.ngettext("{n} photo", "{n} photos", n) for n in (1, 2)]
    assert forms == ["{n} Foto", "{n} Fotos"]


def test_a_line_of_no_po_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "aesplugin.po"
    file.write_text('msgid "a"\n<<<<<<< ours\n', encoding="utf-8")
    with pytest.raises(ValueError, match="is not of a"):
        read_po(file)
