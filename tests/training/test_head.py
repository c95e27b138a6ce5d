import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aesplugin.errors import DataError
from aesplugin.models.embedded.head import load_head
from aesplugin.models.folds import read_folds
from aesplugin.training.head import HeadOptions, HeadReport, train_head


def _picture(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(30, 220, (5, 6, 3), np.uint8))
    return coarse.resize((150, 120), Image.Resampling.BICUBIC)


def _root(folder: Path, photos: int = 6) -> Path:
    (folder / "oasis" / "images").mkdir(parents=True)
    (folder / "unlabelled" / "some").mkdir(parents=True)
    with (folder / "oasis" / "images.csv").open("w", newline="") as out:
        table = csv.writer(out)
        table.writerow(["item", "file", "theme", "beauty_mos"])
        for number in range(photos):
            _picture(number).save(folder / "oasis" / "images" / f"{number}.png")
            table.writerow([number, f"{number}.png", f"Theme {number // 2}", 2 + number % 5])
    for number in range(1):
        _picture(100 + number).save(folder / "unlabelled" / "some" / f"{number}.jpg")
    return folder


def _train(root: Path, output: Path) -> HeadReport:
    return train_head(
        HeadOptions(
            root=root / "oasis",
            unlabelled=root / "unlabelled",
            output=output,
            features=root / "features",
            rated_flaws=1,
            synthetic=2,
            folds=2,
        )
    )


@pytest.mark.slow
def test_training_writes_a_head_that_loads_and_repeats(tmp_path: Path) -> None:
    root = _root(tmp_path)
    report = _train(root, tmp_path / "first")
    assert report.photos == 6
    assert report.rows == 6 * 2 + 1 * 16 + 2
    assert -1 <= report.out_of_fold.srcc <= 1
    head = load_head(tmp_path / "first" / "head.safetensors")
    assert len(head.folds) == 2
    folds = read_folds(tmp_path / "first" / "folds.json", 2)
    assert folds.themes.keys() == {f"Theme {number}" for number in range(3)}
    assert len(folds.contents) == 6

    seen = sorted((root / "features").glob("*.npz"))
    stamps = [path.stat().st_mtime_ns for path in seen]
    seen[0].write_bytes(seen[0].read_bytes()[:100])  # a run killed while writing
    again = _train(root, tmp_path / "again")
    assert again == report
    now = [path.stat().st_mtime_ns for path in seen]
    assert [a == b for a, b in zip(stamps, now, strict=True)] == [False] + [True] * (len(seen) - 1)
    first, second = (load_head(tmp_path / n / "head.safetensors") for n in ("first", "again"))
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[name]), name


@pytest.mark.slow
def test_rated_photos_alone_suffice(tmp_path: Path) -> None:
    root = _root(tmp_path)
    options = HeadOptions(
        root=root / "oasis",
        output=tmp_path / "out",
        features=root / "features",
        rated_flaws=1,
        synthetic=2,
        folds=2,
    )
    assert train_head(options).rows == 6 * 2 + 2
    head = load_head(tmp_path / "out" / "head.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in head.state_dict().values())


def test_a_broken_photo_is_named(tmp_path: Path) -> None:
    root = _root(tmp_path, photos=4)
    (root / "oasis" / "images" / "2.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"2\.png"):
        _train(root, tmp_path / "out")
