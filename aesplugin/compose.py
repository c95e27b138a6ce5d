"""Settings → everything wired. The only place that knows which parts stand behind a protocol."""

import threading
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, cast

from aesplugin import registry
from aesplugin.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aesplugin.broker import CeleryQueue
    from aesplugin.catalog.catalog import Catalog
    from aesplugin.catalog.records import Entry
    from aesplugin.evaluation.bare_limits import BareLimits
    from aesplugin.evaluation.speed import SpeedReport
    from aesplugin.imaging.pool import ImagingPool
    from aesplugin.imaging.thumbnails import ThumbnailStore
    from aesplugin.jobs import JobQueue
    from aesplugin.models.base import AestheticModel, ModelCard
    from aesplugin.photo import FileStamp
    from aesplugin.services.feed import Feeder
    from aesplugin.services.groups.alignment import Grey
    from aesplugin.services.publish import Publisher
    from aesplugin.services.score import ScoredFile, ScoreRun
    from aesplugin.sidecars.base import SidecarFormat


class Workshop:
    """The parts of one process, each made when first asked for (torch loads with the model)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._model: AestheticModel | None = None
        self._loading = threading.Lock()

    @cached_property
    def catalog(self) -> "Catalog":
        """The catalog, created or upgraded where needed."""
        from aesplugin.catalog.catalog import Catalog

        return Catalog.open(self.settings.catalog)

    @cached_property
    def card(self) -> "ModelCard":
        """The chosen model's card, with or without comments as set; loads no network."""
        found = cast("ModelCard", registry.model_card(self.settings.model))
        return found.silent() if found.comments and not self.settings.comments else found

    def load_model(self, *, comments: bool | None = None) -> "AestheticModel":
        """Loads the chosen model on the chosen device: the slow step. `model` keeps one.

        Without `comments` (None: as set) a model that can is loaded so that it writes none: they
        cost most, and not everybody reads them.
        """
        from aesplugin.models.memory import within_memory
        from aesplugin.models.waiting import sleep_while_waiting

        sleep_while_waiting()
        name, device = self.settings.model, self.settings.device
        with within_memory(f"the memory is too small for {name}: close something, or take another"):
            model_class = registry.load("models", name)
            wanted = self.settings.comments if comments is None else comments
            silent = not wanted and "comments" in signature(model_class).parameters
            more = {"comments": False} if silent else {}
            made = model_class(device=device, threads=self.settings.threads, **more)
            return cast("AestheticModel", made)

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

    def sketch(self, content_hash: str) -> "Grey | None":
        """The small grey picture that grouping compares; None where there is no thumbnail."""
        from aesplugin.imaging.sketch import read_sketch

        return read_sketch(self.thumbnails.path(content_hash))

    @property
    def model(self) -> "AestheticModel":
        """The model, loaded once per process however many threads ask; they are answered in turn.

        One that could not be loaded is tried again when it is next asked for.
        """
        from aesplugin.models.in_turn import InTurn

        with self._loading:
            if self._model is None:
                self._model = InTurn(self.load_model())
            return self._model

    @cached_property
    def examiner(self) -> "ImagingPool":
        """Decoding processes that live as long as this process; `close` ends them."""
        return self.open_pool()

    @cached_property
    def queue(self) -> "JobQueue":
        """The broker's queue, or one that does every job in this process."""
        from aesplugin.jobs import InlineQueue
        from aesplugin.services.handlers import bound_to

        return self.broker_queue() if self.settings.broker else InlineQueue(bound_to(self))

    def broker_queue(self, *, send_seconds: float = 10.0) -> "CeleryQueue":
        """A connection to the broker; `send_seconds` is how long a send waits for it."""
        from aesplugin.broker import CeleryQueue

        return CeleryQueue(
            self.settings.broker,
            job_seconds=self.settings.job_seconds,
            send_seconds=send_seconds,
        )

    def feeder(self, *, watched: bool) -> "Feeder":
        """What sends files through the queue, a window at a time."""
        from aesplugin.services.feed import Feeder, Limits
        from aesplugin.services.staffing import Staffing

        settings = self.settings
        # Without a broker a job is done while it is sent: small ones, so that others get a turn.
        chunk = settings.batch_size if settings.broker else 4 * settings.batch_size
        limits = Limits(
            window=settings.window if settings.broker else chunk,
            chunk=min(chunk, settings.window),
            lease=6 * settings.job_seconds,
            watched=watched,
        )
        return Feeder(
            ledger=self.catalog,
            queue=self.queue,
            revision=self.card.revision,
            limits=limits,
            staffing=Staffing(self.broker_queue().workers) if settings.broker else None,
        )

    def close(self) -> None:
        """Ends the decoding processes, where there are any."""
        pool = self.__dict__.pop("examiner", None)
        if pool is not None:
            pool.close()

    def score_run(self) -> "ScoreRun":
        """A run of the main job with these parts: by the workers where there is a broker."""
        from aesplugin.services.score import InProcess, ScoreRun

        return ScoreRun(self, self._work_by_queue if self.settings.broker else InProcess(self))

    def _work_by_queue(self, todo: "Sequence[FileStamp]") -> "Iterator[ScoredFile]":
        feeder = self.feeder(watched=False)
        for stamp in todo:
            feeder.offer(stamp)
        yield from feeder.run()

    @cached_property
    def sidecars(self) -> "SidecarFormat":
        """The format of the settings."""
        return cast("SidecarFormat", registry.load("sidecars", self.settings.sidecars)())

    def publisher(self, user: str = "") -> "Publisher":
        """What writes sidecars, with the personal scores of `user` as of now, and takes them back.

        Raises:
            SettingsError, WeightsMissing, WeightsDamaged: of the personal model.
        """
        from aesplugin.services.publish import Publisher

        scores: Mapping[str, float] = {}
        if user:
            from aesplugin.services.taste import UserTaste

            taste = UserTaste(self.catalog, self.card.revision, self.settings.personal)
            scores = taste.scores(user)
        return Publisher(
            personal_scores=scores,
            catalog=self.catalog,
            sidecars=self.sidecars,
            locks=self.settings.cache / "locks",
        )

    def entries_under(self, paths: "Sequence[str]") -> "Iterator[Entry]":
        """The readable files in these places; all of the catalog's where none is named."""
        revision = self.card.revision
        if not paths:
            yield from self.catalog.entries(revision, readable=True)
        for path in paths:
            found = list(self.catalog.entries(revision, paths=[path], readable=True))
            yield from found or self.catalog.entries(revision, under=path, readable=True)


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

    def load_model(self, *, comments: bool | None = None) -> "AestheticModel":
        """The model, timed: loading apart from looking."""
        with self.loading.running():
            model = super().load_model(comments=comments)
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

    def bare_limits(self, paths: list[str]) -> "BareLimits":
        """What each part does of the same photos by itself."""
        from aesplugin.evaluation.bare_limits import measure_limits
        from aesplugin.imaging.scan import walk

        files = [stamp.path for stamp in walk(paths)]
        with self.open_pool() as pool:
            return measure_limits(files, pool, self.model, self.settings.batch_size)
