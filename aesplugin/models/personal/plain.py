"""A personal model without a learnt prior: for embeddings no panel of raters was measured on."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import SettingsError, WeightsDamaged
from aesplugin.models.base import scores_alike
from aesplugin.models.personal.files import (
    SHIPPED_FILES,
    PersonalFiles,
    load_personal,
    read_card,
    shipped_for,
)
from aesplugin.models.personal.model import PersonalCard, PersonalModel

Floats = NDArray[np.float32]

_EXPECTATION = 0.45  # the correlation of a general score with one person's ratings, as measured
_STRENGTH = 0.3  # variance of taste against that of one rating, as the learnt prior has it
_NOISE = 1.3
_AXES = 32
_SAMPLE = 4096  # photos the axes are taken from


def fitting_model(
    embeddings: Floats, scores: Floats, *, revision: str, files: PersonalFiles = SHIPPED_FILES
) -> PersonalModel:
    """The personal model named, else the shipped one for this model's revision, else a plain.

    Raises:
        SettingsError: the one in that place was made for another model.
        WeightsMissing: there is none.
        WeightsDamaged: its files are broken, or it reads embeddings of another width.
    """
    if files.place is not None:
        require_made_for(files.place, revision)
        return _own(files.place, files.cache, width=embeddings.shape[1])
    shipped = shipped_for(revision)
    if shipped is not None and read_card(shipped).width == embeddings.shape[1]:
        return load_personal(shipped, files.cache)
    return plain_model(embeddings, scores)


def require_made_for(place: Path, revision: str) -> None:
    """Refuses the personal model in `place` where it was made for another model; loads nothing.

    Raises:
        SettingsError, WeightsMissing, WeightsDamaged: as `fitting_model`.
    """
    made_for = read_card(place).made_for
    if not scores_alike(made_for, revision):
        raise SettingsError(
            f"the personal model in {place} was made for {made_for}, not for {revision}: "
            "train one for it with `aesplugin train personal`, or leave the setting `personal`"
            " empty"
        )


def _own(place: Path, cache: Path | None, *, width: int) -> PersonalModel:
    own = load_personal(place, cache)
    if width not in (0, own.card.width):  # 0: no photo has an embedding yet
        raise WeightsDamaged(
            f"the personal model in {place} needs embeddings of {own.card.width} numbers, not "
            f"{width}: train it again with `aesplugin train personal`"
        )
    return own


def plain_model(embeddings: Floats, scores: Floats) -> PersonalModel:
    """Reads tastes along the principal axes of the catalog's own embeddings [N, D]."""
    known = embeddings[np.isfinite(embeddings).all(axis=1)][:_SAMPLE]
    width = embeddings.shape[1]
    mean = known.mean(axis=0) if len(known) else np.zeros(width, dtype=np.float32)
    centred = known - mean
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :_AXES] if width else np.zeros((0, 1), dtype=np.float32)
    power = float(((centred @ axes) ** 2).sum(axis=1).mean()) if len(known) else 0.0
    axes = axes / np.sqrt(power or 1.0)
    dims = axes.shape[1]
    card = PersonalCard(
        space="any",
        made_for="",
        width=width,
        score_mean=float(scores.mean()) if len(scores) else 5.0,
        score_spread=float(scores.std() or 1.0) if len(scores) else 1.0,
        lean=1.0,
        expectation=_EXPECTATION,
        blend=(1.0, 0.0),
        figures={},
    )
    arrays = {
        "view.mean": mean.astype(np.float32),
        "view.axes": axes.astype(np.float32),
        "view.scale": np.ones(width, dtype=np.float32),
        "crowd.weights": np.zeros(width, dtype=np.float32),
        "crowd.bias": np.float32(0),
        "prior.covariance": np.eye(dims + 1, dtype=np.float32) * np.float32(_STRENGTH),
        "prior.noise": np.float32(_NOISE),
    }
    arrays["prior.covariance"][dims, dims] = 0.0  # how far one follows the score: as everybody
    return PersonalModel(card, arrays)
