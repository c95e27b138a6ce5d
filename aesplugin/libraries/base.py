"""What every library offers, whatever program stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self


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
class Wish:
    """What shall be said of an item; None and empty leave the library's word.

    Stars are given only where nobody gave any. Tags are added; of those the item has, the ones
    that begin with one of `tag_beginnings` and are not in `tags` go, all others stay.
    """

    stars: int | None = None
    favorite: bool | None = None
    tags: tuple[str, ...] = ()  # paths with "/" between the levels
    tag_beginnings: tuple[str, ...] = ()


class Library(Protocol):
    """A collection of another program. Methods raise `LibraryError` where it cannot be reached."""

    title: ClassVar[str]  # what people call the program

    @classmethod
    def connect(cls, place: str, *, prefixes: "PrefixMap") -> Self:
        """The library at an address or folder; what is secret it reads from the environment.

        Raises:
            LibraryError: no usable address or key.
        """
        ...

    def check(self) -> str:
        """The program's version, or what else tells that it is there.

        Raises:
            LibraryError: it does not answer, or refuses the key.
        """
        ...

    def find(self, paths: Sequence[str]) -> Mapping[str, Item]:
        """The items of these files, by path; unknown ones are left out."""
        ...

    def tell(self, wishes: Mapping[str, Wish]) -> int:
        """Applies wishes by item key; returns how many items changed."""
        ...

    def stacked(self, keys: Sequence[str]) -> set[str]:
        """Those of these items that stand in a stack already."""
        ...

    def stack(self, keys: Sequence[str]) -> None:
        """Shows these items as one, the first on top."""
        ...


class PrefixMap:
    """Paths of this machine to paths of the library's machine or container, and back."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        """`pairs` of (here, there); the longest that fits counts."""
        ordered = sorted(pairs, key=lambda pair: -len(pair[0]))
        self._out = [(_folder(here), _folder(there)) for here, there in ordered]
        back = sorted(pairs, key=lambda pair: -len(pair[1]))
        self._back = [(_folder(there), _folder(here)) for here, there in back]

    def there(self, path: str) -> str:
        """The library's path of a file of ours."""
        return _mapped(path, self._out)

    def here(self, path: str) -> str:
        """Our path of a file of the library's."""
        return _mapped(path, self._back)


def _folder(prefix: str) -> str:
    return prefix.rstrip("/") + "/"


def _mapped(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    for prefix, other in pairs:
        if path.startswith(prefix):
            return other + path[len(prefix) :]
    return path
