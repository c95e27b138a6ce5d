from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aesplugin.models.calm.model import CalmForConditionalGeneration
from tests.models.calm.small import small_config


@pytest.fixture(scope="session")
def small_calm(tmp_path_factory: pytest.TempPathFactory) -> CalmForConditionalGeneration:
    torch.manual_seed(0)
    folder: Path = tmp_path_factory.mktemp("small-calm")
    return CalmForConditionalGeneration(small_config(folder)).eval()


@pytest.fixture(scope="session")
def saved_calm(
    small_calm: CalmForConditionalGeneration, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("saved-calm")
    small_calm.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def saved_tower_calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a model with a foreign tower: no judge learnt from that, so its own heads answer."""
    torch.manual_seed(0)
    config = small_config(tmp_path_factory.mktemp("small-tower-calm"), vit=True)
    folder = tmp_path_factory.mktemp("saved-tower-calm")
    CalmForConditionalGeneration(config).eval().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def photos() -> list[Image.Image]:
    rng = np.random.default_rng(0)
    coarse = [rng.integers(0, 255, (9, 12, 3), np.uint8) for _ in range(3)]
    sizes = [(320, 240), (240, 320), (400, 267)]
    return [
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
        for pixels, size in zip(coarse, sizes, strict=True)
    ]
