"""The parts that services work with; each is created on first use."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from aesplugin.errors import PhotoError
from aesplugin.jobs import JobQueue
from aesplugin.models.base import AestheticModel, ModelCard
from aesplugin.settings import Settings

if TYPE_CHECKING:  # a GPU worker loads no database and no decoder
    from aesplugin.catalog.catalog import Catalog
    from aesplugin.imaging.examine import Examination
    from aesplugin.imaging.renditions import ThumbnailStore


class Examiner(Protocol):
    """Decodes files elsewhere; see `aesplugin.imaging.sandbox.pool.ImagingPool`."""

    def examine_all(self, paths: Iterable[str]) -> "Iterator[tuple[str, Examination | PhotoError]]":
        """Results as they complete, in any order."""
        ...


class Parts(Protocol):
    """The parts of one process; see `aesplugin.compose.Workshop`.

    A GPU worker asks for model and queue only, so its host needs no catalog and no photos.
    """

    @property
    def settings(self) -> Settings:
        """The current settings."""
        ...

    @property
    def catalog(self) -> "Catalog":
        """Opens the catalog."""
        ...

    @property
    def thumbnails(self) -> "ThumbnailStore":
        """Where thumbnails are kept."""
        ...

    @property
    def card(self) -> ModelCard:
        """Reads the model's card; loads no network."""
        ...

    @property
    def model(self) -> AestheticModel:
        """Loads the network, once per process."""
        ...

    @property
    def examiner(self) -> Examiner:
        """Starts decoding processes, once per process."""
        ...

    @property
    def queue(self) -> JobQueue:
        """Where the next step of a photo is sent."""
        ...

    def open_pool(self) -> AbstractContextManager[Examiner]:
        """Decoding processes that end with the context."""
        ...
