"""Bursts and proposals for the page: grouped once, proposals made at every slider move."""

import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aesplugin.catalog.filters import Filters, Kinds
from aesplugin.compose import Workshop
from aesplugin.decision import Choice, Decision, Proposal
from aesplugin.errors import CatalogError, UsageError
from aesplugin.services.culling import profiles
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.culling.cull import Cull, cull, read_decisions, with_loved
from aesplugin.services.groups.by_hand import change_to
from aesplugin.services.groups.frame import Group, Grouping
from aesplugin.services.groups.group import Shoot, group, of_kinds, read_shoot
from aesplugin.services.review import Review
from aesplugin.web.said import Said

_FRESH_SECONDS = 60.0
_KEPT = 4  # folders remembered
_PHOTO = 10  # digits of a content hash at the end of a group's name
_MOST_AT_ONCE = 20_000  # photos: to read and group 100,000 takes minutes


@dataclass(frozen=True, slots=True)
class _Known:
    shoot: Shoot
    grouping: Grouping
    groups: tuple[Group, ...]  # in order of time
    at: float
    mark: tuple[tuple[int, ...], ...]  # of the catalog, when it was read


class CullDesk:
    """Groups and proposals of one catalog; any number of threads may ask."""

    def __init__(self, workshop: Workshop, review: Review) -> None:
        self._workshop = workshop
        self._review = review
        self._known: dict[str | None, _Known] = {}
        self._lock = threading.Lock()

    def groups(self, scope: str | None) -> tuple[Group, ...]:
        """Bursts, duplicates and series of a folder in order of time, those without one last.

        Raises:
            CatalogError: too many photos to compare; so do the methods below.
        """
        return self._read(scope).groups

    def group(self, group_id: str, scope: str | None = None) -> Group:
        """One group; where it was split or joined since, the one that its first photo is in now.

        Raises:
            UsageError: there is none.
        """
        groups = self._read(scope).grouping.groups
        first = group_id.rpartition("-")[2]
        for found in groups:
            if found.id == group_id:
                return found
        for found in groups:
            if len(first) == _PHOTO and any(key.startswith(first) for key in found.members):
                return found
        raise UsageError("this group no longer exists; reload the list")

    def regroup(self, user: str, photos: Sequence[str], *, where: str, step: str) -> None:
        """Makes these photos one group, or takes one out of its own: a step of this person.

        Raises:
            UsageError: they cannot be one group, or are one.
            UnknownPhoto: a photo is not in the catalog.
        """
        if self._workshop.catalog.runs.of_step(step) is not None:
            return  # sent again: they are one group already
        scope = self._folder_of(photos)
        known = self._read(scope)
        change = change_to(photos, known.grouping, known.shoot.frames)
        self._review.regroup(user, change, where=where, step=step)

    def _folder_of(self, photos: Sequence[str]) -> str:
        """The folder that all of them lie in, in itself or in folders of it.

        Raises:
            UsageError: there is none, or one with too many photos to compare.
        """
        paths = self._workshop.catalog.gallery.first_paths(photos).values()
        folders = {os.path.dirname(path) for path in paths}
        try:
            common = os.path.commonpath(folders)
        except ValueError:  # no file is left; two drives of Windows
            common = ""
        if common and not self.is_too_large(common):
            return common
        raise UsageError(
            "these photos lie in different folders: only photos of one folder are one burst"
            if len(folders) > 1
            else "these photos are not there any more, or too many lie in their folder"
        )

    def proposals(
        self, user: str, wish: Wish, *, scope: str | None = None, kinds: Kinds = Kinds.ALL
    ) -> Cull:
        """Proposals, in addition to the person's decisions.

        Raises:
            UsageError: no photo in the scope.
        """
        known = self._read(scope)
        return cull(
            of_kinds(known.shoot, kinds, known.grouping),
            wish,
            profiles.load(profiles.AUTO),
            sketches=self._workshop.sketch,
            values=dict(self._review.personal_scores(user)),
            decisions=read_decisions(self._workshop.catalog, user),
            grouping=known.grouping,
            compared=False,
        )

    def is_too_large(self, scope: str | None) -> bool:
        """Whether there are too many photos to compare while a page loads."""
        if self._fresh(scope) is not None:
            return False
        gallery, revision = self._workshop.catalog.gallery, self._review.revision
        if scope is None:
            return gallery.size(revision) > _MOST_AT_ONCE
        return gallery.count(revision, Filters(folder=scope)) > _MOST_AT_ONCE

    def of_group(
        self,
        user: str,
        found: Group,
        *,
        decisions: Mapping[str, Decision],
        scope: str | None = None,
        strictness: float = 0.5,
    ) -> Mapping[str, Proposal]:
        """The proposals for the members of one group without those already decided.

        `decisions` are the person's, see `said`.
        """
        known = self._read(scope)
        result = cull(
            known.shoot,
            Wish(strictness=strictness, share=0.0),  # the best, if it is usable, and no more
            profiles.load(profiles.AUTO),
            sketches=self._workshop.sketch,
            values=dict(self._review.personal_scores(user)),
            decisions=decisions,
            grouping=known.grouping.only(found),
            compared=False,
        )
        return {proposal.content_hash: proposal for proposal in result.culling.proposals}

    def said(self, user: str, scope: str | None) -> Said:
        """The person's words on everything: read once for a page, for they may be many."""
        companions = self._read(scope).grouping.companions
        catalog = self._workshop.catalog
        own = catalog.people.decisions(user)
        return Said(own, with_loved(catalog, user, own), companions)

    def units(self, proposals: Iterable[Proposal], scope: str | None) -> dict[Choice, list[str]]:
        """Picks and rejects as a page sends them back: content hashes joined by ``+``.

        The first is the photo shown, the others are the other files of its exposure.
        """
        kept = [one for one in proposals if one.choice is not Choice.NONE]
        files = self.files([one.content_hash for one in kept], scope)
        found: dict[Choice, list[str]] = {Choice.PICK: [], Choice.REJECT: []}
        for proposal in kept:
            found[proposal.choice].append(files[proposal.content_hash])
        return found

    def files(self, photos: Iterable[str], scope: str | None) -> dict[str, str]:
        """Content hash of each photo → those of all files of its exposure, joined by ``+``."""
        companions = self._read(scope).grouping.companions
        return {key: "+".join((key, *companions.get(key, ()))) for key in photos}

    def _fresh(self, scope: str | None) -> _Known | None:
        known = self._known.get(scope)
        if known is None or time.monotonic() - known.at >= _FRESH_SECONDS:
            return None
        return known if known.mark == self._mark() else None  # deleted photos no longer count

    def _mark(self) -> tuple[tuple[int, ...], ...]:
        catalog = self._workshop.catalog
        return catalog.gallery.mark(self._review.revision), catalog.hand_groups.mark()

    def _read(self, scope: str | None) -> _Known:
        if self.is_too_large(scope):
            raise CatalogError(
                f"more than {_MOST_AT_ONCE:,} photos are too many to compare on the page;"
                " choose a smaller folder, or run: aesplugin cull FOLDER"
            )
        with self._lock:
            known = self._fresh(scope)
            if known is None:
                mark = self._mark()
                shoot = read_shoot(self._workshop.catalog, self._review.revision, scope)
                found = group(shoot, self._workshop.sketch)
                known = _Known(shoot, found, _by_time(shoot, found), time.monotonic(), mark)
                self._known = dict(list(self._known.items())[1 - _KEPT :]) | {scope: known}
            return known


def _by_time(shoot: Shoot, grouping: Grouping) -> tuple[Group, ...]:
    """The groups by the time and path of their first frame."""
    frames = {frame.key: frame for frame in shoot.frames}

    def moment(found: Group) -> tuple[datetime, str]:
        first = frames[found.members[0]]
        return first.time or datetime.max, first.path

    return tuple(sorted(grouping.groups, key=moment))
