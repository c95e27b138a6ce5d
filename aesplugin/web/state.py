"""The page's state: one catalog's review, pictures and jobs, and who has access."""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from aesplugin.catalog.filters import Filters
from aesplugin.compose import Workshop
from aesplugin.errors import MissingPhoto, PhotoError, UsageError
from aesplugin.imaging.examine import Examination
from aesplugin.imaging.renditions import thumbnail_of
from aesplugin.models.base import Answer
from aesplugin.models.personal.plain import require_made_for
from aesplugin.photo import PhotoState, Rendition
from aesplugin.services.personal.background_refresh import PatientTaste
from aesplugin.services.personal.taste import UserTaste
from aesplugin.services.pictures import FullPictures
from aesplugin.services.pipeline.assess import assess
from aesplugin.services.pipeline.score import ScoredFile
from aesplugin.services.publish import Outcome, Published, Publisher, PublishOptions
from aesplugin.services.review import Review
from aesplugin.web.choices import Choices
from aesplugin.web.culling import CullDesk
from aesplugin.web.folders import ScorableFolders
from aesplugin.web.guard import Access
from aesplugin.web.jobs import JobBoard, JobState, Planned, Work
from aesplugin.web.schemas import readable
from aesplugin.web.sharing import ShareDesk
from aesplugin.web.unfinished import Journal


class Desk:
    """The parts behind one page; routes find it in ``request.app.state.desk``."""

    def __init__(self, workshop: Workshop, access: Access, *, roots: Sequence[str] = ()) -> None:
        self.workshop = workshop
        self.access = access
        revision = workshop.card.revision
        gallery = workshop.catalog.gallery
        if workshop.settings.personal:  # reported at the start, not while a page is loading
            require_made_for(workshop.settings.personal, revision)
        self.taste = PatientTaste(
            UserTaste(workshop.catalog, revision, workshop.personal_files),
            size=lambda: gallery.size(revision),
        )
        self.review = Review(workshop.catalog, revision, self.taste)
        self.culling = CullDesk(workshop, self.review)
        self.choices = Choices(gallery)
        self.mark = _mark(workshop)
        self.folders = ScorableFolders(roots, gallery.folders)
        journal = Journal(workshop.settings.cache / "unfinished", self.mark)
        self.jobs = JobBoard(journal=journal)
        self.sharing = ShareDesk(workshop, self.jobs)
        for note in journal.left_behind():
            self.jobs.offer("score", *self._scoring(note.paths), note)

    @property
    def full_pictures(self) -> FullPictures:
        """Pictures at their own size."""
        return self.workshop.full_pictures

    def counts(self) -> dict[str, int]:
        """Files by state."""
        found = self.workshop.catalog.counts(self.review.revision)
        return {state.value: number for state, number in found.items()}

    def path_of(self, content_hash: str) -> str:
        """The first file with this content.

        Raises:
            MissingPhoto: none does.
        """
        path = self.workshop.catalog.gallery.first_paths([content_hash]).get(content_hash)
        if path is None:
            raise MissingPhoto("this photo is not in the catalog, or no file holds it any more")
        return path

    def thumbnail(self, content_hash: str) -> bytes | None:
        """The thumbnail; made again from the photo where the cache does not have it."""
        store = self.workshop.thumbnails
        try:
            return store.path(content_hash).read_bytes()
        except OSError:
            pass
        path = self.workshop.catalog.gallery.first_paths([content_hash]).get(content_hash)
        if path is None:
            return None
        small = thumbnail_of(self.full_pictures.get(path, content_hash))
        with contextlib.suppress(OSError):  # no space to store it: the page still gets its picture
            store.add(content_hash, small)
        return small

    def score(self, paths: Sequence[str]) -> JobState:
        """Starts to score folders that were checked."""
        return self.jobs.start("score", *self._scoring(paths), paths=paths)

    def _scoring(self, paths: Sequence[str]) -> tuple[str, Work]:
        """A job's label and work; where it is continued, --root may be another one by now."""

        def work() -> Planned:
            return self.score_folder([self.folders.checked(path) for path in paths])

        return readable(", ".join(paths)), work

    def score_folder(self, paths: Sequence[str]) -> Planned:
        """The work of a job; see `JobBoard.start`."""
        run = self.workshop.score_run()
        plan = run.plan(paths)
        files = chain(map(_not_scored, run.run(plan)), _none_found(plan.total))
        return Planned(plan.total, files, known=plan.total - len(plan.todo))

    def publisher(self, user: str | None) -> Publisher:
        """The publisher of sidecars, with the current personal scores of `user`."""
        scores = self.taste.learn(user) if user else {}
        return replace(self.workshop.publisher(), personal_scores=scores)

    def publish(self, folder: str | None, options: PublishOptions) -> Planned:
        """The work of a job that writes sidecars."""
        catalog, revision = self.workshop.catalog, self.review.revision
        total = catalog.gallery.count(revision, Filters(folder=folder))
        entries = catalog.entries(revision, under=folder, readable=True)
        done = self.publisher(options.user).publish(entries, options)
        return Planned(total, map(_not_written, done))

    def unpublish(self, run_id: int) -> Planned:
        """The work of a job that undoes a publish run."""
        total = len(self.workshop.catalog.runs.published(run_id))
        done = self.workshop.publisher().unpublish(run_id)
        return Planned(total, map(_not_written, done))

    def score_file(self, file: Path) -> tuple[Examination, Answer]:
        """The model's answer for a picture that is not in the catalog; nothing is stored.

        Raises:
            PhotoError: it cannot be decoded. ModelError: the model cannot answer.
        """
        with self.workshop.open_pool() as pool:
            ((_, found),) = pool.examine_all([str(file)])
        if isinstance(found, PhotoError):
            raise found
        return found, self.ask([found.rendition])[0]

    def ask(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """The answers of the model that this page's jobs use, too.

        Raises:
            PhotoError, ModelError: the model cannot answer about one of them.
        """
        results = assess(self.workshop.model, renditions)
        for result in results:
            if not isinstance(result.outcome, Answer):
                raise result.outcome
        return [r.outcome for r in results if isinstance(r.outcome, Answer)]


def _mark(workshop: Workshop) -> str:
    """Distinguishes this catalog from others served at the same address, by its location.

    Decisions that a browser keeps for one must not reach another, nor a copy of it.
    """
    file = workshop.catalog.file
    place = os.path.realpath(file) if file else workshop.settings.catalog
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:16]


def _none_found(total: int) -> Iterator[str | None]:
    """At the end of a run, which is for what left the folders, too.

    Raises:
        UsageError: there was nothing to score.
    """
    if not total:
        raise UsageError("contains no photos in a format that is read; choose another folder")
    yield from ()


def _not_scored(file: ScoredFile) -> str | None:
    """Why a file has no score, for the job that processed it."""
    if file.state is PhotoState.ASSESSED:
        return None
    return readable(f"{file.path}: {file.reason or file.state.value}")


def _not_written(result: Published) -> str | None:
    """Why a sidecar was not written, for the job that tried."""
    if result.outcome is not Outcome.REFUSED:
        return None
    return readable(result.reason or result.sidecar)
