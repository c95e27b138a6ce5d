"""The default model: scores and embeddings in a few tens of milliseconds a photo, offline."""

from collections.abc import Iterator, Sequence
from typing import Final

import torch

from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.devices import device_named
from aesplugin.models.efficientnet import load_encoder
from aesplugin.models.embedded.card import FOLDS, HEAD, read_card
from aesplugin.models.embedded.features import describe
from aesplugin.models.embedded.head import Judged, load_head
from aesplugin.models.folds import Unseen, read_folds
from aesplugin.models.memory import within_memory
from aesplugin.models.views import Pixels, decode
from aesplugin.photo import Rendition

_TOGETHER: Final = 16  # photos in one pass: more is no faster, and memory stays flat
_DECIMALS: Final = 3


class EmbeddedModel:
    """EfficientNet-Lite2, frozen, under the trained head. See docs/model-card.md.

    `Answer.embedding` is 384 float16: a whitened PCA of what all stages of the encoder see,
    learnt without labels; Euclidean and cosine distance both make sense.
    """

    card: ModelCard = read_card()

    def __init__(self, device: str = "auto", threads: int = 0) -> None:
        """Loads encoder and head.

        Args:
            device: auto, cpu, cuda, cuda:1, mps.
            threads: of the whole process' torch; 0 leaves torch's choice.

        Raises:
            UsageError: no such device here.
            WeightsMissing, WeightsDamaged: see the message.
        """
        if threads > 0:
            torch.set_num_threads(threads)
        self._device = device_named(device)
        self._encoder = load_encoder().to(self._device)
        self._head = load_head(HEAD)
        self._folds = read_folds(FOLDS, len(self._head.folds))

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Score and embedding of each rendition, in order.

        Raises:
            DamagedPhoto: a rendition cannot be decoded (names its content hash).
            OutOfMemory: the batch does not fit; ask again with half of it.
        """
        answers = []
        for judged in self._judged(renditions):
            embeddings = judged.embedding.numpy().astype("<f2")
            answers += [
                Answer(score=round(float(score), _DECIMALS), embedding=embedding.tobytes())
                for score, embedding in zip(judged.score, embeddings, strict=True)
            ]
        return answers

    def assess_unseen(
        self, renditions: Sequence[Rendition], themes: Sequence[str | None]
    ) -> list[Unseen]:
        """Honest scores of photos the head may have learnt from: a fold's where it did.

        A photo counts as learnt from when its content hash or its theme was in the training.
        """
        judged = list(self._judged(renditions))
        shipped = [float(score) for one in judged for score in one.score]
        folds = [row.tolist() for one in judged for row in one.folds]
        found = []
        for index, (rendition, theme) in enumerate(zip(renditions, themes, strict=True)):
            fold = self._folds.fold_of(rendition.content_hash, theme)
            score = shipped[index] if fold is None else folds[index][fold]
            found.append(
                Unseen(
                    score=round(score, _DECIMALS),
                    learnt_from=fold is not None,
                    shipped=round(shipped[index], _DECIMALS),
                )
            )
        return found

    def _judged(self, renditions: Sequence[Rendition]) -> Iterator[Judged]:
        for start in range(0, len(renditions), _TOGETHER):
            batch = renditions[start : start + _TOGETHER]
            too_many = (
                f"{len(batch)} photos do not fit into the memory of {self._device}: "
                "set a smaller batch_size"
            )
            with within_memory(too_many):
                judged = self._judge([decode(rendition) for rendition in batch])
            yield judged

    def _judge(self, photos: Sequence[Pixels]) -> Judged:
        judged: Judged = self._head(describe(self._encoder, photos))
        return judged
