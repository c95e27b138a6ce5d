"""What photos show, in words: the encoder's own classes, or what people wrote about them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aesplugin.errors import DataError
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.embedded.embedding import TASTE
from aesplugin.models.wording.openings import with_article
from aesplugin.training.calm.pseudo_captions import contents
from aesplugin.training.calm.text_bank import embed_texts
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.features.samples import Samples, cached
from aesplugin.training.named_photos import named_photos

_CAPTIONS = ("It shows {}.", "A photo of {}.", "This is {}.")
_MOST = 60  # words of a text: a critique may have hundreds
_MEASURED = 256  # texts whose mean and spread stand for all


class Words:
    """Pseudo-captions: the class that the encoder's own classifier is sure of."""

    def __init__(self, samples: Samples, *, sure: float) -> None:
        self.samples = samples
        said = contents(samples.features, sure=sure)
        self.rows = [row for row, word in enumerate(said) if word is not None]
        if not self.rows:
            raise DataError(_nothing_known(samples))
        self.words = sorted({word for word in said if word is not None})
        place = {word: index for index, word in enumerate(self.words)}
        self.classes = torch.tensor([place[word] if word else -1 for word in said])

    def embed(self, model: CalmForConditionalGeneration, tokenizer: Any) -> None:
        named = [f"a photo of {with_article(word)}" for word in self.words]
        texts = embed_texts(model, tokenizer, named)
        self.texts = (texts - texts.mean(0)) / (texts.std(0, correction=0) + 1e-4)

    def sentences(self, rows: Sequence[int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        return self.texts, self.classes[list(rows)]

    def text(self, row: int, rng: np.random.Generator) -> str:
        word = self.words[int(self.classes[row])]
        return str(rng.choice(_CAPTIONS)).format(with_article(word))


class Texts:
    """Captions or comments of people: each row has some, one is drawn."""

    def __init__(self, samples: Samples, captions: dict[str, tuple[str, ...]]) -> None:
        self.samples = samples
        self.captions = captions
        self.rows = [rows[0] for rows in samples.photos]

    def embed(self, model: CalmForConditionalGeneration, tokenizer: Any) -> None:
        self.model, self.tokenizer = model, tokenizer
        rng = np.random.default_rng(0)
        few = rng.permutation(self.rows)[:_MEASURED]
        found = embed_texts(model, tokenizer, [self.text(int(row), rng) for row in few])
        self.mean, self.spread = found.mean(0), found.std(0, correction=0) + 1e-4

    def sentences(self, rows: Sequence[int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        texts = embed_texts(self.model, self.tokenizer, [self.text(row, rng) for row in rows])
        return (texts - self.mean) / self.spread, torch.arange(len(rows))

    def text(self, row: int, rng: np.random.Generator) -> str:
        known = self.captions[self.samples.features.versions[row].photo]
        return " ".join(known[int(rng.integers(len(known)))].split()[:_MOST])


def human_texts(config: TrainingConfig) -> Texts | None:
    """The cached training photos of the named sets that people wrote about; None: no such set.

    Raises:
        DataError: there are some, and none is cached.
    """
    told = [photo for photo in named_photos(config.sets, config.limit) if photo.captions]
    if not told:
        return None
    samples = cached(config, [photo.key for photo in told], "sets", of="the named sets")
    return Texts(samples, {photo.name: photo.captions for photo in told})


def _nothing_known(samples: Samples) -> str:
    if samples.features.levels.theme.shape[1] == TASTE:
        return "the classifier is not confident about any photo: lower `sure` in the configuration"
    return (
        "this encoder has no classifier of what a photo shows, and no data set with texts is "
        "configured: add ava_captions or pccd to [[sets]], or leave this stage out"
    )
