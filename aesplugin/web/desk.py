"""What the page works with: one catalog's review, pictures, jobs, and who may come in."""

import contextlib
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from aesplugin.catalog.filters import Filters
from aesplugin.compose import Workshop
from aesplugin.errors import MissingPhoto, PhotoError, UsageError
from aesplugin.imaging.examine import Examination
from aesplugin.imaging.fullsize import full_size
from aesplugin.imaging.thumbnails import thumbnail_of
from aesplugin.models.base import Answer
from aesplugin.models.personal.plain import require_made_for
from aesplugin.photo import PhotoState, Rendition
from aesplugin.services.assess import assess
from aesplugin.services.patience import PatientTaste
from aesplugin.services.pictures import FullPictures
from aesplugin.services.publish import Outcome, Published, Publisher, PublishOptions
from aesplugin.services.review import Review
from aesplugin.services.score import ScoredFile
from aesplugin.services.taste import UserTaste
from aesplugin.web.choices import Choices
from aesplugin.web.culling import CullDesk
from aesplugin.web.guard import Access
from aesplugin.web.jobs import JobBoard
from aesplugin.web.schemas import readable


class Desk:
    """The parts behind one page; routes find it in ``request.app.state.desk``."""

    def __init__(self, workshop: Workshop, access: Access, *, roots: Sequence[str] = ()) -> None:
        self.workshop = workshop
        self.access = access
        self.jobs = JobBoard()
        revision = workshop.card.revision
        gallery = workshop.catalog.gallery
        if workshop.settings.personal:  # told at the start, not while somebody waits for a page
            require_made_for(workshop.settings.personal, revision)
        self.taste = PatientTaste(
            UserTaste(workshop.catalog, revision, workshop.settings.personal),
            size=lambda: gallery.size(revision),
        )
        self.review = Review(workshop.catalog, revision, self.taste)
        self.culling = CullDesk(workshop, self.review)
        self.choices = Choices(gallery)
        self.mark = _mark(workshop)
        self._roots = [os.path.realpath(root) for root in roots]

    @cached_property
    def full_pictures(self) -> FullPictures:
        """Pictures at their own size."""
        settings = self.workshop.settings

        def render(path: str, content_hash: str) -> bytes:
            return full_size(
                path,
                content_hash,
                seconds=settings.decode_seconds,
                memory_mb=settings.decode_memory_mb,
                max_megapixels=settings.max_megapixels,
            )

        return FullPictures(settings.cache / "full", render)

    def counts(self) -> dict[str, int]:
        """Files by state."""
        found = self.workshop.catalog.counts(self.review.revision)
        return {state.value: number for state, number in found.items()}

    def path_of(self, content_hash: str) -> str:
        """The first file that holds this photo.

        Raises:
            MissingPhoto: none does.
        """
        path = self.workshop.catalog.gallery.first_paths([content_hash]).get(content_hash)
        if path is None:
            raise MissingPhoto("this photo is not in the catalog, or no file holds it any more")
        return path

    def thumbnail(self, content_hash: str) -> bytes | None:
        """The small JPEG; made again from the photo where the cache lost it or cannot be used."""
        store = self.workshop.thumbnails
        try:
            return store.path(content_hash).read_bytes()
        except OSError:
            pass
        path = self.workshop.catalog.gallery.first_paths([content_hash]).get(content_hash)
        if path is None:
            return None
        small = thumbnail_of(self.full_pictures.get(path, content_hash))
        with contextlib.suppress(OSError):  # no room to keep it: the page still gets its picture
            store.add(content_hash, small)
        return small

    def score_folder(self, paths: Sequence[str]) -> tuple[int, Iterable[str | None]]:
        """The work of a job; see `JobBoard.start`."""
        run = self.workshop.score_run()
        plan = run.plan(paths)
        return plan.total, map(_not_scored, run.run(plan))

    def publisher(self, user: str | None) -> Publisher:
        """What writes sidecars, with the personal scores of `user` as of now."""
        scores = self.taste.learn(user) if user else {}
        return replace(self.workshop.publisher(), personal_scores=scores)

    def publish(
        self, folder: str | None, options: PublishOptions
    ) -> tuple[int, Iterable[str | None]]:
        """The work of a job that writes sidecars."""
        catalog, revision = self.workshop.catalog, self.review.revision
        total = catalog.gallery.count(revision, Filters(folder=folder))
        entries = catalog.entries(revision, under=folder, readable=True)
        done = self.publisher(options.user).publish(entries, options)
        return total, map(_not_written, done)

    def unpublish(self, run_id: int) -> tuple[int, Iterable[str | None]]:
        """The work of a job that takes a publish run back."""
        total = len(self.workshop.catalog.runs.published(run_id))
        done = self.workshop.publisher().unpublish(run_id)
        return total, map(_not_written, done)

    def allowed(self, paths: Sequence[str]) -> list[str]:
        """The paths, where the page may have them scored.

        Raises:
            UsageError: outside the folders named with --root and those of the catalog.
        """
        known = self._roots + self.workshop.catalog.gallery.folders()
        for path in paths:
            real = os.path.realpath(path)
            if "\0" in path or not any(
                real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in known
            ):
                raise UsageError(
                    "this folder is not known to the catalog; name it with"
                    " `aesplugin serve --root DIR`"
                )
        return list(paths)

    def score_file(self, file: Path) -> tuple[Examination, Answer]:
        """What the model says of a picture that is not in the catalog; nothing is kept.

        Raises:
            PhotoError: it cannot be decoded. ModelError: the model cannot answer.
        """
        with self.workshop.open_pool() as pool:
            ((_, found),) = pool.examine_all([str(file)])
        if isinstance(found, PhotoError):
            raise found
        return found, self.ask([found.rendition])[0]

    def ask(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """The answers of the one model that the jobs of this page ask too.

        Raises:
            PhotoError, ModelError: the model cannot answer about one of them.
        """
        results = assess(self.workshop.model, renditions)
        for result in results:
            if not isinstance(result.outcome, Answer):
                raise result.outcome
        return [r.outcome for r in results if isinstance(r.outcome, Answer)]


def _mark(workshop: Workshop) -> str:
    """Tells this catalog from others served at the same address, by where it lies.

    What a browser keeps for one must not reach another, and not its copy either.
    """
    file = workshop.catalog.file
    place = os.path.realpath(file) if file else workshop.settings.catalog
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:16]


def _not_scored(file: ScoredFile) -> str | None:
    """Why a file has no score, for the job that looked at it."""
    if file.state is PhotoState.ASSESSED:
        return None
    return readable(f"{file.path}: {file.reason or file.state.value}")


def _not_written(result: Published) -> str | None:
    """Why a sidecar was left alone, for the job that wanted to write it."""
    if result.outcome is not Outcome.REFUSED:
        return None
    return readable(result.reason or result.sidecar)
