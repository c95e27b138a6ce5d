"""A training small enough for tests: made-up photos, a tiny language model, a TOML file."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from aesplugin.training.engine.config import STAGES
from aesplugin.training.photos import split_of
from tests.models.calm.small import TINY_LLAMA, make_tokenizer

_SIZES = {"width": 16, "depth": 1, "heads": 2, "queries": 2, "lora_rank": 2}
_NUMBERS = {"steps": 2, "batch": 2, "language_every": 1, "language_batch": 2}
_FOLDER = "stock708"


def make_data(root: Path) -> Path:
    """Three photos to train on, one to validate with, five rated ones; their folder."""
    for split, count in (("train", 3), ("validate", 1)):
        found = (name for n in range(500) if split_of(f"{_FOLDER}/{(name := f'{n}.jpg')}") == split)
        for seed in range(count):
            photo(root / "unlabelled" / _FOLDER / next(found), seed)
    for number in range(5):
        photo(root / "oasis" / "images" / f"{number}.jpg", 100 + number)
    with (root / "oasis" / "images.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["item", "file", "theme", "category", "beauty_mos"])
        for number in range(5):
            writer.writerow([number, f"{number}.jpg", f"theme {number}", "Object", 2 + number])
    return root


def write_config(
    root: Path,
    *,
    language: Mapping[str, Any] = TINY_LLAMA,
    encoder: Mapping[str, Any] | None = None,
    name: str = "tiny",
    more: str = "",
) -> Path:
    """`root/name.toml`, for data in `root/data`; `more` are lines of its top level."""
    model: dict[str, Any] = {**_SIZES, "language": {"name": "tiny", "config": language}}
    model["language"] |= {"hidden_size": language["hidden_size"]}
    model["language"] |= {"tokenizer": str(make_tokenizer(root / "tokenizer"))}
    if encoder:
        model["encoder"] = encoder
    folders = {"data": "data", "features": f"features-{name}", "out": f"out-{name}"}
    lines = [f"{key} = {str(root / folder)!r}" for key, folder in folders.items()]
    lines += ["size = 'mini'", "sure = 0.0", more, f"model = {_toml(model)}"]
    lines += [f"[stages.{stage}]\n" + _lines(_NUMBERS) for stage in STAGES]
    path = root / f"{name}.toml"
    path.write_text("\n".join(lines))
    return path


def photo(path: Path, seed: int) -> None:
    """Writes a picture of soft blots, large enough to be trained on."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse.resize((288, 224), Image.Resampling.BICUBIC).save(path, quality=92)


def _lines(values: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {_toml(value)}" for name, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return f"'{value}'"
    return str(value).lower() if isinstance(value, bool) else str(value)
