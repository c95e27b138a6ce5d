"""Folders of photos with and without a face, labelled."""

import json
from pathlib import Path

import pytest
from PIL import Image
from skimage import data


def save(folder: Path, name: str, image: Image.Image) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    image.save(folder / f"{name}.png")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Three labelled photos: a face, the same without a word about faces, and no face."""
    root = tmp_path / "labelled"
    for name in ("astronaut", "chelsea", "rocket"):
        save(root / "photos", name, Image.fromarray(getattr(data, name)()))
    labels = [
        {"file": "photos/astronaut.png", "kind": "portrait", "faces": 1, "eyes": "open"},
        {"file": "photos/chelsea.png", "kind": "pet", "faces": 0, "eyes": None},
        {"file": "photos/rocket.png", "kind": "other", "faces": "two", "eyes": "wide"},
    ]
    lines = [json.dumps({"split": "report"} | label) for label in labels]
    (root / "labels.jsonl").write_text("\n".join(lines))
    return root


@pytest.fixture
def open_and_closed(tmp_path: Path) -> Path:
    """The folders open and closed, each with one face from the front."""
    root = tmp_path / "eyes"
    face = Image.fromarray(data.astronaut()).crop((120, 0, 330, 230))
    shut = face.copy()
    shut.paste((176, 128, 110), (70, 92, 140, 112))  # a band of skin over both eyes
    save(root / "open", "a", face)
    save(root / "closed", "a", shut)
    return root
