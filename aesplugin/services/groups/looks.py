"""Visual similarity of photos: by embeddings, or else by perceptual hashes."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1024  # rows compared with all others at once: 40 MB at 10,000 photos


class Likeness(StrEnum):
    """How similar two photos are at least; each level includes the ones before."""

    COPY = "copy"  # the same picture: resized, recompressed, slightly retouched
    TWIN = "twin"  # almost identical: neighbours in a burst of a still subject
    VIEW = "view"  # the same subject in about the same framing
    PLACE = "place"  # the same subject or surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The largest distance of each likeness: cosine distance, and differing hash bits of 64."""

    cosine: dict[Likeness, float]
    bits: dict[Likeness, int]


# Measured on the embedded scorer's embeddings; see docs/cull.md.
LIMITS = Limits(
    cosine={Likeness.COPY: 0.06, Likeness.TWIN: 0.12, Likeness.VIEW: 0.36, Likeness.PLACE: 0.60},
    bits={Likeness.COPY: 4, Likeness.TWIN: 8, Likeness.VIEW: 22, Likeness.PLACE: 26},
)


class Looks:
    """The looks of N photos; a photo without an embedding is compared by its hash alone."""

    def __init__(
        self,
        embeddings: Sequence[NDArray[np.float32] | None],
        hashes: Sequence[int],
        limits: Limits = LIMITS,
    ) -> None:
        self._vectors, self._known = _unit_rows(embeddings)  # [N, D], [N]
        self._bits = _unpack(hashes)  # [N, 64] of -1, 1
        self._limits = limits

    def __len__(self) -> int:
        return len(self._known)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit embeddings [N, D]; zero rows where there is none."""
        return self._vectors

    def alike(self, one: int, other: int, likeness: Likeness) -> bool:
        """Whether two photos, by position, are at least this similar."""
        if self._known[one] and self._known[other]:
            cosine = float(self._vectors[one] @ self._vectors[other])
            return 1 - cosine <= self._limits.cosine[likeness]
        return self.differing(one, other) <= self._limits.bits[likeness]

    def differing(self, one: int, other: int) -> int:
        """How many of the 64 bits of two photos' perceptual hashes differ."""
        return int((64 - self._bits[one] @ self._bits[other]) / 2)

    def among(self, positions: Sequence[int]) -> "Looks":
        """The looks of some of the photos, in this order."""
        rows = np.asarray(positions, dtype=np.int64)
        part = copy(self)
        part._vectors, part._known = self._vectors[rows], self._known[rows]
        part._bits = self._bits[rows]
        return part

    def copies(self, among: Sequence[int]) -> Iterator[tuple[int, int]]:
        """All pairs (by position, ascending) among the given photos that are copies.

        Both the embedding (where known) and the hash must agree: the embedding overlooks small
        changes, the hash confuses plain pictures.
        """
        rows = np.asarray(among, dtype=np.int64)
        for block, others in _blocks(rows):
            bits = self._bits_between(block, others) <= self._limits.bits[Likeness.COPY]
            near = bits & self._cosine_within(block, others, Likeness.COPY, unknown=True)
            yield from _pairs(block, others, near)

    def twins(self, of: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Pairs of one photo of `of` and any photo, at least twins: by embedding, else by hash."""
        everyone = np.arange(len(self), dtype=np.int64)
        rows = np.asarray(of, dtype=np.int64)
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            near = self._cosine_within(block, everyone, Likeness.TWIN, unknown=False)
            unknown = ~(self._known[block][:, None] & self._known[None, :])
            bits = self._bits_between(block, everyone) <= self._limits.bits[Likeness.TWIN]
            for a, b in zip(*np.nonzero(near | (unknown & bits)), strict=True):
                if block[a] != b:
                    yield int(block[a]), int(b)

    def nearest(self, of: Sequence[int], among: Sequence[int]) -> list[int | None]:
        """The most similar other photo of each, by embedding; None where there is no other."""
        others = np.asarray(among, dtype=np.int64)
        found: list[int | None] = []
        for start in range(0, len(of), _BLOCK):
            block = np.asarray(of[start : start + _BLOCK], dtype=np.int64)
            cosine = self._vectors[block] @ self._vectors[others].T  # [B, R]
            cosine[block[:, None] == others[None, :]] = -np.inf
            for row in cosine:
                best = int(row.argmax()) if len(row) else 0
                found.append(int(others[best]) if len(row) and row[best] > -np.inf else None)
        return found

    def _bits_between(
        self, block: NDArray[np.int64], others: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Differing bits of the perceptual hashes: [B, R]."""
        same: NDArray[np.float32] = self._bits[block] @ self._bits[others].T
        return np.float32(32) - same * np.float32(0.5)

    def _cosine_within(
        self,
        block: NDArray[np.int64],
        others: NDArray[np.int64],
        likeness: Likeness,
        *,
        unknown: bool,
    ) -> NDArray[np.bool_]:
        """[B, R]: whether the embeddings are that near; `unknown` where one is missing."""
        known = self._known[block][:, None] & self._known[others][None, :]
        cosine = 1 - self._vectors[block] @ self._vectors[others].T
        near: NDArray[np.bool_] = np.where(known, cosine <= self._limits.cosine[likeness], unknown)
        return near


def _blocks(rows: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Each block of rows with itself and all that follow: every pair once."""
    for start in range(0, len(rows), _BLOCK):
        yield rows[start : start + _BLOCK], rows[start:]


def _pairs(
    block: NDArray[np.int64], others: NDArray[np.int64], near: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    for a, b in zip(*np.nonzero(near), strict=True):
        if b > a:
            yield int(block[a]), int(others[b])


def _unit_rows(
    embeddings: Sequence[NDArray[np.float32] | None],
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Rows of length 1; a missing, empty, foreign-sized or non-finite row is zero and unknown."""
    sizes = [len(row) for row in embeddings if row is not None]
    width = max(set(sizes), key=sizes.count) if sizes else 0
    vectors = np.zeros((len(embeddings), width), dtype=np.float32)
    for index, row in enumerate(embeddings):
        if row is not None and len(row) == width:
            vectors[index] = row
    vectors[~np.isfinite(vectors).all(axis=1)] = 0
    norms = np.linalg.norm(vectors, axis=1)
    known = norms > 0
    vectors[known] /= norms[known, None]
    return vectors, known


def _unpack(hashes: Sequence[int]) -> NDArray[np.float32]:
    packed = np.array(hashes, dtype=">u8").view(np.uint8).reshape(len(hashes), 8)
    return np.unpackbits(packed, axis=1).astype(np.float32) * 2 - 1
