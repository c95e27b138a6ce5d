import json
import re
from pathlib import Path
from typing import Any

import pytest

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.judge.config import CONFIG, JudgeConfig, config_json, read_config
from aesplugin.models.judge.network import FOLDER
from tests.models.judge import made


def _written(folder: Path, **changes: Any) -> Path:
    path = folder / CONFIG
    path.write_text(json.dumps(json.loads(config_json(made.config())) | changes))
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    config = made.config(words={"tree": 0.5}, effects={"blur": -2.0})
    (tmp_path / CONFIG).write_bytes(config_json(config))
    assert read_config(tmp_path) == config


def test_the_shipped_one_is_whole() -> None:
    if not (FOLDER / CONFIG).is_file():
        pytest.skip("judge: the judge's numbers are not in this checkout")
    config = read_config(FOLDER)
    assert isinstance(config, JudgeConfig)
    assert config.folds >= 2
    assert all(points <= 0 for name, points in config.effects.items() if name in config.flaws)


def test_an_absent_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="cannot be read") as told:
        read_config(tmp_path)
    assert str(tmp_path / CONFIG) in str(told.value) and "\n" not in str(told.value)


def _unlike(name: str, change: Any) -> dict[str, Any]:
    flaws = json.loads(config_json(made.config()))["flaws"]
    return {"flaws": flaws | {name: change}}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"folds": -1}, "folds"),
        ({"folds": "2"}, "folds"),
        ({"votes_share": 1.5}, "votes_share"),
        ({"gain": 0}, "gain"),
        ({"gain": None}, "gain"),
        ({"least_flaw": 2}, "least_flaw"),
        ({"uncertainty": [1.0]}, "uncertainty"),
        ({"words": {"tree": "much"}}, "words.tree"),
        ({"something": 1}, "something"),
        (_unlike("blur", {"slope": 1.0}), "flaws.blur.offset"),
        (_unlike("rain", {"slope": 1.0, "offset": 0.0}), "rain"),
        ({"flaws": {}}, "blocked_shadows"),
    ],
)
def test_what_is_amiss_is_named_in_one_line(
    tmp_path: Path, changes: dict[str, Any], place: str
) -> None:
    path = _written(tmp_path, **changes)
    expected = (
        rf"^{re.escape(str(path))} (is|belongs to) .*{re.escape(place)}.*reinstall aesplugin$"
    )
    with pytest.raises(WeightsDamaged, match=expected) as told:
        read_config(tmp_path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"gain": NaN}'])
def test_what_is_no_configuration_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CONFIG).write_bytes(content)
    with pytest.raises(WeightsDamaged, match=r"judge\.json is damaged") as told:
        read_config(tmp_path)
    assert "\n" not in str(told.value)


def test_a_cut_file_is_one_line(tmp_path: Path) -> None:
    whole = config_json(made.config())
    (tmp_path / CONFIG).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsDamaged, match=r"judge\.json is damaged") as told:
        read_config(tmp_path)
    assert "\n" not in str(told.value)
