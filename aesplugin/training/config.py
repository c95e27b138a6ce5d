"""A training configuration: one TOML file a size, read strictly."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from aesplugin.errors import SettingsError

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage's numbers; a stage ignores those it has no use for."""

    steps: int = 300
    batch: int = 24  # photos (with all their versions), or photos alone
    learning_rate: float = 1e-3
    language_every: int = 0  # every n-th step goes through the language model; 0: none
    language_batch: int = 8
    weights: dict[str, float] = field(default_factory=dict)  # of the losses, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """All a training needs. Relative paths count from the working folder."""

    size: str  # mini or full
    data: Path
    features: Path  # the feature cache
    out: Path  # one folder a stage
    seed: int = 0  # of the training
    augment_seed: int = 0  # of the flawed copies: another one fills another cache
    limit: int = 0  # photos a source at most; 0: all
    threads: int = 0
    dry_run: bool = False  # two steps, nothing kept
    flaws: int = 5  # flaws a photo
    sure: float = 0.35  # share of the best class from which a pseudo-caption is trusted
    model: dict[str, Any] = field(default_factory=dict)  # for CalmConfig
    stages: dict[str, Stage] = field(default_factory=dict)

    def stage(self, name: str) -> Stage:
        """The numbers of one stage; two steps in a dry run."""
        found = self.stages.get(name, Stage())
        if not self.dry_run:
            return found
        values = {item.name: getattr(found, item.name) for item in fields(Stage)}
        return Stage(**{**values, "steps": 2})


def load_config(path: Path, **overrides: Any) -> TrainingConfig:
    """Reads a configuration; `overrides` that are not None win.

    Raises:
        SettingsError: no such file, not TOML, an unknown name or a wrong type.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None
    table |= {name: value for name, value in overrides.items() if value is not None}
    _known(table, TrainingConfig, str(path))
    stages = table.pop("stages", {})
    for name, numbers in stages.items():
        _known(numbers, Stage, f"{path}, stage {name}")
    for name in ("data", "features", "out"):
        if name not in table:
            raise SettingsError(f"{path}: {name!r} is missing")
        table[name] = Path(table[name]).expanduser()
    table.setdefault("size", path.stem)
    return TrainingConfig(
        **table, stages={name: Stage(**numbers) for name, numbers in stages.items()}
    )


def _known(table: dict[str, Any], kind: type, where: str) -> None:
    names = {item.name for item in fields(kind)}
    for name in table:
        if name not in names:
            raise SettingsError(f"{where}: unknown setting {name!r}; known: {sorted(names)}")
