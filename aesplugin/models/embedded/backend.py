"""The default model as it is registered."""

from pathlib import Path
from typing import TYPE_CHECKING

from aesplugin.models.base import ModelBackend, ModelCard
from aesplugin.models.embedded.card import read_card

if TYPE_CHECKING:
    from aesplugin.models.embedded.model import EmbeddedModel


class EmbeddedBackend(ModelBackend):
    """Brings all it needs, and writes no comments."""

    @property
    def card(self) -> ModelCard:
        """See `read_card`."""
        return read_card()

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> "EmbeddedModel":
        """See `EmbeddedModel`."""
        from aesplugin.models.embedded.model import EmbeddedModel

        return EmbeddedModel(device, threads)
