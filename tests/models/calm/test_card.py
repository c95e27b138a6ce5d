"""The revision under which answers are stored follows all that they depend on."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from aesplugin import registry
from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.calm.assess import CalmModel
from aesplugin.models.calm.calibration import CALIBRATION
from aesplugin.models.calm.card import MINI, WEIGHTS, read_card
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.settings import load_settings


@pytest.fixture
def folder(saved_calm: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved_calm, tmp_path / "calm"))


def _config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def _calibrate(folder: Path, read_out: str) -> None:
    given = {**json.loads((MINI / CALIBRATION).read_text()), "read_out": read_out}
    (folder / CALIBRATION).write_text(json.dumps(given))


def _without_notes(folder: Path) -> None:
    """The weights as they were saved before the configuration's hash was noted in them."""
    save_file(load_file(folder / WEIGHTS), folder / WEIGHTS, metadata={"format": "pt"})


def test_another_shape_is_another_model_and_the_weights_refuse_it(folder: Path) -> None:
    before = read_card(folder).revision
    _config(folder, heads=4)  # every tensor's shape stays the same
    assert read_card(folder).revision != before
    wanted = (
        r"calm/config\.json is not the one these weights were trained with: copy the whole model"
    )
    with pytest.raises(WeightsDamaged, match=wanted) as told:
        CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
    assert "\n" not in str(told.value)


def test_the_shipped_model_altered_is_not_the_shipped_model(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINI, tmp_path / "mini"))
    assert read_card(folder).revision == read_card().revision
    _config(folder, heads=6)
    assert read_card(folder).revision != read_card().revision


def test_weights_without_the_note_are_loaded_unasked(folder: Path) -> None:
    _without_notes(folder)
    _config(folder, heads=4)
    assert CalmForConditionalGeneration.from_pretrained(folder, speaks=False).config.heads == 4


def test_saving_again_notes_the_configuration(folder: Path) -> None:
    _without_notes(folder)
    CalmForConditionalGeneration.from_pretrained(folder).save_pretrained(folder)
    with safe_open(folder / WEIGHTS, framework="pt") as stored:
        assert len(stored.metadata()["shape"]) == 64
    assert CalmForConditionalGeneration.from_pretrained(folder, speaks=False).config.heads == 2


def test_the_same_model_saved_again_is_the_same(
    small_calm: CalmForConditionalGeneration, folder: Path
) -> None:
    found = set()
    for _ in range(8):
        small_calm.save_pretrained(folder)
        found.add(read_card(folder).revision)
    assert len(found) == 1


def test_how_the_configuration_is_written_does_not_matter(folder: Path) -> None:
    before, path = read_card(folder).revision, folder / "config.json"
    given = json.loads(path.read_text())
    given |= {"dropout": 0.3, "transformers_version": "9.9.9"}
    path.write_text(json.dumps(dict(reversed(given.items())), indent=7))
    assert read_card(folder).revision == before
    assert CalmForConditionalGeneration.from_pretrained(folder, speaks=False)


def test_a_frozen_parts_folder_may_move_but_is_told_in_the_revision(folder: Path) -> None:
    before, language = read_card(folder).revision, json.loads((folder / "config.json").read_text())
    _config(folder, language={**language["language"], "name": "/elsewhere"})
    assert read_card(folder).revision != before
    assert CalmForConditionalGeneration.from_pretrained(folder, speaks=False)


def test_the_calibrated_read_out_is_named_before_and_after_loading(folder: Path) -> None:
    _calibrate(folder, "levels")
    named = f"mini:{folder}"
    backend = registry.model(named)
    assert backend.card.revision.endswith("-levels")
    cache = load_settings().cache
    loaded = backend.load(device="cpu", threads=0, cache=cache, comments=False)
    assert loaded.card == backend.card
    chosen = CalmModel(device="cpu", folder=folder, comments=False, read_out="regression")
    assert chosen.card.revision.endswith("-regression")


def test_a_card_that_cannot_be_read_names_its_file(folder: Path) -> None:
    (folder / CALIBRATION).write_text("{}")
    with pytest.raises(WeightsDamaged, match=r"calibration\.json is not a calibration"):
        read_card(folder)
    (folder / CALIBRATION).unlink()
    (folder / "config.json").write_text("{")
    with pytest.raises(WeightsDamaged, match=r"config\.json is not JSON"):
        read_card(folder)
    (folder / "config.json").unlink()
    with pytest.raises(WeightsMissing, match="contains no CALM model"):
        read_card(folder)
