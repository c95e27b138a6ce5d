"""What a CALM configuration may say, and what in it makes CALM the network it is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from aesplugin.errors import SettingsError, WeightsDamaged

WAY_OUT = "copy the whole model folder again; for the shipped model, reinstall aesplugin"

_STRICT = ConfigDict(extra="forbid", strict=True)
_Positive = Annotated[int, Field(ge=1)]
_Name = Annotated[str, Field(min_length=1)]
_Layers = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
_Colour = Annotated[list[FiniteFloat], Field(min_length=3, max_length=3)]
_Deviation = Annotated[list[Annotated[FiniteFloat, Field(gt=0)]], Field(min_length=3, max_length=3)]


def _typed(given: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(given.get("model_type"), str):
        raise ValueError("model_type is missing")
    return given


_Network = Annotated[dict[str, Any], AfterValidator(_typed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lite2:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    kind: Literal["efficientnet_lite2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Levels:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    low: _Layers
    middle: _Layers
    high: _Layers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vit:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    kind: Literal["vit"]
    layers: _Levels
    name: _Name = ""
    config: _Network = field(default_factory=dict)
    grid: _Positive = 8
    mean: _Colour = field(default_factory=list)
    std: _Deviation = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.name and not self.config:
            raise ValueError("name is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: _Name
    hidden_size: _Positive
    config: _Network = field(default_factory=dict)
    tokenizer: _Name = ""
    lora_modules: Annotated[list[_Name], Field(min_length=1)] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """All that decides what the network is."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    encoder: Annotated[_Lite2 | _Vit, Field(discriminator="kind")]
    language: _Language
    width: _Positive
    depth: _Positive
    heads: _Positive
    queries: _Positive
    theme_tokens: _Positive
    measure_tokens: _Positive
    folds: Annotated[int, Field(ge=0)]
    lora_rank: Annotated[int, Field(ge=0)]
    dropout: Annotated[float, Field(ge=0, lt=1)]

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of {self.heads} heads")


SHAPE = tuple(item.name for item in fields(_Shape))
"""Names that a configuration file must give: a default put for one would be another network."""


_SHAPES = TypeAdapter(_Shape)


def check_shape(given: Mapping[str, Any]) -> dict[str, Any]:
    """Refuses numbers, names and types no network can be built from.

    Returns them in one way of writing: what may be left out is there with its default.

    Raises:
        SettingsError: names the first fault.
    """
    try:  # through JSON, where a tuple is a list, however strict we are
        shape = _SHAPES.validate_json(json.dumps(dict(given), default=str))
    except ValidationError as error:
        raise SettingsError(f"invalid CALM configuration: {first_fault(error)}") from None
    whole: dict[str, Any] = _SHAPES.dump_python(shape, mode="json")
    return whole


def first_fault(error: ValidationError) -> str:
    """The first thing wrong, by name, with what stands there."""
    found = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in found["loc"])
    reason = found["msg"].removeprefix("Value error, ")
    if found["type"] == "missing":
        return f"{place} is missing"
    if found["type"] == "unexpected_keyword_argument":
        return f"{place} is not known"
    value = found["input"]
    shown = f" is {value!r}" if isinstance(value, str | int | float) and place else ""
    return f"{place}{shown}: {reason}" if place else reason


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
        raise WeightsDamaged(f"{path} is not JSON ({error}): {WAY_OUT}") from None
    kind = given.get("model_type") if isinstance(given, dict) else None
    if kind != MODEL_TYPE:
        found = "" if kind is None else f", but of a {kind!r} model"
        raise WeightsDamaged(f"{path} is not a CALM configuration{found}: {WAY_OUT}")
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
