"""The texts of the page, as they stand in its files; run as a program, it updates the .po files.

``python -m tests.web.languages.translations`` adds what is new with an empty translation, removes
what no file shows any more, and keeps the rest. `test_catalogue` fails until all are translated.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[3]
WEB = ROOT / "aesplugin" / "web"
_OURS = {"phrase": None, "counted_phrase": (1, 2), "t": None, "plural": (1, 2)}
_METHODS = {".py": "python", ".js": "javascript", ".html": "jinja2"}
_DATES = tuple(  # of the head: a file changes only where a text does
    f'"{name}'
    for name in ("Report-", "POT-", "PO-", "Last-", "Language-Team", "Generated-", "Project-")
)
_OPTIONS = {
    "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false", "newstyle": "true",
    "parse_template_string": "true",  # of scripts
}  # fmt: skip


def extracted() -> Catalog:
    """Every text that the page shows, with the files that do."""
    made = Catalog(domain="aesplugin", project="aesplugin", charset="utf-8", fuzzy=False)
    for path in _files():
        method = _METHODS[path.suffix]
        found = extract_from_file(method, path, keywords=DEFAULT_KEYWORDS | _OURS, options=_OPTIONS)
        for _, text, _, context in found:
            place = path.relative_to(ROOT).as_posix()
            made.add(text, locations=[(place, None)], context=context)
    return made


def _files() -> Iterator[Path]:
    for suffix in _METHODS:
        found = (path for path in sorted(WEB.rglob(f"*{suffix}")) if "vendor" not in path.parts)
        yield from found


def catalogues() -> dict[str, Path]:
    """The .po file of each language, by its code."""
    return {path.parts[-3]: path for path in sorted(WEB.glob("locale/*/LC_MESSAGES/*.po"))}


def updated(code: str, path: Path) -> str:
    """What the file should be: its translations for the texts as they are now."""
    with path.open("rb") as opened:
        known = read_po(opened, locale=code, domain="aesplugin")
    known.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    written = io.BytesIO()
    write_po(written, known, width=100, sort_by_file=True, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_DATES))


if __name__ == "__main__":
    for one, file in catalogues().items():
        file.write_text(updated(one, file), encoding="utf-8")
