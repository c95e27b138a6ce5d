"""The training photos of a configuration's `[[sets]]`: where they lie, what was said and voted."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from aesplugin.errors import DataError
from aesplugin.training.datasets import (
    CaptionedPhoto,
    NamedSet,
    RatedPhoto,
    Split,
    load_captioned,
    load_rated,
)
from aesplugin.training.datasets.base import HasCaptions, HasRatings
from aesplugin.training.datasets.named import dataset_class


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPhoto:
    """One photo of a named set, its score on 1..10; `name` is what its features are cached by."""

    path: Path
    name: str  # folder/file: "AVA/images_953619.jpg"
    split: Split
    captions: tuple[str, ...] = ()
    score: float | None = None
    theme: str | None = None

    @property
    def key(self) -> Path:
        """The name as `cache_file` takes it."""
        return Path(self.name)

    def beside(self, other: "NamedPhoto") -> "NamedPhoto":
        """What two sets know of the same photo; for tests only, if it is that in one of them."""
        return replace(
            self,
            split=max(self.split, other.split, key=("train", "validate", "test").index),
            captions=(*self.captions, *other.captions),
            score=other.score if self.score is None else self.score,
            theme=self.theme or other.theme,
        )


@lru_cache(maxsize=4)
def named_photos(sets: tuple[NamedSet, ...], limit: int = 0) -> tuple[NamedPhoto, ...]:
    """The training photos of all sets, each once; at most `limit` of a set (0: all).

    Raises:
        DataError: a set is not there, or not of its documented layout, or photos of two sets
            go by one name.
    """
    found: dict[str, NamedPhoto] = {}
    names = [_gather(named, found) for named in sets]
    chosen: dict[str, None] = {}
    for mine in names:
        fit = (name for name in mine if found[name].split == "train")
        chosen |= dict.fromkeys(sorted(fit, key=_shuffled)[: limit or None])
    return tuple(found[name] for name in chosen)


def _gather(named: NamedSet, found: dict[str, NamedPhoto]) -> list[str]:
    """Adds what one set knows to `found`; returns the names of its photos."""
    names: dict[str, None] = {}
    for photo in _read(named):
        names[photo.name] = None
        known = found.get(photo.name)
        if known and known.path != photo.path and known.path.resolve() != photo.path.resolve():
            raise DataError(
                f"{known.path} and {photo.path} would share one name, {photo.name}, and so their "
                "features: rename the folder of one of the data sets"
            )
        found[photo.name] = known.beside(photo) if known else photo
    return list(names)


def _read(named: NamedSet) -> Iterator[NamedPhoto]:
    kind = dataset_class(named.name)
    if issubclass(kind, HasRatings):
        for rated in load_rated([named]):
            yield replace(_photo(named, rated), score=rated.score, theme=rated.theme)
    if issubclass(kind, HasCaptions):
        for captioned in load_captioned([named]):
            yield replace(_photo(named, captioned), captions=captioned.captions)


def _photo(named: NamedSet, one: RatedPhoto | CaptionedPhoto) -> NamedPhoto:
    return NamedPhoto(path=one.path, name=_name(named, one.path), split=one.split)


def _name(named: NamedSet, path: Path) -> str:
    """By the set's folder, so that two sets in one folder share a photo."""
    inside = path.relative_to(named.root).as_posix().replace("/", "_")
    return f"{named.root.resolve().name}/{inside}"


def _shuffled(name: str) -> str:
    """A fixed order that has nothing to do with how a set lists its photos."""
    return hashlib.sha256(name.encode()).hexdigest()
