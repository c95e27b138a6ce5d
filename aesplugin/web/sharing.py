"""Galleries for clients, written by jobs of the page and kept until they were downloaded."""

import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Literal

from aesplugin.compose import Workshop
from aesplugin.errors import UsageError
from aesplugin.services.sharing.gallery import check, write_gallery
from aesplugin.services.sharing.page import Page
from aesplugin.services.sharing.photos import SharedPhoto, select_hashes
from aesplugin.web.jobs import JobBoard, JobState, Planned
from aesplugin.web.schemas import readable

_KEPT = 5  # galleries for download
_LEFT_BEHIND = 24 * 3600  # s: older folders are of pages that were killed
_MOST_NAME = 60  # characters of a file's name

Form = Literal["html", "zip"]


class ShareDesk:
    """Writes galleries into a temporary folder of this page; `close` removes it."""

    def __init__(self, workshop: Workshop, jobs: JobBoard) -> None:
        self._workshop, self._jobs = workshop, jobs
        self._root: Path | None = None
        self._files: dict[str, Path] = {}  # by what their addresses end with
        self._lock = Lock()

    def start(
        self, content_hashes: Sequence[str], *, title: str, form: Form, scores: bool
    ) -> JobState:
        """Writes a gallery of these photos, as a job whose `link` leads to the file.

        Raises:
            UsageError: no photo, or too many for one HTML file.
        """
        workshop = self._workshop
        photos = select_hashes(workshop.catalog, workshop.card.revision, content_hashes).photos
        check(Path(f"gallery.{form}"), len(photos))
        page = Page(title, is_whole=form == "html", scores=scores)
        key = secrets.token_hex(16)

        def work() -> Planned:
            return Planned(len(photos), self._written(photos, page, key, form))

        return self._jobs.start(
            "share", f"share {readable(title)}", work, link=f"/api/v1/shares/{key}/file"
        )

    def file(self, key: str) -> Path:
        """A gallery that was written.

        Raises:
            UsageError: there is none, or it was removed to make room for later ones.
        """
        found = self._files.get(key)
        if found is None or not found.is_file():
            raise UsageError("this gallery does not exist any more; share the photos again")
        with suppress(OSError):  # removed meanwhile
            os.utime(found.parent.parent)  # in use: not left behind
        return found

    def close(self) -> None:
        """Removes what was written."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)

    def _written(
        self, photos: Sequence[SharedPhoto], page: Page, key: str, form: Form
    ) -> Iterator[str | None]:
        target = self._folder(key) / f"{_file_name(page.title)}.{form}"
        preview = self._workshop.full_pictures.preview
        for done in write_gallery(self._workshop.catalog, photos, target, page, preview):
            yield None if done.problem is None else readable(done.problem)
        with self._lock:
            self._files[key] = target
            for old in list(self._files)[:-_KEPT]:
                shutil.rmtree(self._files.pop(old).parent, ignore_errors=True)

    def _folder(self, key: str) -> Path:
        """A folder of its own, beside the cache: the system's may lie in memory.

        Raises:
            UsageError: it cannot be made.
        """
        home = self._workshop.settings.cache / "shared"
        try:
            with self._lock:
                if self._root is None:
                    home.mkdir(parents=True, exist_ok=True)
                    _remove_left_behind(home)
                    self._root = Path(tempfile.mkdtemp(dir=home))
            folder = self._root / key
            folder.mkdir(parents=True, exist_ok=True)  # where another page took it for left behind
            os.utime(self._root)  # in use: it is not
        except OSError as error:
            raise UsageError(f"{home} cannot be written: {error.strerror}") from None
        return folder


def _remove_left_behind(home: Path) -> None:
    for folder in home.iterdir():
        with suppress(OSError):  # removed by another page meanwhile
            if time.time() - folder.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(folder, ignore_errors=True)


def _file_name(title: str) -> str:
    """The title without what some systems do not allow in a file name."""
    plain = re.sub(r"\W+", "-", title).strip("-_")[:_MOST_NAME]
    return f"photos-{plain}" if plain else "photos"
