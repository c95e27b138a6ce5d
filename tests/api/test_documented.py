"""The examples of docs/api.md run as they stand there."""

import re
from pathlib import Path

import pytest
from PIL import Image

import aesplugin.api
from tests.photos import save

_PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_examples_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AES_CACHE", str(tmp_path / "cache"))
    (tmp_path / "photos").mkdir()
    data = pytest.importorskip("skimage.data")
    for number, photo in enumerate((data.coffee(), data.rocket(), data.chelsea())):
        save(Image.fromarray(photo), tmp_path / "photos" / f"IMG_000{number}.jpg")
    whole = (tmp_path / "photos" / "IMG_0001.jpg").read_bytes()
    (tmp_path / "photos" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    page = _PAGE.read_text()
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(examples) == page.count("```python") >= 4
    names: dict[str, object] = {}
    for example in examples:
        exec(compile(example, str(_PAGE), "exec"), names)
    said = capsys.readouterr().out
    assert "cut.jpg damaged" in said
    assert not list((tmp_path / "photos").glob("*.xmp"))


def test_what_is_named_is_there_and_documented() -> None:
    for name in aesplugin.api.__all__:
        assert getattr(aesplugin.api, name) is not None
    page = _PAGE.read_text()
    for owner in (aesplugin.api.Scorer, aesplugin.api.PhotoCatalog):
        methods = [name for name in vars(owner) if not name.startswith("_") and name != "close"]
        assert methods
        for name in methods:
            assert f"{name}(" in page, name
