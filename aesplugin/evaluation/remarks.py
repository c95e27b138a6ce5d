"""What a model says, in words, of photos and of their copies with one known flaw each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from aesplugin.assessment import SYNTHETIC_FLAWS, Attribute, Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import Pixels, load_pixels, photo_name
from aesplugin.evaluation.judged import Progress, as_rendition, attributes_of, batches
from aesplugin.evaluation.synthetic_flaws import SMALLEST, Strength, flawed
from aesplugin.models.base import AestheticModel

_BATCH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One comment: on a photo as it is (`flaw` None), or on a flawed copy.

    `photo` is "folder/file", the same for all copies; `attributes` are measured on the very pixels
    that the comment is about.
    """

    photo: str
    flaw: Flaw | None
    text: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class _Subject:
    photo: str
    flaw: Flaw | None
    pixels: Pixels


def gather_remarks(
    model: AestheticModel,
    photos: Sequence[Path],
    *,
    strength: Strength = Strength.STRONG,
    flaws: int = 2,
    seed: int = 0,
    progress: Progress = lambda done, of: None,
) -> list[Remark]:
    """A comment on each photo and on `flaws` copies of it; the 14 flaws take turns.

    Empty where the model writes no comments: it is not asked any further then.

    Raises:
        DataError: no photos, or one that cannot be decoded or is too small.
    """
    if not photos:
        raise DataError("no photos to comment on")
    remarks: list[Remark] = []
    for some in batches(_subjects(photos, (strength, flaws, seed)), _BATCH):
        answers = model.assess([as_rendition(subject.pixels) for subject in some])
        if all(answer.comment is None for answer in answers):
            return []
        remarks += [
            Remark(
                photo=subject.photo,
                flaw=subject.flaw,
                text=answer.comment or "",
                attributes=attributes_of(subject.pixels),
            )
            for subject, answer in zip(some, answers, strict=True)
        ]
        progress(len(remarks), len(photos) * (1 + flaws))
    return remarks


def _subjects(photos: Sequence[Path], how: tuple[Strength, int, int]) -> Iterator[_Subject]:
    strength, flaws, seed = how
    kinds = list(SYNTHETIC_FLAWS)
    for index, path in enumerate(photos):
        pixels = load_pixels(path, least=SMALLEST)
        name = photo_name(path)
        yield _Subject(name, None, pixels)
        for number in range(flaws):
            flaw = kinds[(index * flaws + number) % len(kinds)]
            rng = np.random.default_rng([seed, index, number])
            copy, _ = flawed(pixels, flaw, strength=strength, rng=rng)
            yield _Subject(name, flaw, copy)
