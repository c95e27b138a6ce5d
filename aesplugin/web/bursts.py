"""The list of bursts as a person works through it: what is decided, what comes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aesplugin.services.groups.frame import Group

PAGE = 60  # of the list
_MOST_AHEAD = 500  # undecided bursts that a page is told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A burst or series, and of how many of its members the person decided or loves them."""

    group: Group
    decided: int

    @property
    def is_open(self) -> bool:
        """Whether anything is left to decide; a series is to be merged, not to be decided."""
        return not self.group.kind.is_series and self.decided < len(self.group.members)

    @property
    def said(self) -> str:
        """How far it is decided."""
        if self.group.kind.is_series:
            return "to be merged"
        if not self.is_open:
            return "decided"
        return f"{self.decided} of {len(self.group.members)} decided" if self.decided else ""


def listed(groups: Sequence[Group], settled: Collection[str]) -> list[Listed]:
    """The groups in their order; `settled` are the photos that the person decided or loves."""
    return [
        Listed(group=group, decided=sum(key in settled for key in group.members))
        for group in groups
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one group stands in the list.

    Attributes:
        number: from 1.
        previous, following: ids of its neighbours; with `only_open` of the undecided ones.
        ahead: ids of the other undecided ones, those after it first, then those before it.
        others: how many of those there are; `ahead` is cut.
        after: the group after it, decided or not.
    """

    number: int
    total: int
    previous: str | None
    following: str | None
    ahead: tuple[str, ...]
    others: int
    after: Group | None


def place_of(every: Sequence[Listed], group_id: str, *, only_open: bool = False) -> Place:
    """The place of a group that is in the list."""
    at = next(index for index, one in enumerate(every) if one.group.id == group_id)
    before, after = every[:at], every[at + 1 :]
    ahead = [one.group.id for one in (*after, *before) if one.is_open]
    back = [one.group.id for one in before if one.is_open or not only_open]
    onward = [one.group.id for one in after if one.is_open or not only_open]
    return Place(
        number=at + 1,
        total=len(every),
        previous=back[-1] if back else None,
        following=onward[0] if onward else None,
        ahead=tuple(ahead[:_MOST_AHEAD]),
        others=len(ahead),
        after=after[0].group if after else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the list.

    Attributes:
        start: the place of the first that is shown, from 0, among those that match.
        count: how many match; `total` are all of them, `left` the undecided ones.
        before, after: where the parts before and after it start.
        at: the one that is to be focused.
    """

    shown: tuple[Listed, ...]
    start: int
    count: int
    total: int
    left: int
    before: int | None
    after: int | None
    at: str | None


def window(every: Sequence[Listed], start: int, at: str = "", *, only_open: bool) -> Window:
    """From a multiple of `PAGE` on; where a group is named, the part that holds it.

    Where that one does not match any more, the next one that does is in its place.
    """
    names = [one.group.id for one in every]
    asked = names.index(at) if at in names else None
    matching = [(n, one) for n, one in enumerate(every) if one.is_open or not only_open]
    if asked is not None and matching:
        start = next((n for n, (place, _) in enumerate(matching) if place >= asked), 0)
        at = matching[start][1].group.id
    last = max(0, len(matching) - 1) // PAGE * PAGE
    start = min(start // PAGE * PAGE, last)
    return Window(
        shown=tuple(one for _, one in matching[start : start + PAGE]),
        start=start,
        count=len(matching),
        total=len(every),
        left=sum(one.is_open for one in every),
        before=start - PAGE if start else None,
        after=start + PAGE if start < last else None,
        at=at if asked is not None and matching else None,
    )


def open_ones(every: Sequence[Listed], part: Window) -> tuple[str | None, str | None]:
    """Ids of undecided ones: the first from a part of the list on, and the first outside of it.

    Both go on from the beginning of the list where there is none behind.
    """
    names = [one.group.id for one in every]
    first = names.index(part.shown[0].group.id) if part.shown else 0
    shown = {one.group.id for one in part.shown}
    onward = [one.group.id for one in (*every[first:], *every[:first]) if one.is_open]
    return next(iter(onward), None), next((name for name in onward if name not in shown), None)
