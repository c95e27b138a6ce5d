"""Q-ReAlign as it is registered: `qrealign`, `qrealign:lite`, `qrealign:pro`, or a folder.

Hub names, licence and figures: the authors' model cards, September 2026. None could be fetched
where this was written: the figures are quoted, and the read-out is tested on the same classes with
random weights.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from aesplugin.errors import WeightsMissing
from aesplugin.models.base import ModelBackend, ModelCard, Progress
from aesplugin.models.vlm.card import Source, fetch, fingerprint, folder_of

if TYPE_CHECKING:
    from aesplugin.models.qrealign.model import QRealignModel

REVISION: Final = "r1"  # raise it when the question, its reading or the precision changes
HUB: Final = {
    "mini": "q-future/Q-ReAlign-Mini-0.8B",
    "lite": "q-future/Q-ReAlign-Lite-4B",
    "pro": "q-future/Q-ReAlign-Pro-9B",
}
_GIGABYTES: Final = {"mini": 2.2, "lite": 10.4, "pro": 18.8}
_AVA: Final = {"mini": 0.797, "lite": 0.814, "pro": 0.832}
_USUAL: Final = "mini"
_NAME: Final = "qrealign"


class QRealignBackend(ModelBackend):
    """One of the three sizes, `mini` where none is named, or the folder or hub name of a copy."""

    takes_name = True

    @property
    def card(self) -> ModelCard:
        """The revision follows the files; without a size named they need not be there.

        Raises:
            WeightsMissing: the files of the size or copy that is named are not on this machine.
        """
        try:
            files = f"-{self._fingerprint()}"
        except WeightsMissing:
            if self.given:
                raise
            files = ""
        return ModelCard(
            name=_NAME,
            revision=f"{_NAME}-{Path(self._source).name}{files}-{REVISION}",
            summary=self._summary(),
            license="Apache-2.0 (its model card)",
            sources=(self._source,),
        )

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> "QRealignModel":
        """See `QRealignModel`; it only scores, with or without `comments`."""
        from aesplugin.models.qrealign.model import QRealignModel

        self._fingerprint()
        return QRealignModel(self.card, self._source, device, threads)

    def pull(self, *, cache: Path, progress: Progress) -> None:
        """Fetches it into the hub's own cache."""
        if self._size in _GIGABYTES:
            progress(f"{_GIGABYTES[self._size]:g} GB are fetched, unless they are here", 0.0)
        fetch(Source(self._source), progress)

    def _fingerprint(self) -> str:
        """Of the files. Raises WeightsMissing: they are not on this machine."""
        try:
            folder = folder_of(self._source)
        except WeightsMissing:
            name = f"{_NAME}:{self.given}" if self.given else _NAME
            raise WeightsMissing(
                f"{self._source} is not on this machine: run `aesplugin models pull {name}`, or "
                f"copy the model here and score with {_NAME}:FOLDER"
            ) from None
        return fingerprint(folder).hex()[:12]

    @property
    def _size(self) -> str:
        return self.given or _USUAL

    @property
    def _source(self) -> str:
        """The folder or hub name."""
        return HUB.get(self._size, self._size)

    def _summary(self) -> str:
        if self.given and self._size not in HUB:
            return f"Q-ReAlign from {self._source}: scores only, read from five level words."
        return (
            f"Q-ReAlign {self._size}, trained to rate photos: scores only, SRCC "
            f"{_AVA[self._size]} on AVA by its authors; {_GIGABYTES[self._size]:g} GB, for a GPU."
        )
