"""The embedded scorer's card: data in card.json, the revision from the weights themselves."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.base import ModelCard
from aesplugin.models.encoder_weights import WEIGHTS_SHA256

FOLDER: Final = Path(__file__).parent
HEAD: Final = FOLDER / "head.safetensors"
FOLDS: Final = FOLDER / "folds.json"
_VIEWS: Final = "1"  # raise when the same weights would answer otherwise


@lru_cache(maxsize=1)
def read_card(folder: Path = FOLDER) -> ModelCard:
    """The card of the head in `folder`.

    Raises:
        WeightsMissing, WeightsDamaged: head or card are absent or unreadable.
    """
    path = folder / "card.json"
    head = head_bytes(folder)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return ModelCard(
            name=told["name"],
            revision=_revision(told["name"], head),
            summary=told["summary"],
            license=told["license"],
            sources=tuple(told["sources"]),
            figures=told["figures"],
        )
    except OSError as error:
        raise _unreadable(error) from None
    except (ValueError, KeyError, TypeError):
        raise WeightsDamaged(f"{path} is no model card: install aesplugin again") from None


def head_bytes(folder: Path = FOLDER) -> bytes:
    """The head's weights as stored: what revisions follow.

    Raises:
        WeightsMissing: they cannot be read.
    """
    try:
        return (folder / HEAD.name).read_bytes()
    except OSError as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError) -> WeightsMissing:
    return WeightsMissing(
        f"{error.filename} cannot be read ({error.strerror}): install aesplugin again"
    )


def _revision(name: str, head: bytes) -> str:
    """Changes with the head, the encoder and the views: with anything an answer depends on."""
    digest = hashlib.sha256(head + WEIGHTS_SHA256.encode() + _VIEWS.encode())
    return f"{name}-{digest.hexdigest()[:12]}"
