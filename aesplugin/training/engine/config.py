"""What each loss of a stage counts where a file says nothing, by its name in `losses.jsonl`."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from aesplugin.errors import SettingsError
from aesplugin.training.datasets.named import NamedSet, read_sets

_LABELLED = {
    "flaw": 1.0,
    "severity": 1.0,
    "way": 0.5,
    "order": 1.0,
    "keep": 0.3,
    "triplet": 0.3,
    "crop": 0.5,
}  # of self-supervision without text; the stages after it keep them in practice

WEIGHTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "self_supervised": {**_LABELLED, "align": 0.3, "cue": 0.2},
        "generic": {**_LABELLED, "theme": 0.5, "caption": 0.5},
        "comments": {**_LABELLED, "comment": 1.0, "critique": 1.0, "remedy": 1.0},
        "scores": {"number": 0.5, "rank": 0.2, "comment": 1.0},
    }
)
"""All losses that a stage may have, by stage; some only with data or settings of their own."""


def check_weights(stage: str, given: Mapping[str, float], source: str) -> None:
    """Refuses a weight of a loss that the stage never has.

    Raises:
        SettingsError: names the first such, and those there are.
    """
    known = WEIGHTS[stage]
    for name in given:
        if name not in known:
            raise SettingsError(
                f"{source}: in stages {stage} weights unknown loss {name!r}; "
                f"known: {', '.join(known)}"
            )


CONFIGS = Path(__file__).parents[1] / "configs"
STAGES = ("self_supervised", "generic", "comments", "scores")
"""In the order in which each builds on the one before."""

_MOST_ROUNDS = {"oasis": 1, "sets": 1, "crops": 2}  # more of these gain nothing
_STRICT = ConfigDict(extra="forbid", strict=True)
_Count = Annotated[int, Field(ge=0)]
_Positive = Annotated[int, Field(ge=1)]
_Folder = Annotated[Path, AfterValidator(Path.expanduser)]


def _known_stage(name: str) -> str:
    if name not in STAGES:
        raise ValueError(f"unknown stage; known: {', '.join(STAGES)}")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage's numbers; a stage ignores those it has no use for."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    steps: _Positive = 300
    batch: _Positive = 24  # photos (with all their versions), or photos alone
    accumulate: _Positive = 1  # batches a step
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = 1e-3
    language_every: _Count = 0  # every n-th step goes through the language model; 0: none
    language_batch: _Positive = 8
    weights: dict[str, FiniteFloat] = field(default_factory=dict)  # of the losses, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """All a training needs. Relative paths count from the working folder."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    size: str  # mini or full
    data: _Folder
    features: _Folder  # the feature cache
    out: _Folder  # one folder a stage
    seed: _Count = 0  # of the training
    augment_seed: _Count = 0  # of the flawed copies: another one fills another cache
    limit: _Count = 0  # photos a source at most; 0: all
    threads: _Count = 0
    dry_run: bool = False  # two steps, nothing kept
    rounds: _Positive = 2  # of flaws: two show each photo with all 14
    first_round: _Count = 0  # of unlabelled photos: 0 and 1 are the files as they are
    sure: Annotated[float, Field(ge=0, le=1)] = 0.35  # share from which a pseudo-caption is trusted
    remedies: bool = False  # taught what to do about flaws; else suggestions are asked zero-shot
    precision: Literal["fp32", "bf16"] = "fp32"  # of the arithmetic; weights stay fp32
    gradient_checkpointing: bool = False  # of the language model: less memory, a third more time
    model: dict[str, Any] = field(default_factory=dict)  # for CalmConfig
    sets: tuple[NamedSet, ...] = ()  # public data sets, see docs/datasets.md
    stages: dict[Annotated[str, AfterValidator(_known_stage)], Stage] = field(default_factory=dict)

    def stage(self, name: str) -> Stage:
        """The numbers of one stage, with all weights; two steps in a dry run."""
        found = self.stages.get(name, Stage())
        found = replace(found, weights={**WEIGHTS[name], **found.weights})
        return replace(found, steps=2) if self.dry_run else found

    def turns(self, source: str) -> range:
        """Which rounds of a source are prepared and learnt from."""
        first = self.first_round if source == "unlabelled" else 0
        return range(first, min(self.rounds, _MOST_ROUNDS.get(source, self.rounds)))

    def with_steps(self, name: str, steps: int) -> "TrainingConfig":
        """The same, but for one stage's length."""
        return replace(self, stages={**self.stages, name: replace(self.stage(name), steps=steps)})


def load_config(path: Path, **overrides: Any) -> TrainingConfig:
    """Reads a configuration; `overrides` that are not None win.

    Raises:
        SettingsError: no such file, not TOML, an unknown name, a wrong type, or out of range.
    """
    table = _read(path) | {name: value for name, value in overrides.items() if value is not None}
    table.setdefault("size", path.stem)
    sets = _sets(table.pop("sets", []), path)
    try:  # through JSON, where a path is a string and a tuple a list, however strict we are
        config = TypeAdapter(TrainingConfig).validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        raise SettingsError(f"{path}: {_first(error)}") from None
    if config.first_round >= config.rounds:
        raise SettingsError(f"{path}: first_round must be less than rounds ({config.rounds})")
    for name, stage in config.stages.items():
        check_weights(name, stage.weights, str(path))
    _check_model(config.model, path)
    return replace(config, sets=sets)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None


def _sets(tables: Any, path: Path) -> tuple[NamedSet, ...]:
    sets = read_sets(tables, str(path))
    names = [one.name for one in sets]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise SettingsError(f"{path}: the data set {twice[0]!r} is listed twice")
    return sets


def _first(error: ValidationError) -> str:
    """The first thing wrong, by name."""
    found = error.errors(include_url=False)[0]
    place = [str(part) for part in found["loc"] if part != "[key]"]
    where = " ".join(["in", *place[:-1], ""]) if len(place) > 1 else ""
    if found["type"] == "missing":
        return f"{where}{place[-1]!r} is missing"
    if found["type"] == "unexpected_keyword_argument":
        known = [item.name for item in fields(Stage if place[0] == "stages" else TrainingConfig)]
        return f"{where}unknown setting {place[-1]!r}; known: {', '.join(known)}"
    return f"{'.'.join(place)}: {found['msg'].removeprefix('Value error, ')}"


def _check_model(given: dict[str, Any], path: Path) -> None:
    """CalmConfig would take any name, as every transformers configuration does."""
    if not given:
        return
    from aesplugin.models.calm.config import CalmConfig
    from aesplugin.models.calm.config_schema import SHAPE

    for name in given:
        if name not in SHAPE:
            known = ", ".join(SHAPE)
            raise SettingsError(f"{path}: in model unknown setting {name!r}; known: {known}")
    try:
        CalmConfig(**given)
    except SettingsError as error:
        raise SettingsError(f"{path}: in model: {error}") from None
