"""What in `config.json` makes a CALM the network it is: read and hashed without any network."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aesplugin.errors import SettingsError, WeightsDamaged
from aesplugin.models.calm.checks import SHAPE, WAY_OUT, check_shape

CONFIG = "config.json"
MODEL_TYPE = "calm"
_PLACES = ("name", "tokenizer")  # where a frozen part lies, not what it must be


def read_shape(folder: Path) -> dict[str, Any]:
    """The part of the configuration in `folder` that shapes the network, as it was saved.

    Raises:
        WeightsDamaged: unreadable, of another kind of model, not whole, or no shape.
    """
    path = folder / CONFIG
    try:
        given = json.loads(path.read_bytes())
    except OSError as error:
        raise WeightsDamaged(f"{path} cannot be read: {error.strerror}; {WAY_OUT}") from None
    except (ValueError, RecursionError) as error:
        raise WeightsDamaged(f"{path} is no JSON ({error}): {WAY_OUT}") from None
    kind = given.get("model_type") if isinstance(given, dict) else None
    if kind != MODEL_TYPE:
        found = "no configuration" if kind is None else f"of a {kind!r} model"
        raise WeightsDamaged(f"{path} is {found}, not of a CALM: {WAY_OUT}")
    lacking = [name for name in SHAPE if given.get(name) is None]
    if lacking:
        raise WeightsDamaged(f"{path} lacks {lacking[0]!r}: {WAY_OUT}")
    shape = {name: given[name] for name in SHAPE}  # the library's notes aside
    try:
        check_shape(shape)
    except SettingsError as error:
        raise WeightsDamaged(f"{path}: {error}; {WAY_OUT}") from None
    return shape


def answering_hash(shape: Mapping[str, Any]) -> str:
    """SHA-256 of all that an answer depends on, however it is written; dropout only trains."""
    whole = check_shape(shape)
    del whole["dropout"]
    return _hashed(whole)


def trained_hash(shape: Mapping[str, Any]) -> str:
    """SHA-256 of what weights are bound to: a frozen part's folder may move without harm."""
    whole = check_shape(shape)
    del whole["dropout"]
    for part in (whole["encoder"], whole["language"]):
        for name in _PLACES:
            part.pop(name, None)
    return _hashed(whole)


def _hashed(whole: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
