"""What a user reads is plain English with the field's terms: no word of our own for a known thing.

A hit is mended by the term that an engineer or photographer would use, never by another spelling.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from aesplugin.cli.main import app
from aesplugin.settings import Settings

_ROOT = Path(__file__).parents[1]

# A pattern (as a whole word, whatever its case) → what to write instead.
BANNED = {
    r"near cop(y|ies)": "near-duplicate",
    r"foretells?|foretold": "predict, predicted",
    r"accus(e|es|ed|ing)": "false positive; reports a flaw on a clean photo",
    r"(that|who|which) looked at it": "scored it, encoded it",
    r"looks? at (photos|pictures) (together|at once)": "processes at once",
    r"(is all|all is) well( here)?": "check this installation",
    r"whose word": "which decision takes precedence",
    r"word (counts|stands)": "the decision takes precedence",
    r"so many (keepers|photos|percent)": "number of photos to keep",
    r"keeps? (much|little)": "lenient, strict",
    r"you ever said|what you said|has said nothing|said nothing of": "ratings",
    r"known already|not done again": "skipped, from earlier runs, unchanged",
    r"close something|take another": "close other programs or choose another",
    r"eyes aside": "eyes not checked",
    r"too close to .* to tell": "about as good as",
    r"\d+ neighbours?": "other frames",
    r"(goes|go|going|went) on (at|from|with|to)": "continue",
    r"to go on": "to continue",
    r"(began|begins?|begin|start(ed)?|made|make|train(ed)?|load(ed)?) anew": "again",
    r"(take|takes|taken|took) (it |this |that one |them )?back": "undo",
    r"(would be|was|were|been) told": "sent, updated",
    r"tells? (what|whether) \w+ is": "says, shows",
    r"(?<!there )(is|are) no (folder|file|photo|number|JSON|CSV|text|scale|catalog|model)": "not a",
    r"no [\w ]+ is named": "unknown",
    r"(is|are) not there": "does not exist",
    r"holds no": "contains no",
    r"for want of": "because there is no",
    r"in spite of its": "despite its",
    r"(drive|disk|folder) (is )?away": "not mounted",
    r"goodbye": "signing off",
    r"(objects?|words?|one|copies|crops?|samples|process|rating) a "
    r"(photo|worker|line|pixel|folder|comment|strength|core|side)": "per",
    r"(job|work|what is) at hand": "current",
    r"told in words": "describe",
}

# Pages held to this list, as globs from the repository's root. Add a page as soon as it passes; the
# aim is README.md, docs/**/*.md and aesplugin/web/templates/*.html.
PAGES = (
    "docs/CONTRIBUTING.md",
    "docs/SECURITY.md",
    "docs/api.md",
    "docs/datasets.md",
    "docs/model-card.md",
    "docs/performance.md",
    "docs/settings.md",
    "docs/hosts/*.md",
    "aesplugin/web/templates/_[d-z]*.html",
    "aesplugin/web/templates/[b-f]*.html",
    "aesplugin/web/templates/gallery.html",
    "aesplugin/web/templates/p[ru]*.html",
)
_NOT_PAGES = ("docs/training-log.md",)  # a diary, and its words are of its days

_DIALECT = [
    (re.compile(rf"\b(?:{found})\b", re.IGNORECASE), better) for found, better in BANNED.items()
]


def _complaints(text: str) -> list[str]:
    """Each banned phrase in `text` with what to write instead."""
    flat = " ".join(text.split())
    found = ((pattern.search(flat), better) for pattern, better in _DIALECT)
    return [
        f"{match.group()!r} (write: {better}) in {flat[max(0, match.start() - 40) :][:120]!r}"
        for match, better in found
        if match
    ]


def _commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command and group with its full name."""
    waiting = [("aesplugin", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        yield name, command  # type: ignore[misc]
        inner = getattr(command, "commands", {})
        waiting += [(f"{name} {one}", inner[one]) for one in inner]


@pytest.mark.parametrize(
    ("name", "command"), list(_commands()), ids=lambda one: str(one).split(" at ")[0]
)
def test_help(name: str, command: typer.core.TyperCommand) -> None:
    texts = [command.help or "", *(getattr(one, "help", None) or "" for one in command.params)]
    assert [line for text in texts for line in _complaints(text)] == [], name


def test_settings() -> None:
    texts = [field.description or "" for field in Settings.model_fields.values()]
    assert [line for text in texts for line in _complaints(text)] == []


_PRINTS = ("debug", "info", "warning", "error", "exception", "say", "say_error", "print")


def _messages(tree: ast.Module) -> Iterator[ast.expr]:
    """What is raised, logged or printed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield node.exc
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in _PRINTS or name.endswith(
                ("Error", "Photo", "Problem", "Damaged", "Missing")
            ):
                yield node


def _texts(expression: ast.expr) -> Iterator[str]:
    """Its literal texts; a value put into one is an ellipsis."""
    within = {
        part
        for node in ast.walk(expression)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(expression):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in within:
            yield node.value


@pytest.mark.parametrize("folder", ["aesplugin", "workers"])
def test_errors_logs_and_output(folder: str) -> None:
    files = sorted((_ROOT / folder).rglob("*.py"))
    assert files
    found = [
        f"{file.relative_to(_ROOT)}: {line}"
        for file in files
        for expression in _messages(ast.parse(file.read_text(encoding="utf-8")))
        for text in _texts(expression)
        for line in _complaints(text)
    ]
    assert found == []


def _pages() -> list[str]:
    paths = (path.relative_to(_ROOT).as_posix() for glob in PAGES for path in _ROOT.glob(glob))
    return sorted(set(paths) - set(_NOT_PAGES))


@pytest.mark.parametrize("page", _pages())
def test_page(page: str) -> None:
    text = (_ROOT / page).read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    assert _complaints(prose) == []


@pytest.mark.parametrize(
    "text",
    ["3 near copies", "ratings are foretold", "clean photos accused", "no model is named 'x'"],
)
def test_a_banned_phrase_is_found(text: str) -> None:
    assert _complaints(text)
