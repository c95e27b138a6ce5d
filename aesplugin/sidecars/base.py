"""What every sidecar format must offer, and the values that pass through it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from aesplugin.decision import Choice
from aesplugin.errors import SidecarError

MOST_BYTES = 32 * 2**20  # a darktable sidecar with many masks is a few MB; beyond that, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What one photo's sidecar shall say.

    The first block goes to our own namespace and is always written. The second block goes to
    fields that belong to the user: None means that the user did not opt in.
    """

    score: float | None = None
    personal_score: float | None = None
    user: str | None = None
    comment: str | None = None
    suggestions: tuple[str, ...] = ()
    model: str | None = None
    model_revision: str | None = None
    scored_at: datetime | None = None

    stars: int | None = None  # -1 (rejected), 1..5; 0: stars that we wrote go
    choice: Choice | None = None
    tags: tuple[tuple[str, ...], ...] | None = None  # each a path from the root, e.g. ("a", "b")
    keywords: tuple[tuple[str, ...], ...] | None = None  # likewise, what the photo shows
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFields:
    """What a *person* said in a sidecar; what we wrote ourselves is left out.

    `stars` is -1 (rejected), 0..5, or None where nobody judged; `label` a colour's name.
    """

    stars: int | None = None
    choice: Choice | None = None
    label: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field as it was and as it is; None where it is absent."""

    field: str
    before: str | None
    after: str | None
    is_stars: bool = False  # the field where other programs look for stars


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A sidecar's new bytes: the very same object that came in where nothing changes."""

    data: bytes | None
    changes: tuple[Change, ...] = ()
    kept: tuple[str, ...] = ()  # one line per field of the user's that we left alone


class SidecarFormat(ABC):
    """Reads and merges bytes; touches no file (see `aesplugin.sidecars.atomic`).

    Which of the user's own fields it has is told by the attributes `has_…`; who wants others
    written is refused.
    """

    has_stars: ClassVar[bool] = False
    has_choice: ClassVar[bool] = False  # picks and rejects, as flag or colour
    has_tags: ClassVar[bool] = False
    has_keywords: ClassVar[bool] = False  # words a person may have given, too
    has_description: ClassVar[bool] = False

    @property
    @abstractmethod
    def suffix(self) -> str:
        """What a sidecar's name ends with, such as ".xmp"; a class attribute will do."""

    def read(self, data: bytes, *, default_star: bool = True) -> UserFields:
        """What a person said. `default_star`: a single star in darktable's file is no judgement.

        Nothing, in a format that only we write.

        Raises:
            SidecarError: damaged, hostile or of another format.
        """
        return UserFields()

    @abstractmethod
    def merge(self, data: bytes | None, publication: Publication) -> Merged:
        """`data` (None: no file yet) with the publication in it and everything foreign kept.

        Raises:
            SidecarError: as for `read`.
        """

    def restore(self, data: bytes, before: bytes | None) -> Merged:
        """Our fields as they were in `before`, whatever others changed in `data` since.

        Asked of files that others changed since; the rest is put back byte by byte. A format that
        cannot tell what is ours leaves such a file alone.

        Raises:
            SidecarError: as for `read`, or it cannot tell.
        """
        raise SidecarError("was changed since, and what is ours cannot be told from the rest")
