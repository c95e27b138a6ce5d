"""What a model says of a panel's photos, honestly: scores by a head that never saw the theme."""

from collections.abc import Sequence

import numpy as np

from aesplugin.errors import ModelError
from aesplugin.evaluation.inputs import read_rendition
from aesplugin.evaluation.judged import FoldModel, Progress, batches
from aesplugin.models.base import AestheticModel
from aesplugin.models.personal.panel import Panel, Seen

_BATCH = 16


def see_panel(
    model: AestheticModel, panel: Panel, *, progress: Progress = lambda done, of: None
) -> Seen:
    """Embeddings and scores of every photo, in the panel's order.

    Where the model can answer with a head that did not learn from a photo or its theme
    (`assess_unseen`), that head's score is taken.

    Raises:
        DataError: a photo cannot be read.
        ModelError: the model gives no embeddings.
    """
    scores: list[float] = []
    learnt: list[bool] = []
    embeddings: list[bytes | None] = []
    for some in batches(zip(panel.paths, panel.themes, strict=True), _BATCH):
        renditions = [read_rendition(path) for path, _ in some]
        answers = model.assess(renditions)
        embeddings += [answer.embedding for answer in answers]
        if isinstance(model, FoldModel):
            unseen = model.assess_unseen(renditions, [theme for _, theme in some])
            scores += [found.score for found in unseen]
            learnt += [found.learnt_from for found in unseen]
        else:
            scores += [answer.score for answer in answers]
        progress(len(scores), len(panel.paths))
    return Seen(
        embeddings=_matrix(embeddings, model),
        scores=np.array(scores, dtype=np.float32),
        learnt=np.array(learnt, dtype=np.bool_) if learnt else None,
    )


def _matrix(embeddings: Sequence[bytes | None], model: AestheticModel) -> np.ndarray:
    rows = [np.frombuffer(row, dtype="<f2") for row in embeddings if row is not None]
    if len(rows) < len(embeddings):
        raise ModelError(
            f"{model.card.name} gives no embeddings: the personal model cannot be measured with it"
        )
    matrix: np.ndarray = np.stack(rows).astype(np.float32)
    return matrix
