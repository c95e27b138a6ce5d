"""What grouping needs to know of a photo, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aesplugin.photo import Exif, Photo


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One photo of a shoot; `path` is one file that shows it, `copies` are all others."""

    path: str
    photo: Photo
    copies: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The photo's content hash."""
        return self.photo.content_hash

    @property
    def exif(self) -> Exif:
        """The camera's record."""
        return self.photo.exif

    @property
    def time(self) -> datetime | None:
        """The camera's wall clock, without zone: aware and naive times then compare."""
        taken = self.exif.taken_at
        return taken.replace(tzinfo=None) if taken else None

    @property
    def camera(self) -> tuple[str | None, str | None, str | None]:
        """The body: frames of two bodies are never one burst, however close in time."""
        return (self.exif.make, self.exif.model, self.exif.serial)


class GroupKind(StrEnum):
    """Why photos are grouped."""

    BURST = "burst"  # one press of the shutter, or a quick succession of the same view
    DUPLICATES = "duplicates"  # the same picture again, at whatever time
    BRACKET = "bracket"  # one view at several exposures, to be merged
    PANORAMA = "panorama"  # overlapping views, to be stitched
    FOCUS_STACK = "focus stack"  # one view at several focus distances, to be merged

    @property
    def is_series(self) -> bool:
        """True for what was taken to be merged: never culled inside."""
        return self in _SERIES


_SERIES = frozenset({GroupKind.BRACKET, GroupKind.PANORAMA, GroupKind.FOCUS_STACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Two photos or more; `members` are content hashes.

    They are in order of time; last come a burst's near-duplicates (`copies`, among the members
    too): the same picture made at another time, by another camera or without a time. They compete
    with the frames for the keepers, but are not frames of the burst.
    """

    kind: GroupKind
    members: tuple[str, ...]
    reason: str
    copies: tuple[str, ...] = ()

    @property
    def frames(self) -> tuple[str, ...]:
        """The members without the near-duplicates."""
        return tuple(key for key in self.members if key not in self.copies)

    @property
    def title(self) -> str:
        """What it is: "burst of 4 and 1 near-duplicate"."""
        title = f"{self.kind.value} of {len(self.frames)}"
        return f"{title} and {counted_copies(len(self.copies))}" if self.copies else title

    @property
    def id(self) -> str:
        """Stable as long as the first member stays the first."""
        return f"{self.kind.value.replace(' ', '-')}-{self.members[0][:10]}"


def counted_copies(count: int) -> str:
    """ "1 near-duplicate", "3 near-duplicates"."""
    return "1 near-duplicate" if count == 1 else f"{count} near-duplicates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How a set of photos falls apart.

    Attributes:
        units: one content hash per photo; of a RAW+JPEG pair the JPEG stands for both.
        companions: content hash of a unit → the files that share its fate (RAW, edited versions).
        groups: disjoint, each of two units or more; a photo in none stands alone.
        scenes: content hash of a unit → number of its scene, counted in order of time.
        notes: what could not be done, one line each, for the person who asked.
    """

    units: tuple[str, ...]
    companions: Mapping[str, tuple[str, ...]]
    groups: tuple[Group, ...]
    scenes: Mapping[str, int]
    notes: tuple[str, ...] = ()

    def files_of(self, unit: str) -> tuple[str, ...]:
        """The photo's content hash and those of its companions."""
        return (unit, *self.companions.get(unit, ()))

    def only(self, group: Group) -> "Grouping":
        """The same of one group alone."""
        return Grouping(
            units=group.members,
            companions={key: self.companions.get(key, ()) for key in group.members},
            groups=(group,),
            scenes={key: self.scenes[key] for key in group.members},
        )

    def group_of(self) -> dict[str, Group]:
        """Content hash of a unit → its group, for those that have one."""
        return {key: group for group in self.groups for key in group.members}
