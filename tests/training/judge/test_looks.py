import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aesplugin.assessment import NOT_PHOTOS, SYNTHETIC_FLAWS
from aesplugin.errors import DataError
from aesplugin.models.judge.features import block_widths
from aesplugin.training.judge.looks import Look, Task, looks, non_photo_looks
from tests.training.world import photo


def _task(root: Path, *, copies: int = 2, seed: int = 0) -> Task:
    return Task(photo=root / "photo.jpg", copies=copies, seed=seed, cache=root / "cache")


def _of(task: Task) -> list[Look]:
    (found,) = looks([task], workers=1)
    assert not isinstance(found, DataError)
    return found


def _same(one: list[Look], other: list[Look]) -> bool:
    return all(
        a.copy == b.copy
        and all(np.array_equal(a.blocks[name], b.blocks[name]) for name in a.blocks)
        for a, b in zip(one, other, strict=True)
    )


def test_a_photo_is_looked_at_once_with_its_copies(tmp_path: Path) -> None:
    photo(tmp_path / "photo.jpg", 0)
    task = _task(tmp_path)
    first = _of(task)
    assert [look.copy is None for look in first] == [True, False, False]
    flaws = [look.copy.flaw for look in first if look.copy]
    assert len(set(flaws)) == 2 and set(flaws) <= set(SYNTHETIC_FLAWS)
    assert all(0 < look.copy.severity <= 1 for look in first if look.copy)
    for look in first:
        widths = {name: block.shape[1] for name, block in look.blocks.items()}
        assert widths == block_widths()
    (kept,) = (tmp_path / "cache").iterdir()
    os.utime(kept, ns=(0, 0))
    again = _of(task)
    assert _same(first, again) and kept.stat().st_mtime_ns == 0

    kept.write_bytes(kept.read_bytes()[:1000])  # a run that was killed while it wrote
    anew = _of(task)
    assert _same(first, anew) and kept.stat().st_mtime_ns > 0


def test_what_a_look_depends_on_names_its_file(tmp_path: Path) -> None:
    photo(tmp_path / "photo.jpg", 0)
    names = {_task(tmp_path).target, _task(tmp_path, copies=1).target}
    names.add(_task(tmp_path, seed=1).target)
    photo(tmp_path / "photo.jpg", 1)
    assert len({*names, _task(tmp_path).target}) == 4


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"photo\.jpg cannot be read"):
        _ = _task(tmp_path).target
    (tmp_path / "photo.jpg").write_bytes(b"no picture")
    photo(tmp_path / "sound.jpg", 0)
    sound = replace(_task(tmp_path), photo=tmp_path / "sound.jpg")
    broken, fine = looks([_task(tmp_path), sound], workers=1)
    assert isinstance(broken, DataError) and "photo.jpg" in str(broken)
    assert isinstance(fine, list) and len(fine) == 3


def test_drawings_are_known_for_what_they_are() -> None:
    ((kind, look),) = non_photo_looks([0], seed=0, workers=1)
    assert kind in NOT_PHOTOS and look.copy is None
    assert look.blocks["layout"].shape == (1, block_widths()["layout"])
