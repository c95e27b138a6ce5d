from pathlib import Path

import pytest
from tqdm.auto import tqdm
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

from aesplugin.models.runtime import quiet_bars, quiet_conversion
from tests.models.calm.small import TINY_LLAMA


def _save_and_load(folder: Path) -> None:
    given = dict(TINY_LLAMA)
    config = AutoConfig.for_model(given.pop("model_type"), **given)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    AutoModelForCausalLM.from_pretrained(folder)


def test_saving_and_loading_draw_no_bars(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.enable_progress_bar()
    _save_and_load(tmp_path / "loud")
    assert "Loading weights" in capfd.readouterr().err  # what is to be silenced is there
    with quiet_bars():
        _save_and_load(tmp_path / "quiet")
    assert capfd.readouterr().err == ""
    assert logging.is_progress_bar_enabled()


def test_a_conversion_is_silent_too(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_conversion():
        for _ in tqdm(range(3), desc="Converting and de-quantizing GGUF tensors..."):
            pass
    assert capfd.readouterr().err == ""
