"""Culling: reads the catalog, groups photos, makes proposals. Changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath

import numpy as np

from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice, Decision, Proposal
from aesplugin.errors import UsageError
from aesplugin.face import Face
from aesplugin.services.culling.candidate import Candidate, Culling, Wish
from aesplugin.services.culling.profiles import Profile
from aesplugin.services.culling.propose import (
    Vectors,
    compare_in_groups,
    propose,
    strictness_table,
)
from aesplugin.services.groups.frame import Grouping
from aesplugin.services.groups.group import Shoot, Sketches, group
from aesplugin.services.personal.prefer import Preferences

Counts = dict[Choice, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cull:
    """A finished proposal.

    Attributes:
        paths: content hash → the file it is shown by.
        culling: one proposal per photo (for all files of one exposure).
        grouping: what the proposal rests on.
        table: counts at other strictnesses; empty where a number of keepers was asked for, or
            no comparison.
        notes: what should be known of it, in lines.
        left_out: graphics and documents that were not culled.
    """

    paths: Mapping[str, str]
    culling: Culling
    grouping: Grouping
    table: tuple[tuple[float, Counts], ...]
    notes: tuple[str, ...] = ()
    left_out: int = 0

    def proposals(self) -> list[Proposal]:
        """One per file content: all files of an exposure get the same."""
        return [
            Proposal(content_hash=key, choice=p.choice, reason=p.reason, group=p.group)
            for p in self.culling.proposals
            for key in self.grouping.files_of(p.content_hash)
            if key in self.paths
        ]


def keepers_of(count: int, percent: float) -> int:
    """How many photos `percent` of `count` are: at least 1, but none of no photos or 0 percent."""
    return min(count, max(1, round(count * percent / 100))) if percent else 0


def read_decisions(catalog: Catalog, user: str | None) -> dict[str, Decision]:
    """The person's decisions, by content hash, with what they love; empty without a person."""
    return with_loved(catalog, user, catalog.people.decisions(user)) if user else {}


def with_loved(catalog: Catalog, user: str, said: Mapping[str, Decision]) -> dict[str, Decision]:
    """The decisions that a person said, and what they love as picks.

    A photo they gave four or five stars, or called a favourite, is theirs to keep, unless they
    rejected it themselves: no proposal may contradict their own decision, accepted before or not.
    """
    decided = dict(said)
    own = catalog.people.marks(user)
    for key in Preferences(catalog, user).loved():
        if key not in own or own[key].decision.choice is not Choice.REJECT:
            standing = decided.get(key, Decision(content_hash=key, user=user))
            decided[key] = replace(standing, choice=Choice.PICK)
    return decided


def cull(  # noqa: PLR0913 - what is known, each by its name
    shoot: Shoot,
    wish: Wish,
    profile: Profile,
    *,
    sketches: Sketches,
    values: Mapping[str, float] | None = None,
    decisions: Mapping[str, Decision] | None = None,
    grouping: Grouping | None = None,
    compared: bool = True,
) -> Cull:
    """Proposes what to keep of a shoot.

    `values` are personal scores that replace the general ones, by content hash; `grouping` is
    what an earlier call found by the same profile of this shoot, or of one that holds it. The table
    of other strictnesses costs five times the proposal: a page that shows none asks for it not to
    be `compared`.

    Raises:
        UsageError: there is no photo in the scope.
    """
    if not shoot.entries:
        raise UsageError("no scored photos in this scope; start with: aesplugin score FOLDER")
    pause = timedelta(minutes=profile.scene_minutes)
    grouping = grouping or group(shoot, sketches, scene_pause=pause)
    candidates = _candidates(shoot, grouping, values or {}, decisions or {})
    vectors = _unit_vectors(shoot)
    margins = compare_in_groups(candidates, profile)
    culling = propose(candidates, vectors, wish, profile, margins=margins)
    table: list[tuple[float, Counts]] = []
    if compared and wish.keep is None:
        table = strictness_table(candidates, vectors, wish, profile, margins=margins)
    return Cull(
        paths={e.photo.content_hash: e.path for e in shoot.entries if e.photo},
        culling=culling,
        grouping=grouping,
        table=tuple(table),
        notes=(*grouping.notes, *culling.notes),
    )


def _candidates(
    shoot: Shoot,
    grouping: Grouping,
    values: Mapping[str, float],
    decisions: Mapping[str, Decision],
) -> list[Candidate]:
    group_of = grouping.group_of()
    entries = {e.photo.content_hash: e for e in shoot.entries if e.photo is not None}
    known = shoot.scores | dict(values)
    candidates = []
    for key in grouping.units:
        files = [one for one in grouping.files_of(key) if one in entries]
        if not files:
            continue
        shown = next((one for one in files if one in known), files[0])  # else what has a score
        candidates.append(
            Candidate(
                key=key,
                name=PurePath(entries[files[0]].path).name,
                value=known.get(shown),
                attributes=entries[shown].attributes,
                group=group_of.get(key),
                scene=grouping.scenes[key],
                decided=_decided(decisions, files),
                faces=_faces(shoot, (shown, *files)),
            )
        )
    return candidates


def _faces(shoot: Shoot, keys: Iterable[str]) -> tuple[Face, ...] | None:
    """Of the first of these files whose faces were read."""
    return next((shoot.faces[key] for key in keys if key in shoot.faces), None)


def _decided(decisions: Mapping[str, Decision], keys: Iterable[str]) -> Choice | None:
    for key in keys:
        decision = decisions.get(key)
        if decision is not None and decision.choice is not Choice.NONE:
            return decision.choice
    return None


def _unit_vectors(shoot: Shoot) -> Vectors:
    return {
        key: vector / max(float(np.linalg.norm(vector)), 1e-6)
        for key, vector in shoot.embeddings.items()
    }
