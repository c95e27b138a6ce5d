"""One person's scores for all photos of a catalog, from ratings and stored embeddings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.embedding_matrix import Views
from aesplugin.catalog.records import Preference
from aesplugin.counting import counted
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.files import SHIPPED_FILES, PersonalFiles
from aesplugin.models.personal.model import Known, PersonalModel
from aesplugin.models.personal.plain import fitting_model
from aesplugin.services.personal.prefer import Preferences

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """All photos of a scope as one person would order them.

    Attributes:
        hashes, general, personal: [N] content hash, general and personal score, 1..10.
        order: [N] positions, the person's favourite first; ties by general score, then hash.
        general_order: [N] the same by general score.
        known: what is known of the person; `known.fallback` says why personal = general.
        example_hashes: content hashes of the person's photos, as `known.examples` has them.
        note: how the ranking came about, one line, where there is something to say.
    """

    hashes: tuple[str, ...]
    general: Floats
    personal: Floats
    order: NDArray[np.int64]
    general_order: NDArray[np.int64]
    model: PersonalModel
    known: Known
    embeddings: Floats
    example_hashes: tuple[str, ...]
    note: str | None = None

    def places(self) -> NDArray[np.int64]:
        """[N] by how many places each photo rose (negative: fell) against the general order."""
        count = len(self.hashes)
        mine, everyones = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
        mine[self.order] = np.arange(count)
        everyones[self.general_order] = np.arange(count)
        places: NDArray[np.int64] = everyones - mine
        return places


def rank_for(
    catalog: Catalog,
    model_revision: str,
    user: str,
    *,
    under: str | None = None,
    personal: PersonalFiles = SHIPPED_FILES,
    leave_out: Collection[str] = (),
) -> Ranking:
    """Ranks every assessed photo (under a folder) for one person, from stored embeddings alone.

    `personal` says where the personal model comes from. Photos to `leave_out` are named by their
    content hashes; the person's ratings of them still count.

    Raises:
        SettingsError: that one was made for another model.
        WeightsMissing: there is none.
        WeightsDamaged: the personal model's files are broken.
    """
    everything = catalog.views(model_revision)
    ratings = Preferences(catalog, user).all()
    examples, hashes = _examples(everything, ratings)
    model, note = model_for(everything, model_revision, personal)
    known = model.know(examples)
    if known.fallback is not None:
        note = _why_general(known.fallback, without_embedding=len(ratings) - len(examples))
    views = everything if under is None else catalog.views(model_revision, under=under)
    views = views.without(leave_out)
    embeddings = views.embeddings.astype(np.float32)
    moved = views.scores + model.moves(known, embeddings, views.scores)
    return Ranking(
        hashes=views.hashes,
        general=views.scores,
        personal=np.clip(moved, 1, 10),
        order=np.lexsort((-views.scores, -moved)),
        general_order=np.argsort(-views.scores, kind="stable"),
        model=model,
        known=known,
        embeddings=embeddings,
        example_hashes=hashes,
        note=note,
    )


def _why_general(reason: str, *, without_embedding: int) -> str:
    """The note of a ranking by the general score."""
    note = f"{reason}; the general score is used"
    if without_embedding:
        has = "has" if without_embedding == 1 else "have"
        note = (
            f"{counted(without_embedding, 'rated photo')} {has} no embedding by this model; {note}"
        )
    return note


def model_for(
    views: Views, model_revision: str, personal: PersonalFiles
) -> tuple[PersonalModel, str | None]:
    """The personal model for these embeddings, or a plain one, with a note."""
    embeddings = views.embeddings.astype(np.float32)
    model = fitting_model(embeddings, views.scores, revision=model_revision, files=personal)
    if model.card.space != "any":
        return model, None
    return (
        model,
        "there is no personal model for this scorer; the taste is learnt from these ratings only",
    )


class UserTaste:
    """Personal scores by content hash, cached until the person rates something."""

    def __init__(
        self, catalog: Catalog, model_revision: str, personal: PersonalFiles = SHIPPED_FILES
    ) -> None:
        """`personal` as in `rank_for`."""
        self._catalog = catalog
        self._revision = model_revision
        self._personal = personal
        self._kept: dict[str, tuple[object, Mapping[str, float]]] = {}
        self._lock = Lock()

    def scores(self, user: str) -> Mapping[str, float]:
        """Personal scores, 1..10; empty where the person's taste cannot be estimated."""
        ratings = tuple(Preferences(self._catalog, user).all()) if user else ()
        if not ratings:
            return {}
        stamp = (ratings, self._catalog.gallery.size(self._revision))
        with self._lock:
            kept = self._kept.get(user)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        ranking = rank_for(self._catalog, self._revision, user, personal=self._personal)
        scores: Mapping[str, float] = {}
        if ranking.known.fallback is None:
            scores = dict(zip(ranking.hashes, ranking.personal.tolist(), strict=True))
        with self._lock:
            self._kept[user] = (stamp, scores)
        return scores


def _examples(views: Views, ratings: Sequence[Preference]) -> tuple[Examples, tuple[str, ...]]:
    """The person's ratings of photos that have an embedding; the latest first."""
    place = {key: index for index, key in enumerate(views.hashes)}
    usable = [
        (place[word.content_hash], word)
        for word in ratings
        if word.content_hash in place
        and np.isfinite(views.embeddings[place[word.content_hash]]).all()
        and views.embeddings.shape[1]
        and (word.rating is not None or word.favorite)
    ]
    rows = np.array([row for row, _ in usable], dtype=np.int64)
    stars = [np.nan if word.rating is None else float(word.rating) for _, word in usable]
    examples = Examples(
        embeddings=views.embeddings[rows].astype(np.float32),
        scores=views.scores[rows],
        ratings=np.array(stars, dtype=np.float32),
        favorites=np.array([bool(word.favorite) for _, word in usable], dtype=np.bool_),
    )
    return examples, tuple(word.content_hash for _, word in usable)
