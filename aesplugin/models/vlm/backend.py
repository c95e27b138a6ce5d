"""Vision-language models as they are registered: `vlm:NAME_OR_PATH[+ADAPTER]`."""

from pathlib import Path
from typing import TYPE_CHECKING

from aesplugin.models.base import ModelBackend, ModelCard, Progress
from aesplugin.models.vlm.card import Source, card_of, fetch, read_card

if TYPE_CHECKING:
    from aesplugin.models.vlm.model import VlmModel


class VlmBackend(ModelBackend):
    """Any network of the transformers library; it must be named for all but the card."""

    takes_name = True

    @property
    def card(self) -> ModelCard:
        """See `card_of` and, where no network is named, `read_card`."""
        return card_of(self.given) if self.given else read_card()

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> "VlmModel":
        """See `VlmModel`."""
        from aesplugin.models.vlm.model import VlmModel

        return VlmModel(self.given, device, threads, comments=comments)

    def pull(self, *, cache: Path, progress: Progress) -> None:
        """Fetches network and adapter, into the hub's own cache."""
        fetch(Source.parse(self.given), progress)
