"""What is compared: the photos of a catalog, each judge's stored scores, a person's own word."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from aesplugin.catalog.catalog import Catalog
from aesplugin.counting import part_has
from aesplugin.decision import Choice
from aesplugin.errors import UsageError
from aesplugin.models.base import ModelCard, alike_revisions, scores_alike
from aesplugin.services.groups.group import Shoot, Sketches, group
from aesplugin.services.personal.prefer import Preferences

Scores = Mapping[str, float]
"""Content hash → score, 1..10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A model by the name it is asked for, and its scores of the readable photos."""

    name: str
    revision: str
    scores: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a person said of a photo by hand: stars 1..5, and whether they pick or reject it."""

    stars: int | None
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Which photos are taken for one another.

    Attributes:
        group_of: content hash → number of its group; a photo in none has a number of its own.
        exposures: the files of each exposure, by content hash, the one that stands for all first.
    """

    group_of: Mapping[str, int]
    exposures: Sequence[tuple[str, ...]]


def require_different(cards: Mapping[str, ModelCard], names: Sequence[str]) -> None:
    """Whether `names` are two models or more; `cards` has the card of each.

    Raises:
        UsageError: they are not.
    """
    if len(names) < 2:
        raise UsageError(f"{names[0]} alone cannot be compared: name two models or more")
    for place, name in enumerate(names):
        for other in names[:place]:
            if name == other:
                raise UsageError(f"{name} is named twice: name two models or more")
            if scores_alike(cards[name].revision, cards[other].revision):
                raise UsageError(f"{other} and {name} are the same model: name another one")


def read_judge(catalog: Catalog, name: str, card: ModelCard) -> Judge:
    """The scores that the catalog holds of this model, written with or without comments."""
    scores: dict[str, float] = {}
    for revision in alike_revisions(card.revision):
        views = catalog.views(revision)
        scores |= zip(views.hashes, map(float, views.scores), strict=True)
    return Judge(name=name, revision=card.revision, scores=scores)


def opinions_of(catalog: Catalog, user: str) -> dict[str, Opinion]:
    """What a person said by hand, by content hash; what a cull proposed is a judge's own word.

    Raises:
        UsageError: there is no such person.
    """
    known = catalog.people.users()
    if user not in known:
        who = f"known: {', '.join(known)}" if known else "nobody has so far"
        raise UsageError(f"nobody called {user!r} has rated or decided in this catalog; {who}")
    rated = {word.content_hash: word for word in Preferences(catalog, user).all()}
    decided = {key: mark.decision for key, mark in catalog.people.marks(user).items()}
    found = {}
    for key in sorted({*rated, *decided}):
        word, decision = rated.get(key), decided.get(key)
        stars = word.rating if word and not word.choice else None
        choice = (word and word.choice) or (decision and decision.choice) or Choice.NONE
        if stars or choice is not Choice.NONE:
            found[key] = Opinion(stars=stars, choice=choice)
    return found


def scored_by_all(judges: Sequence[Judge]) -> set[str]:
    """The photos that every judge has a score of."""
    return set.intersection(*(set(judge.scores) for judge in judges))


def alike(
    shoot: Shoot, content_hashes: Collection[str], sketches: Sketches, *, whole_folders: bool
) -> Alike:
    """How these photos are grouped, with all that lies in their folders or by themselves."""
    entries = {entry.photo.content_hash: entry for entry in shoot.entries if entry.photo}
    wanted = set(content_hashes) & set(entries)
    if whole_folders:
        folders = {os.path.dirname(entries[key].path) for key in wanted}
        wanted = {key for key, one in entries.items() if os.path.dirname(one.path) in folders}
    part = replace(shoot, entries=tuple(entries[key] for key in entries if key in wanted))
    grouping = group(part, sketches)
    numbers = {one: number for number, one in enumerate(grouping.groups)}
    groups = grouping.group_of()
    group_of: dict[str, int] = {}
    exposures = []
    for number, unit in enumerate(grouping.units, start=len(numbers)):
        files = grouping.files_of(unit)
        exposures.append(files)
        group_of |= dict.fromkeys(files, numbers[groups[unit]] if unit in groups else number)
    return Alike(group_of=group_of, exposures=exposures)


def unscored_line(judge: Judge, photos: Mapping[str, str], what: str = "photo") -> str | None:
    """How many photos (content hash → path) it has no score of, and the command that changes it."""
    import shlex

    missing = [path for key, path in photos.items() if key not in judge.scores]
    if not missing:
        return None
    folders = sorted({os.path.dirname(path) for path in missing})
    tops = [one for one in folders if not any(one.startswith(f"{up}{os.sep}") for up in folders)]
    where = shlex.join(tops) if len(tops) <= _MOST_FOLDERS else "FOLDER..."
    return (
        f"{part_has(len(missing), len(photos), what)} no score by {judge.name}:"
        f" aesplugin score {where} --model {shlex.quote(judge.name)}"
    )


_MOST_FOLDERS = 3  # named in a line
