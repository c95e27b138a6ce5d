"""A vision-language model from a folder, chosen on the command line; what is wrong is one line."""

import shutil
import socket
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, make_photo
from tests.models.vlm.tiny import save_adapter, save_idefics3, save_qwen

MODEL_ERROR, USAGE = 5, 2


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_qwen(tmp_path_factory.mktemp("vlm") / "qwen")


@pytest.fixture(scope="module")
def smol(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_idefics3(tmp_path_factory.mktemp("vlm") / "smol")


@pytest.fixture(scope="module")
def adapter(qwen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(qwen, tmp_path_factory.mktemp("lora") / "mine")


def test_it_scores_and_the_answers_are_kept(cli: Cli, photos: Path, qwen: Path) -> None:
    done = cli("score", photos, "--model", f"vlm:{qwen}", "--json")
    assert done.code == 0, done.err
    objects = done.objects()
    assert len({one["score"] for one in objects}) == 3
    assert all(one["model"].startswith("vlm@vlm-qwen-") for one in objects)
    again = cli("score", photos, "--model", f"vlm:{qwen}")
    assert "(3 from earlier runs)" in again.out
    ranked = cli("rank", "--model", f"vlm:{qwen}", "--json").objects()
    assert [one["score"] for one in ranked] == sorted((o["score"] for o in objects), reverse=True)


def test_another_network_or_an_adapter_scores_anew(
    cli: Cli, photos: Path, qwen: Path, adapter: Path
) -> None:
    plain = cli("score", photos, "--model", f"vlm:{qwen}", "--json").objects()
    laid = cli("score", photos, "--model", f"vlm:{qwen}+{adapter}", "--json")
    assert laid.code == 0, laid.err
    before = {one["path"]: one["score"] for one in plain}
    assert {one["path"]: one["score"] for one in laid.objects()} != before
    assert laid.objects()[0]["model"].startswith("vlm@vlm-qwen+mine-")


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (1, 1), (32, 32)])
def test_any_shape_is_scored(cli: Cli, tmp_path: Path, smol: Path, size: tuple[int, int]) -> None:
    make_photo(tmp_path / "odd" / "odd.png", size=size)
    done = cli("score", tmp_path / "odd", "--model", f"vlm:{smol}", "--json")
    assert done.code == 0, done.err
    assert 1 <= done.objects()[0]["score"] <= 10


def test_the_card_is_shown(cli: Cli, qwen: Path) -> None:
    assert str(qwen) in cli("models", "info", f"vlm:{qwen}").out
    assert "vlm:NAME_OR_PATH" in cli("models", "list").out
    assert "is ready" in cli("models", "pull", f"vlm:{qwen}").err


def refused(cli: Cli, photos: Path, model: str, says: str, code: int = MODEL_ERROR) -> None:
    began = time.monotonic()
    done = cli("score", photos, "--model", model)
    assert done.code == code
    assert says in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert time.monotonic() - began < 60


def test_what_is_wrong_is_one_line(
    cli: Cli, photos: Path, tmp_path: Path, qwen: Path, adapter: Path
) -> None:
    smaller = Path(shutil.copytree(adapter, tmp_path / "smaller"))
    (smaller / "adapter_model.safetensors").unlink()
    refused(cli, photos, "vlm", "name the model as", USAGE)
    refused(cli, photos, "vlm:", "name the model as", USAGE)
    refused(cli, photos, f"vlm:{photos}", "contains no model")
    refused(cli, photos, "vlm:/no/such folder", "there is no folder /no/such folder")
    refused(cli, photos, "vlm:no-one/nothing", "aesplugin models pull vlm:no-one/nothing")
    refused(cli, photos, f"vlm:{qwen}+/no/adapter", "there is no folder /no/adapter")
    refused(cli, photos, f"vlm:{qwen}+{photos}", "contains no LoRA adapter")
    refused(cli, photos, f"vlm:{qwen}+{smaller}", "adapter_model.safetensors is missing")


def test_an_adapter_of_another_network_is_refused(
    cli: Cli, photos: Path, smol: Path, adapter: Path
) -> None:
    refused(cli, photos, f"vlm:{smol}+{adapter}", "does not fit")


def test_without_a_network_connection_pull_says_so_in_seconds(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    began = time.monotonic()
    done = cli("models", "pull", "vlm:no-one/nothing")
    assert done.code == MODEL_ERROR
    assert "the hub does not answer" in done.err
    assert time.monotonic() - began < 30
