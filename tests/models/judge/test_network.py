import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.embedded.features import Numbers
from aesplugin.models.judge.config import BY_FOLD, CONFIG, DAMAGE, SCORE, TARGETS, config_json
from aesplugin.models.judge.features import Blocks, block_widths
from aesplugin.models.judge.network import FOLDER, WEIGHTS, Judge, load_judge
from tests.models.judge import made

_FOLDS = 2
_COLUMNS = len(TARGETS) + len(BY_FOLD) * _FOLDS
_SIZES = {name: (width, 1) for name, width in block_widths().items()}


def _blocks(photos: int = 1) -> Blocks:
    return {name: made.zeros(photos, width) for name, width in block_widths().items()}


def _judge(outputs: dict[int, float], votes: list[float], **changes: object) -> Judge:
    """One that finds `outputs` by column in every photo, and votes of all and of each fold."""
    heads, head = made.heads(_SIZES, support=1, targets=_COLUMNS), made.vote_head(_FOLDS)
    for column, value in outputs.items():
        heads.offsets[column] = value
    head.bias = np.array(votes, np.float32)
    return Judge(heads, head, made.config(**changes))


def _column(name: str, fold: int | None = None) -> int:
    if fold is None:
        return TARGETS.index(name)
    return len(TARGETS) + len(BY_FOLD) * fold + BY_FOLD.index(name)


def test_labels_votes_and_damage_make_the_score() -> None:
    found = _judge(
        {_column(SCORE): 6.0, _column(DAMAGE): 1.5}, [8.0, 0, 0], votes_share=0.25
    ).judge(_blocks(3))
    np.testing.assert_allclose(found.score, [6.5 - 1.0] * 3, rtol=1e-6)
    assert found.targets.shape == (3, len(TARGETS))


def test_estimates_are_given_the_spread_of_labels() -> None:
    found = _judge({_column(SCORE): 6.0}, [0.0] * 3, gain=2.0).judge(_blocks())
    assert found.score.item() == pytest.approx(7.0)


@pytest.mark.parametrize(("estimate", "score"), [(99.0, 9.7), (9.71, 9.7), (-99.0, 1.0)])
def test_no_photo_is_beyond_every_other(estimate: float, score: float) -> None:
    columns = {_column(SCORE): estimate, _column(SCORE, 1): estimate}
    found = _judge(columns, [0.0] * 3).judge(_blocks())
    assert found.score.item() == pytest.approx(score)
    assert found.folds[0, 1].item() == pytest.approx(score)


def test_each_fold_has_a_score_of_its_own() -> None:
    columns = {_column(SCORE, 0): 3.0, _column(SCORE, 1): 6.0, _column(DAMAGE, 1): 2.5}
    found = _judge(columns, [9.0, 5.0, 8.0], votes_share=0.5).judge(_blocks(2))
    np.testing.assert_allclose(found.folds, [[4.0, 5.0]] * 2, rtol=1e-6)


def test_uncertainty_falls_with_likeness_and_is_never_nothing() -> None:
    known = _judge({}, [0.0] * 3).judge(_blocks())  # at the one support row: likeness 1
    assert known.uncertainty.item() == pytest.approx(0.5)
    sure = _judge({}, [0.0] * 3, uncertainty=(0.2, -9.0)).judge(_blocks())
    assert sure.uncertainty.item() == pytest.approx(0.1)


def _state() -> dict[str, Numbers]:
    judge = _judge({_column(SCORE): 6.0}, [0.0] * 3)
    state = {f"heads.{name}": value for name, value in judge.heads.state().items()}
    return state | {"votes.weight": judge.votes.weight, "votes.bias": judge.votes.bias}


def _written(folder: Path, state: dict[str, Numbers]) -> Path:
    (folder / CONFIG).write_bytes(config_json(made.config()))
    save_file(
        {name: np.ascontiguousarray(value) for name, value in state.items()}, folder / WEIGHTS
    )
    return folder / WEIGHTS


def test_what_was_stored_judges(tmp_path: Path) -> None:
    _written(tmp_path, {name: value.astype(np.float16) for name, value in _state().items()})
    judge = load_judge(tmp_path)
    assert list(judge.heads.projections) == list(block_widths())
    assert judge.judge(_blocks()).score.item() == pytest.approx(6.0)


def test_the_shipped_judge_loads() -> None:
    if not (FOLDER / WEIGHTS).is_file():
        pytest.skip("judge: the judge's weights are not in this checkout")
    judge = load_judge()
    assert judge.judge(_blocks(2)).folds.shape == (2, judge.config.folds)


def test_absent_weights_are_one_line(tmp_path: Path) -> None:
    (tmp_path / CONFIG).write_bytes(config_json(made.config()))
    with pytest.raises(WeightsMissing, match=r"judge\.safetensors is missing: reinstall") as told:
        load_judge(tmp_path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [b"", b"no weights", b"\0" * 64])
def test_what_is_no_weights_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CONFIG).write_bytes(config_json(made.config()))
    (tmp_path / WEIGHTS).write_bytes(content)
    _require_named(tmp_path / WEIGHTS)


def test_a_cut_file_is_one_line(tmp_path: Path) -> None:
    path = _written(tmp_path, _state())
    path.write_bytes(path.read_bytes()[:-1000])
    _require_named(path)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("heads.offsets", None),
        ("heads.duals.values", None),
        ("heads.duals.where", None),
        ("heads.duals.values", made.zeros(3)),
        ("votes.bias", None),
        ("heads.projections.layout.mean", made.zeros(5)),
        ("heads.projections.rain.components", made.zeros(5, 1)),
        ("heads.support", made.zeros(2, 5)),
        ("heads.duals", made.zeros(1, _COLUMNS - 1)),
        ("heads.duals", made.zeros(1, _COLUMNS) + np.nan),
        ("votes.weight", made.zeros(1 + _FOLDS, 3)),
        ("votes.bias", made.zeros(1 + _FOLDS) + np.inf),
    ],
)
def test_another_judge_is_one_line(tmp_path: Path, name: str, change: Numbers | None) -> None:
    state = _state()
    if change is None:
        del state[name]
    elif name == "heads.duals":
        state["heads.duals.values"] = change[change != 0]
        state["heads.duals.where"] = np.packbits(change != 0)
        state["heads.offsets"] = made.zeros(change.shape[1])
    else:
        state[name] = change
    _require_named(_written(tmp_path, state))


def _require_named(path: Path) -> None:
    expected = rf"^{re.escape(str(path))} is not a judge of this release \(.+\)$"
    with pytest.raises(WeightsDamaged, match=expected) as told:
        load_judge(path.parent)
    assert "\n" not in str(told.value)
