"""What a data set gives: frozen rows, the split of each, and the protocols its class follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol, runtime_checkable

from aesplugin.training.photos import split_of

Split = Literal["train", "validate", "test"]
SPLITS: Final[tuple[Split, ...]] = ("train", "validate", "test")


def stable_split(key: str) -> Split:
    """train, validate or test (78 : 10 : 12) by a hash of `key`: "set/photo" or "set/theme"."""
    found = split_of(key)
    return next(split for split in SPLITS if split == found)


def within_train(key: str) -> Split:
    """For the official training part of a set without validation photos: a tenth becomes that."""
    return "validate" if stable_split(key) == "validate" else "train"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedPhoto:
    """One photo and what people think of it.

    Attributes:
        score: mean rating, stretched linearly from the set's own scale to 1..10.
        spread: standard deviation of the ratings, on the same scale; None where unknown.
        votes: how many people gave each rating, lowest first; the ratings lie evenly from 1 to 10
            (ten counts: 1, 2, .. 10; five: 1, 3.25, .. 10). None where unknown.
        theme: what kind of photo it is, in the set's own words; None where unknown.
        attributes: mean judgements by name, -1 (spoils it) .. 1 (helps it); empty where unknown.
    """

    path: Path
    score: float
    split: Split
    spread: float | None = None
    votes: tuple[int, ...] | None = None
    theme: str | None = None
    attributes: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionedPhoto:
    """One photo and what people wrote about it (at least one text, none empty)."""

    path: Path
    captions: tuple[str, ...]
    split: Split


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRating:
    """What one person thinks of one photo.

    Attributes:
        user: "set:person", so that people of two sets are never taken for one.
        rating: stretched linearly from the set's own scale to 1..10.
        split: the photo's.
        user_split: the person's. Learn where both are "train": a model that has seen the person or
            the photo is measured too well.
    """

    user: str
    path: Path
    rating: float
    split: Split
    user_split: Split
    theme: str | None = None


@runtime_checkable
class HasRatings(Protocol):
    """A set with mean ratings. A set's class is called with its folder and a `Skipped`."""

    def rated(self) -> Iterator[RatedPhoto]:
        """The usable photos; test photos come before others of the same name.

        Raises:
            DataError: a file is missing or not of the documented layout.
        """
        ...


@runtime_checkable
class HasCaptions(Protocol):
    """A set with texts about its photos."""

    def captioned(self) -> Iterator[CaptionedPhoto]:
        """The usable photos with their texts; raises as `HasRatings.rated` does."""
        ...


@runtime_checkable
class HasRaters(Protocol):
    """A set that says who gave which rating."""

    def personal(self) -> Iterator[PersonalRating]:
        """Every usable rating; raises as `HasRatings.rated` does."""
        ...
