"""Genre profiles: what counts in a portrait and what in a landscape; one TOML file each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from aesplugin.assessment import Flaw
from aesplugin.errors import UsageError
from aesplugin.services.culling.faces import Shown

_FOLDER = "profiles"
AUTO: Final = "auto"  # the profile where none is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Groups that show so many main faces, the largest at least of `least_size` (see `Shown`)."""

    faces: tuple[int, int]
    least_size: float

    def holds(self, shown: Shown) -> bool:
        """Whether a group is one of them."""
        fewest, most = self.faces
        return fewest <= shown.faces <= most and shown.size >= self.least_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one genre is culled.

    Attributes:
        weights: how much a noticeable difference in each measurement counts inside a group,
            beside a noticeable difference in score, which counts 1. `eyes` (closed ones) and
            `face_sharpness` are of the main faces, every other one is an attribute.
        forgiven: flaws that are intent here: never a reason to reject.
        diversity: 0..1, how much keepers should differ from each other.
        scene_minutes: a pause in shooting that ends a scene.
        fits: the groups for which `auto` takes these weights; None: it never does.
        is_chosen_by_group: whether each group takes the weights of the profile that fits it.
    """

    name: str
    summary: str
    weights: Mapping[str, float] = field(default_factory=dict)
    forgiven: frozenset[Flaw] = frozenset()
    diversity: float = 0.5
    scene_minutes: float = 10.0
    fits: Fit | None = None
    is_chosen_by_group: bool = False


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
        raise UsageError(f"unknown profile {name!r}; known: {', '.join(names())}")
    source = files("aesplugin.services.culling") / _FOLDER / f"{name}.toml"
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    return Profile(
        name=name,
        summary=data["summary"],
        weights=data["weights"],
        forgiven=frozenset(Flaw(flaw) for flaw in data["forgiven"]),
        diversity=data["diversity"],
        scene_minutes=data["scene_minutes"],
        fits=_fit(data.get("auto")),
        is_chosen_by_group=data.get("chosen_by_group", False),
    )


def profile_for(shown: Shown | None, profile: Profile) -> Profile:
    """The profile whose weights count for a group that shows this; `profile` where none fits.

    Of several that fit, the one that asks for the largest faces.
    """
    if not profile.is_chosen_by_group or shown is None:
        return profile
    fitting = [one for one in _choosable() if one.fits and one.fits.holds(shown)]
    return max(fitting, key=lambda one: one.fits.least_size if one.fits else 0.0, default=profile)


@cache
def _choosable() -> tuple[Profile, ...]:
    return tuple(profile for profile in map(load, names()) if profile.fits is not None)


def _fit(data: Mapping[str, Any] | None) -> Fit | None:
    if data is None:
        return None
    fewest, most = data["faces"]
    return Fit(faces=(fewest, most), least_size=data["least_size"])
