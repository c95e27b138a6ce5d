"""Names, what stands behind them, and cards without networks."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aesplugin import registry
from aesplugin.errors import UsageError
from tests.plugged_in import installed

Load = Callable[[str], object]
_LOADERS: dict[str, Load] = {
    "models": registry.model,
    "sidecars": registry.sidecar_format,
    "libraries": registry.library,
}
_BASES = {
    "models": "aesplugin.models.base.ModelBackend",
    "sidecars": "aesplugin.sidecars.base.SidecarFormat",
    "libraries": "aesplugin.libraries.base.Library",
}
_MODEL = """
from aesplugin.models.base import ModelBackend, ModelCard

class Mine(ModelBackend):
    card = ModelCard(name="mine", revision="1", summary="", license="none")

    def load(self, **how):
        raise AssertionError("nobody asked for the network")
"""


def _plug_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, kind: str, of: str = "Mine"
) -> None:
    name = f"plugged_{tmp_path.name}".replace("-", "_")  # imported once a process
    installed(tmp_path, name, source, **{kind: f"mine = {name}:{of}"})
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.parametrize("kind", _LOADERS)
def test_an_unknown_name_is_called_what_it_is_and_lists_the_known_ones(kind: str) -> None:
    known = ", ".join(registry.names(kind))
    with pytest.raises(UsageError, match=r"^unknown (model|sidecar format|library) 'x'") as no:
        _LOADERS[kind]("x")
    assert str(no.value).endswith(f"known: {known}")


def test_cards_are_read_and_names_listed_without_torch_and_networks() -> None:
    code = (
        "import sys; from aesplugin import registry\n"
        "for name in registry.names('models'): registry.model(name).card\n"
        "heavy = {'torch', 'transformers', 'numpy', 'onnxruntime'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""


def test_a_built_in_model_does_not_look_for_packages() -> None:
    code = (
        "import sys; before = set(sys.modules); from aesplugin import registry\n"
        "registry.model('fake').card\n"
        "sys.exit('importlib.metadata' in set(sys.modules) - before)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_plugged_in_model_is_listed_and_known_by_its_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plug_in(tmp_path, monkeypatch, _MODEL, "models")
    assert "mine" in registry.names("models")
    assert registry.model("mine").card.revision == "1"
    with pytest.raises(UsageError, match="'mine' takes no argument"):
        registry.model("mine:given")


def test_what_stands_after_the_colon_reaches_a_model_that_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plug_in(tmp_path, monkeypatch, _MODEL + "    takes_name = True\n", "models")
    assert registry.model("mine:C:/a+b:c").given == "C:/a+b:c"
    assert registry.model("mine:").given == registry.model("mine").given == ""


@pytest.mark.parametrize("name", ["embedded:x", "embedded:", "fake:x"])
def test_other_models_take_no_name(name: str) -> None:
    with pytest.raises(UsageError, match="takes no argument"):
        registry.model(name)


@pytest.mark.parametrize("kind", _LOADERS)
@pytest.mark.parametrize(
    "source",
    [
        # as it was before there were base classes
        "class Mine:\n    card = suffix = title = 'x'\n    def __init__(self, **how): pass\n",
        "Mine = 'a word'\n",
        "def Mine(): pass\n",
    ],
)
def test_what_does_not_derive_from_the_base_class_is_told_of_it(
    kind: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plug_in(tmp_path, monkeypatch, source, kind)
    line = rf"'mine' of plugged_\w+:Mine \(package plugged_.*does not derive from {_BASES[kind]}"
    with pytest.raises(UsageError, match=line):
        _LOADERS[kind]("mine")


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [
        ("models", "card, load"),
        ("sidecars", "merge, suffix"),
        ("libraries", "check, connect, find, title"),
    ],
)
def test_what_a_part_lacks_is_named(
    kind: str, lacking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, _, base = _BASES[kind].rpartition(".")
    source = f"from {module} import {base}\nclass Mine({base}): pass\n"
    _plug_in(tmp_path, monkeypatch, source, kind)
    with pytest.raises(UsageError, match=rf"lacks {lacking} \(docs/adding\.md\)"):
        _LOADERS[kind]("mine")


@pytest.mark.parametrize("kind", _LOADERS)
@pytest.mark.parametrize(
    ("source", "of", "reason"),
    [
        ("import not_there\n", "Mine", "ModuleNotFoundError: No module named 'not_there'"),
        ("class Mine(:\n", "Mine", "SyntaxError: "),
        ("Mine = undefined\n", "Mine", "NameError: "),
        ("raise RuntimeError('two\\nlines')\n", "Mine", "RuntimeError: two lines"),
        ("open('/not/there')\n", "Mine", "FileNotFoundError: "),
        ("", "Other", "AttributeError: "),
    ],
)
def test_a_package_that_cannot_be_loaded_is_one_line(
    kind: str, source: str, of: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plug_in(tmp_path, monkeypatch, source, kind, of)
    assert "mine" in registry.names(kind)
    with pytest.raises(UsageError, match="cannot be loaded") as told:
        _LOADERS[kind]("mine")
    assert f"({reason}" in str(told.value) and "\n" not in str(told.value)
    assert str(told.value).endswith("update or remove the package")
