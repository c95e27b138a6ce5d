"""What every library offers, whatever program stands behind it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from aesplugin.errors import LibraryError
from aesplugin.paths import Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A photo as the library knows it.

    `key` is the library's own name for it; `stars` what a person gave there, -1 or 1..5, None
    where nobody did.
    """

    key: str
    path: str  # as this machine sees it
    stars: int | None = None
    favorite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What shall be said of an item; None and empty leave the library's word.

    Stars are given only where nobody gave any. Tags are added; of those the item has, the ones
    that begin with one of `tag_beginnings` and are not in `tags` go, all others stay.
    """

    stars: int | None = None
    favorite: bool | None = None
    tags: tuple[str, ...] = ()  # paths with "/" between the levels
    tag_beginnings: tuple[str, ...] = ()


class Library(ABC):
    """A collection of another program. Methods raise `LibraryError` where it cannot be reached.

    What it has beside photos is told by the attributes `has_…`; of what it has not it is told
    nothing, and who asks for it is refused.
    """

    has_stars: ClassVar[bool] = False
    has_favorites: ClassVar[bool] = False
    has_tags: ClassVar[bool] = False
    has_stacks: ClassVar[bool] = False

    @property
    @abstractmethod
    def title(self) -> str:
        """What people call the program; a class attribute will do."""

    @classmethod
    @abstractmethod
    def connect(cls, place: str, *, prefixes: "PrefixMap") -> Self:
        """The library at an address or folder; what is secret it reads from the environment.

        Raises:
            LibraryError: no usable address or key.
        """

    @abstractmethod
    def check(self) -> str:
        """The program's version, or what else tells that it is there.

        Raises:
            LibraryError: it does not answer, or refuses the key.
        """

    @abstractmethod
    def find(self, paths: Sequence[str]) -> Mapping[str, Item]:
        """The items of these files, by path; unknown ones are left out."""

    def update(self, updates: Mapping[str, Update]) -> int:
        """Applies updates by item key; returns how many items changed.

        For a library that has stars, favourites or tags.
        """
        raise LibraryError(f"{self.title} has nothing that can be updated")

    def stacked(self, keys: Sequence[str]) -> set[str]:
        """Those of these items that stand in a stack already: none, where it has no stacks."""
        return set()

    def stack(self, keys: Sequence[str]) -> None:
        """Shows these items as one, the first on top. For a library that has stacks."""
        raise LibraryError(f"{self.title} has no stacks")


class PrefixMap:
    """Paths of this machine to paths of the library's machine or container, and back.

    Either may be Windows; the separators are then those of the path that is asked for.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        """`pairs` of (here, there); the longest that fits counts."""
        out = sorted(pairs, key=lambda pair: -len(pair[0]))
        self._out = [(Prefix(here), Prefix(there)) for here, there in out]
        back = sorted(pairs, key=lambda pair: -len(pair[1]))
        self._back = [(Prefix(there), Prefix(here)) for here, there in back]

    def there(self, path: str) -> str:
        """The library's path of a file of ours."""
        return _mapped(path, self._out)

    def here(self, path: str) -> str:
        """Our path of a file of the library's."""
        return _mapped(path, self._back)


def _mapped(path: str, pairs: Sequence[tuple[Prefix, Prefix]]) -> str:
    for prefix, other in pairs:
        if (names := prefix.names_below(path)) is not None:
            return other.join(names)
    return path
