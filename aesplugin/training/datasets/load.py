"""The photos of several data sets together, as the training stages want them."""

import logging
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from aesplugin.errors import DataError
from aesplugin.training.datasets.base import (
    SPLITS,
    CaptionedPhoto,
    HasCaptions,
    HasRaters,
    HasRatings,
    PersonalRating,
    RatedPhoto,
    Split,
)
from aesplugin.training.datasets.named import DATASETS, NamedSet, dataset_class
from aesplugin.training.datasets.skipped import Say, Skip, Skipped

_log = logging.getLogger(__name__)


class _Row(Protocol):
    @property
    def split(self) -> Split: ...


_R = TypeVar("_R", bound=_Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind(Generic[_R]):
    what: str
    protocol: type
    read: Callable[[Any], Iterator[_R]]
    key: Callable[[_R], Hashable]  # rows of one key are one row


_RATED: Final[_Kind[RatedPhoto]] = _Kind(
    what="ratings", protocol=HasRatings, read=lambda data: data.rated(), key=lambda row: row.path
)
_CAPTIONED: Final[_Kind[CaptionedPhoto]] = _Kind(
    what="texts", protocol=HasCaptions, read=lambda data: data.captioned(), key=lambda row: row.path
)
_PERSONAL: Final[_Kind[PersonalRating]] = _Kind(
    what="personal ratings",
    protocol=HasRaters,
    read=lambda data: data.personal(),
    key=lambda row: (row.user, row.path),
)


def load_rated(
    sets: Sequence[NamedSet], *, splits: Collection[Split] = SPLITS, say: Say = _log.warning
) -> list[RatedPhoto]:
    """Every rated photo of those `sets` that hold ratings, in the order of the sets.

    `say` is told of each row that cannot be used (the first few of a kind, then their number).

    Raises:
        DataError: no set holds ratings, or one is unusable: not there, not of its layout, empty.
    """
    return _load(sets, _RATED, splits, say)


def load_captioned(
    sets: Sequence[NamedSet], *, splits: Collection[Split] = SPLITS, say: Say = _log.warning
) -> list[CaptionedPhoto]:
    """Every photo with texts of those `sets` that hold texts; as `load_rated`."""
    return _load(sets, _CAPTIONED, splits, say)


def load_personal(
    sets: Sequence[NamedSet], *, splits: Collection[Split] = SPLITS, say: Say = _log.warning
) -> list[PersonalRating]:
    """Every person's ratings of those `sets` that name raters; `splits` are the photos'."""
    return _load(sets, _PERSONAL, splits, say)


def _load(
    sets: Sequence[NamedSet], kind: _Kind[_R], splits: Collection[Split], say: Say
) -> list[_R]:
    rows: list[_R] = []
    able = [named for named in sets if issubclass(dataset_class(named.name), kind.protocol)]
    if not able:
        who = ", ".join(named.name for named in sets) or "none"
        known = [name for name in DATASETS if issubclass(dataset_class(name), kind.protocol)]
        raise DataError(
            f"no data set with {kind.what} is configured ({who}); add {' or '.join(known)}"
        )
    for named in able:
        skipped = Skipped(named.name, say)
        found = list(_once(_read(named, kind, skipped), kind.key, skipped))
        if not found:
            raise DataError(f"{named.name}: {named.root} has nothing usable ({skipped.summary()})")
        skipped.close(len(found))
        rows += [row for row in found if row.split in splits]
    return rows


def _read(named: NamedSet, kind: _Kind[_R], skipped: Skipped) -> Iterator[_R]:
    if not named.root.is_dir():
        raise DataError(
            f"{named.root} is not a folder; it should contain the data set {named.name}"
        )
    yield from kind.read(dataset_class(named.name)(named.root, skipped))


def _once(rows: Iterator[_R], key: Callable[[_R], Hashable], skipped: Skipped) -> Iterator[_R]:
    seen: set[Hashable] = set()
    for row in rows:
        mine = key(row)
        if mine in seen:
            skipped.note(str(mine), Skip("repeated", "named twice, the first counts"))
        else:
            seen.add(mine)
            yield row
