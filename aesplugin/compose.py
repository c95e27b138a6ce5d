"""Settings → everything wired. The only place that knows which parts stand behind a protocol."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING, cast

from aesplugin import registry
from aesplugin.errors import ModelError
from aesplugin.models.base import scores_alike
from aesplugin.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aesplugin.broker import CeleryQueue
    from aesplugin.catalog.catalog import Catalog
    from aesplugin.catalog.records import Entry
    from aesplugin.evaluation.speed import BareLimits, SpeedReport
    from aesplugin.imaging.renditions import ThumbnailStore
    from aesplugin.imaging.sandbox.pool import ImagingPool
    from aesplugin.jobs import JobQueue
    from aesplugin.models.base import AestheticModel, ModelBackend, ModelCard
    from aesplugin.models.faces.reader import FaceReader
    from aesplugin.models.personal.files import PersonalFiles
    from aesplugin.photo import FileStamp
    from aesplugin.services.groups.alignment import Grey
    from aesplugin.services.pictures import FullPictures
    from aesplugin.services.pipeline.feed import Feeder
    from aesplugin.services.pipeline.score import ScoredFile, ScoreRun
    from aesplugin.services.publish import Publisher
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

        return Catalog.open(self.settings.catalog, show_faces=self.settings.faces)

    @cached_property
    def backend(self) -> "ModelBackend":
        """What the chosen model's name stands for."""
        return registry.model(self.settings.model, self.settings)

    @cached_property
    def card(self) -> "ModelCard":
        """The chosen model's card, with or without comments as set; loads no network."""
        found = self.backend.card
        return found.silent() if found.comments and not self.settings.comments else found

    def load_model(self, *, comments: bool | None = None) -> "AestheticModel":
        """Loads the chosen model on the chosen device: the slow step. `model` keeps one.

        `comments` (None: as set) is whether it writes some, where it can: they cost most, and not
        everybody reads them.
        """
        from aesplugin.models.runtime import sleep_while_waiting, within_memory

        sleep_while_waiting()
        settings = self.settings
        way_out = "close other programs or choose a smaller model"
        with within_memory(f"not enough memory for {settings.model}: {way_out}"):
            return self.backend.load(
                device=settings.device,
                threads=settings.threads,
                cache=settings.cache,
                comments=settings.comments if comments is None else comments,
            )

    def load_face_reader(self) -> "FaceReader":
        """Loads the networks that look for faces, as the decoding processes do."""
        from aesplugin.services.pipeline.photo_reader import load_face_reader

        return load_face_reader()

    def open_pool(self) -> "ImagingPool":
        """Decoding processes as set: their limits, and whether they read faces."""
        from aesplugin.imaging.sandbox.pool import CHILD, ImagingPool, program

        reads_faces = self.settings.faces
        return ImagingPool(
            command=program("services.pipeline.photo_reader") if reads_faces else CHILD,
            processes=self.settings.decoders,
            seconds=self.settings.decode_seconds,
            memory_mb=self.settings.decode_memory_mb,
            max_megapixels=self.settings.max_megapixels,
        )

    @cached_property
    def thumbnails(self) -> "ThumbnailStore":
        """Where small pictures are kept."""
        from aesplugin.imaging.renditions import ThumbnailStore

        return ThumbnailStore(self.settings.cache / "thumbnails")

    @cached_property
    def full_pictures(self) -> "FullPictures":
        """Photos at their own size and reduced to a screen's, decoded on demand."""
        from aesplugin.imaging.fullsize import full_size
        from aesplugin.services.pictures import FullPictures

        def render(path: str, content_hash: str) -> bytes:
            return full_size(
                path,
                content_hash,
                seconds=self.settings.decode_seconds,
                memory_mb=self.settings.decode_memory_mb,
                max_megapixels=self.settings.max_megapixels,
            )

        return FullPictures(self.settings.cache / "full", render)

    def sketch(self, content_hash: str) -> "Grey | None":
        """The small grey picture that grouping compares; None where there is no thumbnail."""
        from aesplugin.imaging.renditions import read_sketch

        return read_sketch(self.thumbnails.path(content_hash))

    @property
    def model(self) -> "AestheticModel":
        """The model, loaded once per process however many threads ask; they are answered in turn.

        One that could not be loaded is tried again when it is next asked for.
        """
        from aesplugin.models.runtime import InTurn

        with self._loading:
            if self._model is None:
                found = self.load_model()
                self._require_as_known(found.card)
                self._model = InTurn(found)
            return self._model

    def refresh_card(self) -> None:
        """Brings the card up to date before photos are scored.

        Raises:
            ModelError: of the model; or another card is in use in this process already.
        """
        self.backend.refresh_card(cache=self.settings.cache)
        if "card" in self.__dict__:
            self._require_as_known(self.backend.card)

    def _require_as_known(self, card: "ModelCard") -> None:
        """Answers must not be stored under the revision of another card."""
        known = self.__dict__.get("card")
        if known is not None and not scores_alike(known.revision, card.revision):
            raise ModelError(
                f"{self.settings.model} is not what it was when this began (now {card.revision}):"
                " start again"
            )

    @cached_property
    def examiner(self) -> "ImagingPool":
        """Decoding processes that live as long as this process; `close` ends them."""
        return self.open_pool()

    @cached_property
    def queue(self) -> "JobQueue":
        """The broker's queue, or one that does every job in this process."""
        from aesplugin.jobs import InlineQueue
        from aesplugin.services.pipeline.handlers import bound_to

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
        self.refresh_card()
        from aesplugin.services.pipeline.feed import Feeder, Limits
        from aesplugin.services.pipeline.worker_alerts import Staffing

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
        from aesplugin.services.pipeline.score import InProcess, ScoreRun

        self.refresh_card()
        return ScoreRun(self, self._work_by_queue if self.settings.broker else InProcess(self))

    def _work_by_queue(self, todo: "Sequence[FileStamp]") -> "Iterator[ScoredFile]":
        feeder = self.feeder(watched=False)
        for stamp in todo:
            feeder.offer(stamp)
        yield from feeder.run()

    @cached_property
    def sidecars(self) -> "SidecarFormat":
        """The format of the settings."""
        return registry.sidecar_format(self.settings.sidecars)

    @property
    def personal_files(self) -> "PersonalFiles":
        """Where the personal model comes from, by the settings."""
        from aesplugin.models.personal.files import PersonalFiles

        return PersonalFiles(place=self.settings.personal, cache=self.settings.cache)

    def publisher(self, user: str = "") -> "Publisher":
        """What writes sidecars, with the personal scores of `user` as of now, and takes them back.

        Raises:
            SettingsError, WeightsMissing, WeightsDamaged: of the personal model.
        """
        from aesplugin.services.publish import Publisher

        scores: Mapping[str, float] = {}
        if user:
            from aesplugin.services.personal.taste import UserTaste

            taste = UserTaste(self.catalog, self.card.revision, self.personal_files)
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
        from aesplugin.evaluation.speed import measure_limits
        from aesplugin.imaging.scan import walk

        files = [stamp.path for stamp in walk(paths)]
        with self.open_pool() as pool:
            return measure_limits(files, pool, self.model, self.settings.batch_size)
