"""What `vlm:NAME_OR_PATH[+ADAPTER]` names, and what is said where it cannot be found."""

import socket
import time
from pathlib import Path

import pytest

from aesplugin import registry
from aesplugin.errors import UsageError, WeightsMissing
from aesplugin.models.vlm.card import Source, card_of, fetch, folder_of, read_card


def test_a_network_and_an_adapter() -> None:
    assert Source.parse("owner/name") == Source("owner/name")
    assert Source.parse("owner/name+my/adapter") == Source("owner/name", "my/adapter")
    assert Source.parse("C:\\models\\a+b") == Source("C:\\models\\a", "b")


def test_a_folder_may_hold_a_plus_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "a+b"
    folder.mkdir()
    assert Source.parse(str(folder)) == Source(str(folder))
    assert Source.parse(f"{folder}+c") == Source(str(folder), "c")


@pytest.mark.parametrize("given", ["", "+", "+adapter", "name+"])
def test_nothing_named(given: str) -> None:
    with pytest.raises(UsageError, match="as vlm:NAME_OR_PATH"):
        Source.parse(given)


def test_what_is_not_here_is_named_with_the_way_out() -> None:
    with pytest.raises(WeightsMissing, match="there is no folder /no/such folder"):
        folder_of("/no/such folder")
    with pytest.raises(WeightsMissing, match="aesplugin models pull vlm:no-one/nothing"):
        folder_of("no-one/nothing")


def test_without_network_it_says_so_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    began = time.monotonic()
    with pytest.raises(WeightsMissing, match="the hub does not answer: copy the model"):
        fetch(Source("no-one/nothing"), lambda what, done: None)
    assert time.monotonic() - began < 30


def test_folders_need_no_fetching(folders: dict[str, Path]) -> None:
    said: list[str] = []
    fetch(Source(str(folders["qwen"])), lambda what, done: said.append(what))
    assert said == []


def test_the_revision_follows_the_files(folders: dict[str, Path], tmp_path: Path) -> None:
    one = card_of(str(folders["qwen"]))
    assert one.revision == card_of(str(folders["qwen"])).revision
    assert one.revision != card_of(str(folders["idefics3"])).revision
    copy = tmp_path / "qwen"
    copy.mkdir()
    for path in folders["qwen"].iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    assert card_of(str(copy)).revision == one.revision  # the same on another machine
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert card_of(str(copy)).revision != one.revision


def test_the_registry_binds_the_name(folders: dict[str, Path]) -> None:
    assert registry.model(f"vlm:{folders['qwen']}").card == card_of(str(folders["qwen"]))
    assert registry.model("vlm").card == read_card()
