"""All photos as one model sees them, as arrays: what ranking by taste and culling read."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, exists, select

from aesplugin.catalog.sql_helpers import under as lies_under
from aesplugin.catalog.tables import assessments, files

if TYPE_CHECKING:  # loaded where arrays are made: most commands make none
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """N photos.

    Attributes:
        hashes: their content hashes, ascending.
        scores: [N], 1..10.
        embeddings: [N, D] float16; NaN rows where none of the common length is kept.
    """

    hashes: tuple[str, ...]
    scores: "NDArray[np.float32]"
    embeddings: "NDArray[np.float16]"

    def without(self, content_hashes: Collection[str]) -> "Views":
        """The others."""
        left_out = set(content_hashes)
        kept = [row for row, key in enumerate(self.hashes) if key not in left_out]
        if len(kept) == len(self.hashes):
            return self
        return Views(
            hashes=tuple(self.hashes[row] for row in kept),
            scores=self.scores[kept],
            embeddings=self.embeddings[kept],
        )


def read_views(connection: Connection, model_revision: str, under: str | None) -> Views:
    """Every assessed photo with a readable file (under a folder); ordered by content hash."""
    import numpy as np

    conditions: list[ColumnElement[bool]] = [
        files.c.content_hash == assessments.c.content_hash,
        files.c.failure.is_(None),
    ]
    if under is not None:
        conditions.append(lies_under(under))
    shown = exists().where(*conditions)
    query = (
        select(assessments.c.content_hash, assessments.c.score, assessments.c.embedding)
        .where(assessments.c.model_revision == model_revision, shown)
        .order_by(assessments.c.content_hash)
    )
    rows = connection.execute(query).all()
    return Views(
        hashes=tuple(row[0] for row in rows),
        scores=np.array([row[1] for row in rows], dtype=np.float32),
        embeddings=_matrix([row[2] for row in rows]),
    )


def _matrix(blobs: list[bytes | None]) -> "NDArray[np.float16]":
    import numpy as np

    sizes = [len(blob) for blob in blobs if blob]
    width = max(set(sizes), key=sizes.count) if sizes else 0
    unknown = np.full(width // 2, np.nan, dtype="<f2").tobytes()
    usable = (blob if blob and len(blob) == width else unknown for blob in blobs)
    return np.frombuffer(b"".join(usable), dtype="<f2").reshape(len(blobs), width // 2)
