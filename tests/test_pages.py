"""The documentation's links and the files it names exist; the glossary is in order."""

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_PAGES = [
    _ROOT / "README.md",
    *(page for page in sorted((_ROOT / "docs").rglob("*.md")) if page.name != "training-log.md"),
]
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
_FILE = re.compile(r"`((?:aesplugin|workers|migrations|tests|docs|services)/[\w/.-]+)`")
_MODULE = re.compile(r"(?<![\w/.])aesplugin(?:\.[a-z_]+)+(?!\w)")
_NOT_MODULES = ("aesplugin.org", "aesplugin.toml", "aesplugin.lrplugin")


def _anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def _is_module(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    tries = [_ROOT.joinpath(*parts[:count]) for count in (len(parts), len(parts) - 1)]
    return any(path.is_dir() or path.with_suffix(".py").is_file() for path in tries)


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for place, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), place
        assert not anchor or anchor in _anchors(target), f"{place}#{anchor}"


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_files_and_modules_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    roots = (_ROOT, _ROOT / "aesplugin")
    files = [name for name in _FILE.findall(text) if not any((r / name).exists() for r in roots)]
    names = [name for name in _MODULE.findall(text) if name not in _NOT_MODULES]
    assert files + [name for name in names if not _is_module(name)] == []


def test_the_glossary_is_in_alphabetical_order() -> None:
    text = (_ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| \*\*(.*?)\*\*", text, re.MULTILINE)
    assert terms == sorted(terms, key=str.lower) and len(terms) == len(set(terms))
