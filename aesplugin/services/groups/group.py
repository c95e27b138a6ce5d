"""Which photos of a folder belong together: reads the catalog, asks `groups.partition`."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.embedding_matrix import Views
from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.records import Entry
from aesplugin.catalog.sql_helpers import is_under
from aesplugin.face import Face
from aesplugin.services.groups.alignment import Grey
from aesplugin.services.groups.by_hand import Labels
from aesplugin.services.groups.frame import Frame, Grouping
from aesplugin.services.groups.pairs import pair_up
from aesplugin.services.groups.partition import Evidence, looks_of, partition

Sketches = Callable[[str], Grey | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoot:
    """The photos of one scope, each content once, with all data about them.

    Attributes:
        entries: of the first path of each.
        scores, embeddings: by content hash, where there are any.
        copies: content hash → all other paths, of the photos that have some.
        faces: by content hash, of the photos whose faces were read; empty where there are none.
        by_hand: content hash → the group that a person put it into, where one did.
    """

    entries: tuple[Entry, ...]
    scores: dict[str, float]
    embeddings: dict[str, NDArray[np.float32]]
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faces: Mapping[str, tuple[Face, ...]] = field(default_factory=dict)
    by_hand: Labels = field(default_factory=dict)

    @property
    def frames(self) -> list[Frame]:
        """For grouping, in the order of `entries`."""
        return [
            Frame(
                path=entry.path,
                photo=entry.photo,
                copies=self.copies.get(entry.photo.content_hash, ()),
            )
            for entry in self.entries
            if entry.photo is not None
        ]


def read_shoot(catalog: Catalog, model_revision: str, scope: str | None = None) -> Shoot:
    """The decoded photos that are there under a folder (in all of the catalog where None), by path.

    A file marked missing is left out: a renamed photo has its new path, and a RAW whose JPEG was
    deleted represents itself.
    """
    entries: dict[str, Entry] = {}
    copies: dict[str, tuple[str, ...]] = {}
    for entry in in_scope(catalog, model_revision, scope):
        if entry.photo is None:
            continue
        key = entry.photo.content_hash
        if entries.setdefault(key, entry) is not entry:
            copies[key] = (*copies.get(key, ()), entry.path)
    views = catalog.views(model_revision, under=_folder_of(scope, entries.values()))
    kept = [index for index, key in enumerate(views.hashes) if key in entries]
    return Shoot(
        entries=tuple(entries.values()),
        scores={views.hashes[i]: float(views.scores[i]) for i in kept},
        embeddings=_known(views, kept),
        copies=copies,
        faces={key: one.faces for key, one in entries.items() if one.faces is not None},
        by_hand=catalog.hand_groups.all(),
    )


def of_kinds(shoot: Shoot, kinds: Kinds, grouping: Grouping | None = None) -> Shoot:
    """The photos of a shoot, or its non-photos; a picture without a score counts as a photo.

    All files of one exposure go the same way: they are a photo where one of them is taken for one.
    So do the frames of a series, where the `grouping` of the shoot is given.
    """
    if kinds is Kinds.ALL:
        return shoot
    entries = {
        entry.photo.content_hash: entry for entry in shoot.entries if entry.photo is not None
    }
    wanted = {
        key
        for files in _fates(shoot, grouping)
        if any(_is_photo(entries[key]) for key in files) is (kinds is Kinds.PHOTOS)
        for key in files
    }
    kept = {key: entry for key, entry in entries.items() if key in wanted}
    return Shoot(
        entries=tuple(kept.values()),
        scores={key: score for key, score in shoot.scores.items() if key in kept},
        embeddings={key: vector for key, vector in shoot.embeddings.items() if key in kept},
        copies=shoot.copies,
        faces=shoot.faces,
        by_hand=shoot.by_hand,
    )


def is_mixed(shoot: Shoot) -> bool:
    """Whether anything in it is taken for a non-photo."""
    return not all(map(_is_photo, shoot.entries))


def group(
    shoot: Shoot, sketches: Sketches, *, scene_pause: timedelta = timedelta(minutes=10)
) -> Grouping:
    """How the photos of a shoot are grouped; `sketches` gives small grey pictures by hash."""
    evidence = Evidence(embeddings=shoot.embeddings, sketches=sketches)
    return partition(shoot.frames, evidence, scene_pause=scene_pause, by_hand=shoot.by_hand)


def pairs_of(shoot: Shoot) -> dict[str, tuple[str, ...]]:
    """Content hash of each photo → the other files of its exposure (see `pair_up`)."""
    frames = shoot.frames
    return pair_up(frames, looks_of(frames, shoot.embeddings))


def in_scope(catalog: Catalog, model_revision: str, scope: str | None) -> Iterable[Entry]:
    """The readable files under a folder, or the one of that path; all of them where None."""
    if scope is None:
        return catalog.entries(model_revision, readable=True)
    under = list(catalog.entries(model_revision, under=scope, readable=True))
    return under or catalog.entries(model_revision, paths=[scope], readable=True)


def _fates(shoot: Shoot, grouping: Grouping | None) -> Iterator[list[str]]:
    """The other files of the exposure, by content hash."""
    pairs = pairs_of(shoot) if grouping is None else grouping.companions
    series = [one.members for one in grouping.groups if one.kind.is_series] if grouping else []
    in_series = {key for members in series for key in members}
    alone = [(key,) for key in pairs if key not in in_series]
    for members in (*series, *alone):
        yield [file for key in members for file in (key, *pairs[key])]


def _is_photo(entry: Entry) -> bool:
    return entry.assessment is None or entry.assessment.is_photo


def _folder_of(scope: str | None, entries: Iterable[Entry]) -> str | None:
    """The folder all of them lie in: the embeddings of a large catalog take 256 MB."""
    if scope is None or all(is_under(entry.path, scope) for entry in entries):
        return scope
    return os.path.dirname(scope)


def _known(views: Views, rows: Sequence[int]) -> dict[str, NDArray[np.float32]]:
    known = views.embeddings[rows].astype(np.float32)
    return {
        views.hashes[row]: vector
        for row, vector in zip(rows, known, strict=True)
        if len(vector) and np.isfinite(vector).all()
    }
