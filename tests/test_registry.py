"""Names, what stands behind them, and cards without networks."""

import subprocess
import sys
from pathlib import Path

import pytest

from aesplugin import registry
from aesplugin.errors import UsageError


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="fake"):
        registry.load("models", "nonesuch")


@pytest.mark.parametrize("kind", ["models", "sidecars", "libraries"])
def test_what_is_unknown_is_called_by_its_name(kind: str) -> None:
    with pytest.raises(UsageError, match=r"^no (model|sidecar format|library) is named 'x'"):
        registry.load(kind, "x")


def test_a_card_is_read_without_torch() -> None:
    code = (
        "import sys; from aesplugin import registry\n"
        "for name in registry.names('models'): registry.model_card(name)\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_plugged_in_model_in_a_single_module_has_its_card_on_the_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugged.py").write_text("class Model:\n    card = 'the card'\n")
    info = tmp_path / "plugged-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[aesplugin.models]\nmine = plugged:Model\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert registry.model_card("mine") == "the card"
    assert "mine" in registry.names("models")
