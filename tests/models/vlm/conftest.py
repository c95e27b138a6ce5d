from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from tests.models.vlm.tiny import save_adapter, save_idefics3, save_qwen, save_smolvlm

KINDS: dict[str, Callable[[Path], Path]] = {
    "qwen": save_qwen,
    "idefics3": save_idefics3,
    "smolvlm": save_smolvlm,
}


@pytest.fixture(scope="package", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small only wait for each other on several."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A saved network of each kind. Nothing may be written into them."""
    root = tmp_path_factory.mktemp("vlm")
    return {name: save(root / name) for name, save in KINDS.items()}


@pytest.fixture(scope="package")
def adapter(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter of the tiny Qwen."""
    return save_adapter(folders["qwen"], tmp_path_factory.mktemp("lora") / "adapter")
