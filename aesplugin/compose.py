"""Settings → everything wired. The only place that knows which parts stand behind a protocol."""

from functools import cached_property
from typing import TYPE_CHECKING, cast

from aesplugin import registry
from aesplugin.settings import Settings

if TYPE_CHECKING:
    from aesplugin.catalog.catalog import Catalog
    from aesplugin.evaluation.speed import SpeedReport
    from aesplugin.imaging.pool import ImagingPool
    from aesplugin.imaging.thumbnails import ThumbnailStore
    from aesplugin.models.base import AestheticModel, ModelCard
    from aesplugin.services.score import ScoreRun


class Workshop:
    """The parts of one process, each made when first asked for (torch loads with the model)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def catalog(self) -> "Catalog":
        """The catalog, created or upgraded where needed."""
        from aesplugin.catalog.catalog import Catalog

        return Catalog.open(self.settings.catalog)

    @cached_property
    def card(self) -> "ModelCard":
        """The chosen model's card; loads no network."""
        return cast("ModelCard", registry.load("models", self.settings.model).card)

    def load_model(self) -> "AestheticModel":
        """The chosen model on the chosen device: the slow step, once per process."""
        model_class = registry.load("models", self.settings.model)
        return cast(
            "AestheticModel",
            model_class(device=self.settings.device, threads=self.settings.threads),
        )

    def open_pool(self) -> "ImagingPool":
        """Decoding processes with the limits of the settings."""
        from aesplugin.imaging.pool import ImagingPool

        return ImagingPool(
            processes=self.settings.decoders,
            seconds=self.settings.decode_seconds,
            memory_mb=self.settings.decode_memory_mb,
            max_megapixels=self.settings.max_megapixels,
        )

    @cached_property
    def thumbnails(self) -> "ThumbnailStore":
        """Where small pictures are kept."""
        from aesplugin.imaging.thumbnails import ThumbnailStore

        return ThumbnailStore(self.settings.cache / "thumbnails")

    def score_run(self) -> "ScoreRun":
        """A run of the main job with these parts."""
        from aesplugin.services.score import ScoreRun

        return ScoreRun(
            catalog=self.catalog,
            card=self.card,
            open_pool=self.open_pool,
            load_model=self.load_model,
            thumbnails=self.thumbnails,
            batch_size=self.settings.batch_size,
        )


class TimedWorkshop(Workshop):
    """The same parts, with a stopwatch around the network and the database."""

    def __init__(self, settings: Settings) -> None:
        from aesplugin.evaluation.speed import Stopwatch

        super().__init__(settings)
        self.network, self.database, self.loading = Stopwatch(), Stopwatch(), Stopwatch()

    @cached_property
    def catalog(self) -> "Catalog":
        """The catalog, timed."""
        return cast("Catalog", self.database.wrap(super().catalog))

    def load_model(self) -> "AestheticModel":
        """The model, timed: loading apart from looking."""
        with self.loading.running():
            model = super().load_model()
        return cast("AestheticModel", self.network.wrap(model))

    def time_scoring(self, paths: list[str]) -> "SpeedReport":
        """Scores `paths` and says where the time went."""
        from aesplugin.evaluation.speed import time_run

        def score_all() -> int:
            run = self.score_run()
            return sum(file.state == "assessed" for file in run.run(run.plan(paths)))

        return time_run(
            score_all, network=self.network, database=self.database, loading=self.loading
        )
