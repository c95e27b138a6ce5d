"""CALM as it is registered: `mini`, and `mini:FOLDER` for one that training wrote."""

from pathlib import Path
from typing import TYPE_CHECKING

from aesplugin.models.base import ModelBackend, ModelCard, Progress
from aesplugin.models.calm.card import MINI, read_card

if TYPE_CHECKING:
    from aesplugin.models.calm.assess import CalmModel


class CalmBackend(ModelBackend):
    """The CALM in a folder, by default the one that ships."""

    takes_name = True

    @property
    def card(self) -> ModelCard:
        """See `read_card`."""
        return read_card(self._folder)

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> "CalmModel":
        """See `CalmModel`."""
        from aesplugin.models.calm.assess import CalmModel

        return CalmModel(device, threads, folder=self._folder, comments=comments, cache=cache)

    def pull(self, *, cache: Path, progress: Progress) -> None:
        """Fetches the language model."""
        from aesplugin.models.language_weights import pull_language

        pull_language(cache, progress)

    @property
    def _folder(self) -> Path:
        return Path(self.given).expanduser() if self.given else MINI
