"""What a model says of a panel's photos, honestly: scores by a head that never saw the theme."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from aesplugin.errors import DataError, ModelError, PhotoError
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import decode
from aesplugin.imaging.renditions import make_rendition
from aesplugin.models.base import AestheticModel
from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.photo import Rendition

_BATCH = 8
_MAX_MEGAPIXELS = 300.0


def see_panel(model: AestheticModel, panel: Panel) -> Seen:
    """Embeddings and scores of every photo, in the panel's order.

    Where the model can answer with a head that did not learn from a photo or its theme
    (`assess_unseen`), that head's score is taken.

    Raises:
        DataError: a photo cannot be read.
        ModelError: the model gives no embeddings.
    """
    scores: list[float] = []
    embeddings: list[bytes | None] = []
    unseen = getattr(model, "assess_unseen", None)
    for start, renditions in _renditions(panel):
        answers = model.assess(renditions)
        embeddings += [answer.embedding for answer in answers]
        if unseen is None:
            scores += [answer.score for answer in answers]
        else:
            themes = panel.themes[start : start + len(renditions)]
            scores += [found.score for found in unseen(renditions, themes)]
    return Seen(embeddings=_matrix(embeddings, model), scores=np.array(scores, dtype=np.float32))


def _renditions(panel: Panel) -> Iterator[tuple[int, list[Rendition]]]:
    for start in range(0, len(panel.paths), _BATCH):
        yield start, [_rendition(path) for path in panel.paths[start : start + _BATCH]]


def _rendition(path: Path) -> Rendition:
    try:
        content = read_content(str(path))
        picture = decode(content.data, str(path), _MAX_MEGAPIXELS)
    except PhotoError as error:
        raise DataError(f"{path}: {error}") from None
    return make_rendition(picture.pixels, content.content_hash)


def _matrix(embeddings: Sequence[bytes | None], model: AestheticModel) -> np.ndarray:
    rows = [np.frombuffer(row, dtype="<f2") for row in embeddings if row is not None]
    if len(rows) < len(embeddings):
        raise ModelError(f"{model.card.name} gives no embeddings: taste cannot be measured with it")
    matrix: np.ndarray = np.stack(rows).astype(np.float32)
    return matrix
