"""The default model: what the judge finds, in a few tens of milliseconds a photo, offline."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from aesplugin.models.base import Answer
from aesplugin.models.embedded.card import read_card
from aesplugin.models.embedded.embedding import load_embedding
from aesplugin.models.embedded.features import Numbers
from aesplugin.models.encoder.interface import open_encoder
from aesplugin.models.encoder.views import decode
from aesplugin.models.folds import Unseen, read_folds
from aesplugin.models.judge.answer import answers_of
from aesplugin.models.judge.features import Seen, Views, see, views_of
from aesplugin.models.judge.network import FOLDER, FOLDS, Findings, load_judge
from aesplugin.models.runtime import one_thread, resolved, within_memory
from aesplugin.photo import Rendition

_TOGETHER: Final = 2  # photos in one pass on a CPU: more is no faster, and takes memory
_ON_A_DEVICE: Final = 16
_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one pass over a few photos found."""

    findings: Findings
    seen: Seen
    embedding: Numbers  # [B, 384]


class EmbeddedModel:
    """EfficientNet-Lite2, frozen, under the judge. See docs/model-card.md.

    `Answer.embedding` is 384 float16: a whitened PCA of what all stages of the encoder see,
    learnt without labels; Euclidean and cosine distance both make sense.
    """

    def __init__(self, device: str = "auto", threads: int = 0) -> None:
        """Loads encoder and judge.

        Args:
            device: auto, cpu, cuda, cuda:1, mps. Torch is loaded for others than the CPU only.
            threads: of the network; 0 is half of the cores: photos are prepared on others.

        Raises:
            UsageError: no such device here.
            WeightsMissing, WeightsDamaged: see the message.
        """
        self.card = read_card()
        self._device = resolved(device)
        self._together = _TOGETHER if self._device == "cpu" else _ON_A_DEVICE
        self._encoder = open_encoder(self._device, threads)
        self._judge = load_judge()
        self._embedding = load_embedding()
        self._folds = read_folds(FOLDER / FOLDS, self._judge.config.folds)

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """What the judge finds in each rendition, in order.

        Raises:
            DamagedPhoto: a rendition cannot be decoded (names its content hash).
            OutOfMemory: the batch does not fit; ask again with half of it.
        """
        answers: list[Answer] = []
        for judged in self._judged(renditions):
            views = judged.embedding.astype("<f2")
            measures = judged.seen.blocks["measures"]
            verdicts = answers_of(judged.findings, measures, self._judge.config)
            answers += [
                verdict.answer(embedding=view.tobytes())
                for verdict, view in zip(verdicts, views, strict=True)
            ]
        return answers

    def assess_unseen(
        self, renditions: Sequence[Rendition], themes: Sequence[str | None]
    ) -> list[Unseen]:
        """Honest scores of photos the judge may have learnt from: a fold's where it did.

        A photo counts as learnt from when its content hash or its theme was in the training.
        """
        judged = list(self._judged(renditions))
        shipped = [float(score) for one in judged for score in one.findings.score]
        folds = [row.tolist() for one in judged for row in one.findings.folds]
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

    def _judged(self, renditions: Sequence[Rendition]) -> Iterator[_Judged]:
        """Looks at a few together; the next few are prepared meanwhile."""
        size = self._together
        batches = [renditions[at : at + size] for at in range(0, len(renditions), size)]
        if not batches:
            return
        too_many = (
            f"{min(size, len(renditions))} photos do not fit into the memory of {self._device}: "
            "reduce batch_size"
        )
        with within_memory(too_many), one_thread(), ThreadPoolExecutor(1) as ahead:
            prepared = ahead.submit(_prepare, batches[0])
            for following in batches[1:]:
                views = prepared.result()
                prepared = ahead.submit(_prepare, following)
                yield self._judge_batch(views)
            yield self._judge_batch(prepared.result())

    def _judge_batch(self, views: Views) -> _Judged:
        seen = see(self._encoder, views)
        return _Judged(self._judge.judge(seen.blocks), seen, self._embedding(seen.craft))


def _prepare(renditions: Sequence[Rendition]) -> Views:
    return views_of([decode(rendition) for rendition in renditions])
