"""Bursts and proposals for the page: grouped once, then proposed about at every move."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from aesplugin.catalog.filters import Filters, Kinds
from aesplugin.compose import Workshop
from aesplugin.decision import Proposal
from aesplugin.errors import CatalogError, UsageError
from aesplugin.services.cull import Cull, cull, read_decisions
from aesplugin.services.culling import profiles
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.group import Shoot, group, of_kinds, read_shoot
from aesplugin.services.groups.frame import Group, Grouping
from aesplugin.services.review import Review

_FRESH_SECONDS = 60.0
_KEPT = 4  # folders remembered
_MOST_AT_ONCE = 20_000  # photos: to read and group 100,000 takes minutes


@dataclass(frozen=True, slots=True)
class _Known:
    shoot: Shoot
    grouping: Grouping
    at: float


class CullDesk:
    """Groups and proposals of one catalog; any number of threads may ask."""

    def __init__(self, workshop: Workshop, review: Review) -> None:
        self._workshop = workshop
        self._review = review
        self._known: dict[str | None, _Known] = {}
        self._lock = threading.Lock()

    def groups(self, scope: str | None) -> tuple[Group, ...]:
        """Bursts, copies and series of a folder, the largest first.

        Raises:
            CatalogError: too many photos to look at all of them; so do the others below.
        """
        found = self._read(scope).grouping.groups
        return tuple(sorted(found, key=lambda one: (-len(one.members), one.id)))

    def group(self, group_id: str, scope: str | None = None) -> Group:
        """One group.

        Raises:
            UsageError: there is none of that name.
        """
        for found in self._read(scope).grouping.groups:
            if found.id == group_id:
                return found
        raise UsageError("there is no such group any more; reload the list")

    def proposals(
        self, user: str, wish: Wish, *, scope: str | None = None, kinds: Kinds = Kinds.ALL
    ) -> Cull:
        """What the machine would keep, beside what the person decided.

        Raises:
            UsageError: no photo in the scope.
        """
        known = self._read(scope)
        return cull(
            of_kinds(known.shoot, kinds),
            wish,
            profiles.load("general"),
            sketches=self._workshop.sketch,
            values=dict(self._review.personal_scores(user)),
            decisions=read_decisions(self._workshop.catalog, user),
            grouping=known.grouping,
            compared=False,
        )

    def is_too_large(self, scope: str | None) -> bool:
        """Whether there are too many photos to look at all of them while somebody waits."""
        if self._fresh(scope) is not None:
            return False
        gallery, revision = self._workshop.catalog.gallery, self._review.revision
        if scope is None:
            return gallery.size(revision) > _MOST_AT_ONCE
        return gallery.count(revision, Filters(folder=scope)) > _MOST_AT_ONCE

    def of_group(
        self, user: str, found: Group, *, scope: str | None = None, strictness: float = 0.5
    ) -> Mapping[str, Proposal]:
        """The proposals for the members of one group, decided members left out."""
        known = self._read(scope)
        result = cull(
            known.shoot,
            Wish(strictness=strictness),
            profiles.load(profiles.names()[0] if "general" not in profiles.names() else "general"),
            sketches=self._workshop.sketch,
            values=dict(self._review.personal_scores(user)),
            decisions=read_decisions(self._workshop.catalog, user),
            grouping=known.grouping.only(found),
            compared=False,
        )
        return {proposal.content_hash: proposal for proposal in result.proposals()}

    def accept(self, user: str, proposals: list[Proposal]) -> int:
        """The person accepts; one step to take back. Returns how many photos it decided."""
        return self._review.accept(user, proposals)

    def _fresh(self, scope: str | None) -> _Known | None:
        known = self._known.get(scope)
        is_fresh = known is not None and time.monotonic() - known.at < _FRESH_SECONDS
        return known if is_fresh else None

    def _read(self, scope: str | None) -> _Known:
        if self.is_too_large(scope):
            raise CatalogError(
                f"more than {_MOST_AT_ONCE:,} photos are too many to compare while somebody waits;"
                " name a smaller folder, or run: aesplugin cull FOLDER"
            )
        with self._lock:
            known = self._fresh(scope)
            if known is None:
                shoot = read_shoot(self._workshop.catalog, self._review.revision, scope)
                known = _Known(shoot, group(shoot, self._workshop.sketch), time.monotonic())
                self._known = dict(list(self._known.items())[1 - _KEPT :]) | {scope: known}
            return known
