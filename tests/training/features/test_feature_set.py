"""Cached features: read back as they were written, or refused by the name of the file at fault."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aesplugin.errors import DataError
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.encoder import build_encoder
from aesplugin.training.features.cache import LEVEL_NAMES, Shown, write
from aesplugin.training.features.feature_set import read
from aesplugin.training.flaws.augment import untouched
from tests.models.calm.small import TINY_CLIP

_WAY_OUT = "run `aesplugin train prepare` again"


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    return _cached(tmp_path / "one.npz")


def _cached(path: Path, encoder: dict[str, Any] | None = None) -> Path:
    pixels = np.random.default_rng(0).integers(0, 255, (224, 288, 3), np.uint8)
    shown = [Shown.plainly(untouched(pixels))] * 2
    write(path, shown, "folder/a.jpg", encoder=build_encoder(CalmConfig(encoder=encoder)))
    return path


def _stored(path: Path) -> dict[str, NDArray[np.generic]]:
    with np.load(path) as stored:
        return dict(stored)


def test_what_was_written_is_read(cached: Path) -> None:
    found = read([cached, cached])
    assert [one.kind for one in found.versions] == ["clean", "harmless"] * 2
    assert found.versions[0].photo == "folder/a.jpg"
    for name, level in zip(LEVEL_NAMES, found.levels, strict=True):
        assert np.array_equal(level[2:].numpy(), _stored(cached)[name])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _foreign(path: Path) -> None:
    path.write_text("no archive")


def _changed(path: Path) -> None:
    """One byte of the features, as a failing disk leaves it."""
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)


def _levelless(path: Path) -> None:
    stored = _stored(path)
    del stored["middle"]
    np.savez(path, **stored)  # type: ignore[arg-type]


def _shorter(path: Path) -> None:
    stored = _stored(path)
    np.savez(path, **{**stored, "low": stored["low"][:1]})  # type: ignore[arg-type]


def _encrypted(path: Path) -> None:
    """One bit of the archive's directory says that a part is encrypted."""
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(whole)


def _unlabelled(path: Path) -> None:
    np.savez(path, **{**_stored(path), "labels": np.array("[{}]")})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "damage", [_cut, _emptied, _foreign, _changed, _levelless, _shorter, _encrypted, _unlabelled]
)
def test_a_damaged_file_is_named(cached: Path, damage: Callable[[Path], None]) -> None:
    good = _cached(cached.with_name("good.npz"))
    damage(cached)
    with pytest.raises(DataError) as caught:
        read([good, cached])
    assert str(caught.value) == f"{cached} is damaged or cannot be read: delete it, then {_WAY_OUT}"


def test_features_of_another_encoder_are_named(cached: Path) -> None:
    other = _cached(cached.with_name("other.npz"), encoder=TINY_CLIP)
    with pytest.raises(
        DataError, match=r"other\.npz was made with another encoder than one\.npz"
    ) as caught:
        read([cached, other])
    assert _WAY_OUT in str(caught.value)
