"""Which of a person's favourites a photo resembles, by the model's own view of both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.prefer import Preferences

_MOST = 500  # favourites compared with
_LEAST = 0.05  # cosine: below that two photos have nothing in common


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A favourite and its cosine similarity, -1..1."""

    content_hash: str
    similarity: float


def closest_favorites(
    catalog: Catalog, model_revision: str, user: str, content_hash: str, *, limit: int = 6
) -> list[Neighbour]:
    """The favourites most like this photo, the closest first.

    None where no embedding is kept, and none of those that do not resemble it at all.
    """
    loved = Preferences(catalog, user).loved()
    liked = [key for key in loved if key != content_hash][:_MOST]
    stored = catalog.embeddings(model_revision, [content_hash, *liked])
    own = stored.pop(content_hash, None)
    if own is None:
        return []
    view = _unit(own)  # [D]
    found = [
        Neighbour(key, float(view @ other))
        for key, value in stored.items()
        if (other := _unit(value)).shape == view.shape and float(view @ other) >= _LEAST
    ]
    return sorted(found, key=lambda neighbour: -neighbour.similarity)[:limit]


def _unit(embedding: bytes) -> NDArray[np.float32]:
    vector = np.frombuffer(embedding, dtype="<f2").astype(np.float32)
    return vector / max(float(np.linalg.norm(vector)), 1e-6)
