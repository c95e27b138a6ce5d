"""What the README says works with what it has installed, and says beforehand what it needs."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest

from aesplugin.errors import WeightsMissing
from aesplugin.models.language_weights import pull_language

ROOT = Path(__file__).parent.parent.parent
# What only who trains, measures, or keeps the catalog on a server imports; samples are an extra.
LEFT_OUT = ("training", "evaluation", "samples.py", "evaluations")
NAMES = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def plain(requirement: str) -> str:
    """The package's name in one spelling."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement.strip())[0]).lower()


def installed_with(names: list[str]) -> set[str]:
    """These packages and all that come with them, extras left out."""
    found: set[str] = set()
    waiting = [plain(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            needed = requires(name) or []
        except PackageNotFoundError:  # for another system
            continue
        waiting += [plain(one) for one in needed if "extra ==" not in one]
    return found


def imported() -> Iterator[tuple[str, Path]]:
    """The top modules that our own code imports from elsewhere."""
    for file in [*(ROOT / "aesplugin").rglob("*.py"), *(ROOT / "workers").rglob("*.py")]:
        if set(LEFT_OUT) & set(file.relative_to(ROOT).parts):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from ((alias.name.split(".")[0], file) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0], file


def test_whatever_a_photographer_uses_is_installed_with_the_package() -> None:
    come = installed_with(NAMES["dependencies"])
    owners = packages_distributions()
    lacking = {
        (module, str(file.relative_to(ROOT)))
        for module, file in imported()
        if module not in sys.stdlib_module_names and module not in ("aesplugin", "workers")
        if not {plain(owner) for owner in owners.get(module, [])} & come
    }
    assert lacking == set()
    # What other libraries ask for only when they are used so: forms of the page, GGUF of mini.
    assert {"python-multipart", "gguf", "accelerate"} <= come


def test_the_extras_that_are_named_are_there() -> None:
    text = "".join(
        file.read_text() for file in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    )
    code = "".join(file.read_text() for file in (ROOT / "aesplugin").rglob("*.py"))
    named = set(re.findall(r"aesplugin\[(\w+)\]", text + code))
    named |= set(re.findall(r"-e '\.\[(\w+)\]'", text))
    assert named and named <= set(NAMES["optional-dependencies"])


def test_what_mini_lacks_is_said_before_anything_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)  # as if it were not installed
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    said: list[str] = []
    with pytest.raises(WeightsMissing, match=r"pip install gguf$"):
        pull_language(tmp_path / "cache", lambda what, _: said.append(what))
    assert not any("download" in line for line in said)
