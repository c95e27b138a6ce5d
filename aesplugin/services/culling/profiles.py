"""Genre profiles: what counts in a portrait and what in a landscape; one TOML file each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from aesplugin.assessment import Flaw
from aesplugin.errors import UsageError

_FOLDER = "profiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one genre is culled.

    Attributes:
        weights: how much a noticeable difference in each measurement counts inside a group,
            beside a noticeable difference in score, which counts 1.
        forgiven: flaws that are intent here: never a reason to reject.
        diversity: 0..1, how much keepers should differ from each other.
        scene_minutes: a pause in shooting that ends a scene.
    """

    name: str
    summary: str
    weights: Mapping[str, float] = field(default_factory=dict)
    forgiven: frozenset[Flaw] = frozenset()
    diversity: float = 0.5
    scene_minutes: float = 10.0


def names() -> list[str]:
    """All profiles, by name."""
    folder = files("aesplugin.services.culling") / _FOLDER
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


@cache
def load(name: str) -> Profile:
    """The profile of that name.

    Raises:
        UsageError: there is none; the message lists the known ones.
    """
    if name not in names():
        raise UsageError(f"no profile is named {name!r}; known: {', '.join(names())}")
    source = files("aesplugin.services.culling") / _FOLDER / f"{name}.toml"
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    return Profile(
        name=name,
        summary=data["summary"],
        weights=data["weights"],
        forgiven=frozenset(Flaw(flaw) for flaw in data["forgiven"]),
        diversity=data["diversity"],
        scene_minutes=data["scene_minutes"],
    )
