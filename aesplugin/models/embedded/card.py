"""The embedded scorer's card: data in card.json, the revision from the weights themselves."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.base import ModelCard
from aesplugin.models.encoder.choice import WEIGHTS_SHA256

FOLDER: Final = Path(__file__).parent
EMBEDDING: Final = "embedding.safetensors"
JUDGE: Final = FOLDER.parent / "judge"
WEIGHTS, CONFIG = "judge.safetensors", "judge.json"  # of the judge; its own module needs torch
_VIEWS: Final = (
    "2"  # raise when the same weights would answer otherwise: views, blocks, what is answered
)


@lru_cache(maxsize=1)
def read_card(folder: Path = FOLDER) -> ModelCard:
    """The card in `folder`, of the judge that ships.

    Raises:
        WeightsMissing, WeightsDamaged: weights or card are absent or unreadable.
    """
    path = folder / "card.json"
    weights = weights_digest()
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return ModelCard(
            name=data["name"],
            revision=_revision(data["name"], weights),
            summary=data["summary"],
            license=data["license"],
            sources=tuple(data["sources"]),
            figures=data["figures"],
        )
    except OSError as error:
        raise _unreadable(error) from None
    except (ValueError, KeyError, TypeError):
        raise WeightsDamaged(f"{path} is not a model card: reinstall aesplugin") from None


def weights_digest(folder: Path = JUDGE) -> bytes:
    """Of encoder, judge, its numbers, the embedding and `_VIEWS`: both models' revisions follow it.

    Raises:
        WeightsMissing: a file cannot be read.
    """
    digest = hashlib.sha256(WEIGHTS_SHA256.encode() + _VIEWS.encode())
    try:
        for path in (folder / WEIGHTS, folder / CONFIG, FOLDER / EMBEDDING):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError as error:
        raise _unreadable(error) from None
    return digest.digest()


def _unreadable(error: OSError) -> WeightsMissing:
    return WeightsMissing(
        f"{error.filename} cannot be read ({error.strerror}): reinstall aesplugin"
    )


def _revision(name: str, weights: bytes) -> str:
    """Changes with the judge, the encoder and the views: with anything an answer depends on."""
    return f"{name}-{weights.hex()[:12]}"
