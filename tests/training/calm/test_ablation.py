"""What a variant is not to see changes nothing of it: trainings of two steps, drawn features."""

import json
from pathlib import Path

import numpy as np
import torch

from aesplugin.models.calm.encoder import FeatureShape
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.embedded.embedding import TASTE, TASTE_PARTS
from aesplugin.models.embedded.features import part_widths
from aesplugin.training.calm.ablation import AblationRow, ablate, baselines
from aesplugin.training.engine.config import TrainingConfig, load_config
from aesplugin.training.features.samples import round_file
from aesplugin.training.photos import oasis_photos, split_of, unlabelled_photos
from tests.training.world import make_data, write_config

_SHAPE = FeatureShape(low=(20, 182), middle=(16, 416), high=(36, 560), theme=TASTE)
_VERSIONS = [(None, 0.0), (None, 0.0), ("blur", 0.2), ("blur", 0.9), ("noise", 0.7)]


def _theme_without_head(rng: np.random.Generator, late: np.ndarray) -> np.ndarray:
    """[R, TASTE]: the head's part is `late`, all other parts are drawn."""
    parts = {name: rng.normal(size=(len(late), part_widths()[name])) for name in TASTE_PARTS}
    parts["whole7"] = late
    return np.concatenate([parts[name] for name in TASTE_PARTS], axis=1)


def _write(path: Path, photo: Path, *, early: int, late: int, pairs: bool = False) -> None:
    number = int(photo.stem)
    first, last = np.random.default_rng([early, number]), np.random.default_rng([late, number, 1])
    versions = [(None, 0.0)] * 5 if pairs else _VERSIONS
    count = len(versions)
    arrays = {
        name: first.normal(size=(count, *getattr(_SHAPE, name))) for name in ("low", "middle")
    }
    arrays["high"] = last.normal(size=(count, *_SHAPE.high))
    arrays["theme"] = _theme_without_head(first, last.normal(size=(count, part_widths()["whole7"])))
    arrays["measures"] = first.normal(size=(count, _SHAPE.measures))
    labels = [
        {
            "photo": f"{photo.parent.name}/{photo.name}",
            "kind": "flawed" if flaw else "harmless" if row else "clean",
            "flaw": flaw,
            "severity": severity,
            "direction": "",
            "amount": 0.0,
        }
        for row, (flaw, severity) in enumerate(versions)
    ]
    stored = {name: array.astype(np.float16) for name, array in arrays.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, labels=np.array(json.dumps(labels)), **stored)  # type: ignore[arg-type]


def _config(root: Path, *, early: int, late: int) -> TrainingConfig:
    """Features of four photos without votes, five with, one with a crop."""
    framed = next(f"{n}.jpg" for n in range(99) if split_of(f"images/{n}.jpg") == "train")
    make_data(root / "data")
    (root / "data" / "crops" / "images").mkdir(parents=True)
    (root / "data" / "crops" / "images" / framed).touch()
    (root / "data" / "crops" / "crops.json").write_text(json.dumps({framed: [[0, 0, 0.5, 0.5]]}))
    config = load_config(write_config(root, more="rounds = 1\nthreads = 1"))
    photos = {
        "unlabelled": unlabelled_photos(config.data),
        "oasis": oasis_photos(config.data),
        "crops": [root / "data" / "crops" / "images" / framed],
    }
    for source, mine in photos.items():
        for photo in mine:
            path = round_file(config, source, photo, 0)
            _write(path, photo, early=early, late=late, pairs=source == "crops")
    return config


def _trained(config: TrainingConfig) -> tuple[AblationRow, dict[str, torch.Tensor]]:
    (row,) = ablate(config, ["last stage"])
    folder = config.out / "last-stage-0" / "self_supervised" / "model"
    model = CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
    return row, model.mfam.state_dict()


def test_the_last_stage_knows_nothing_of_those_before(tmp_path: Path) -> None:
    row, weights = _trained(_config(tmp_path / "one", early=1, late=1))
    assert np.isfinite([row.srcc, row.strong, row.mild]).all()
    same, same_weights = _trained(_config(tmp_path / "early", early=2, late=1))
    assert same == row
    assert all(torch.equal(value, same_weights[name]) for name, value in weights.items())
    _, other_weights = _trained(_config(tmp_path / "late", early=1, late=2))
    assert not all(torch.equal(value, other_weights[name]) for name, value in weights.items())


def test_the_ridge_of_the_last_stage_knows_nothing_of_those_before(tmp_path: Path) -> None:
    rows = [baselines(_config(tmp_path / str(early), early=early, late=1)) for early in (1, 2)]
    assert rows[0][0] == rows[1][0]
    assert rows[0][0].variant == "ridge, last stage"
