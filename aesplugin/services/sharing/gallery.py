"""Writes a gallery for a client: one HTML file, or a ZIP with the pictures beside the page.

It is written as it is made: memory does not grow with the number of photos.
"""

import base64
import shutil
import tempfile
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import PhotoError, UsageError
from aesplugin.imaging.renditions import thumbnail_of
from aesplugin.services.files.unchanged import with_doubts
from aesplugin.services.files.whole_file import written_whole
from aesplugin.services.sharing.page import Page
from aesplugin.services.sharing.photos import SharedPhoto

MOST_PHOTOS, MOST_BYTES = 200, 150 * 2**20  # in one HTML file: more makes browsers slow
_DECODING = 2  # photos at once
_WAY_OUT = "write a .zip instead, or share fewer photos"

Preview = Callable[[str, str], bytes]  # path, content hash → JPEG without metadata


@dataclass(frozen=True, slots=True)
class Shared:
    """One photo that was written, or why it was left out."""

    photo: SharedPhoto
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Pictures:
    large: bytes
    small: bytes


class _Sink(Protocol):
    def add(self, number: int, photo: SharedPhoto, pictures: _Pictures) -> None: ...


def write_gallery(
    catalog: Catalog, photos: Sequence[SharedPhoto], target: Path, page: Page, preview: Preview
) -> Iterator[Shared]:
    """Writes `target`, HTML or ZIP by its name, and yields each photo when it is done.

    A photo whose file is gone or cannot be decoded is left out. The file appears whole, after the
    last photo, or not at all.

    Raises:
        UsageError: no photo, too many for one HTML file, none that can be shown, or `target`
            cannot be written.
    """
    check(target, len(photos))
    with written_whole(target) as path, path.open("wb") as file, _sink(target, file, page) as sink:
        written, problem = 0, None
        for photo, found in _made(catalog, photos, preview):
            if isinstance(found, str):
                problem = problem or found
                yield Shared(photo, found)
                continue
            written += 1
            sink.add(written, photo, found)
            yield Shared(photo)
        if not written:
            raise UsageError(f"none of the photos can be shown, so nothing was written: {problem}")


def check(target: Path, count: int) -> None:
    """Whether so many photos can be written there.

    Raises:
        UsageError: no photos, too many for HTML, or another kind of file.
    """
    kind = target.suffix.lower()
    if kind not in (".html", ".htm", ".zip"):
        raise UsageError(f"{target} must end in .html or .zip")
    if not count:
        raise UsageError("no photos to share: none matches")
    if kind != ".zip" and count > MOST_PHOTOS:
        raise UsageError(f"{count} photos are too many for one HTML file: {_WAY_OUT}")


def _made(
    catalog: Catalog, photos: Sequence[SharedPhoto], preview: Preview
) -> Iterator[tuple[SharedPhoto, _Pictures | str]]:
    """The photos in order, a few decoded ahead, each with its pictures or what is wrong."""
    waiting: deque[tuple[SharedPhoto, Future[_Pictures | str]]] = deque()
    with ThreadPoolExecutor(_DECODING) as pool:
        for photo in photos:
            sound, doubt = _sound_files(catalog, photo)
            waiting.append((photo, pool.submit(_pictures, photo, sound, doubt, preview)))
            if len(waiting) > _DECODING:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


def _sound_files(catalog: Catalog, photo: SharedPhoto) -> tuple[list[str], str]:
    """The files that still hold the photo, and why another does not."""
    sound, doubts = [], []
    for entry, doubt in with_doubts(catalog, catalog.entries("", paths=photo.files)):
        if doubt is not None:
            doubts.append(doubt)
        elif entry.photo is not None and entry.photo.content_hash == photo.content_hash:
            sound.append(entry.path)
    unknown = f"{photo.files[0]} is not in the catalog any more; run: aesplugin score"
    return sound, doubts[0] if doubts else unknown


def _pictures(
    photo: SharedPhoto, sound: Sequence[str], problem: str, preview: Preview
) -> _Pictures | str:
    for path in sound:
        try:
            large = preview(path, photo.content_hash)
        except PhotoError as error:
            problem = f"{path}: {error}"
        else:
            return _Pictures(large, thumbnail_of(large))
    return problem


@contextmanager
def _sink(target: Path, file: BinaryIO, page: Page) -> Iterator[_Sink]:
    if target.suffix.lower() == ".zip":
        with zipfile.ZipFile(file, "w") as archive, tempfile.TemporaryFile() as rows:
            yield _Archive(archive, rows, page)
            made = zipfile.ZipInfo("index.html", page.made_at.timetuple()[:6])
            with archive.open(made, "w") as index:
                index.write(page.head)
                rows.seek(0)
                shutil.copyfileobj(rows, index)
                index.write(page.foot)
    else:
        file.write(page.head)
        yield _OneFile(file, page)
        file.write(page.foot)


class _OneFile:
    def __init__(self, file: BinaryIO, page: Page) -> None:
        self._file, self._page = file, page
        self._size = 0

    def add(self, number: int, photo: SharedPhoto, pictures: _Pictures) -> None:
        small = "data:image/jpeg;base64," + base64.b64encode(pictures.small).decode("ascii")
        large = base64.b64encode(pictures.large).decode("ascii")
        self._size += self._file.write(self._page.row(number, photo, small=small, data=large))
        if self._size > MOST_BYTES:
            raise UsageError(
                f"these photos make an HTML file of more than {MOST_BYTES >> 20} MB: {_WAY_OUT}"
            )


class _Archive:
    def __init__(self, archive: zipfile.ZipFile, rows: BinaryIO, page: Page) -> None:
        self._archive, self._rows, self._page = archive, rows, page

    def add(self, number: int, photo: SharedPhoto, pictures: _Pictures) -> None:
        small, large = f"thumbnails/{number:04}.jpg", f"previews/{number:04}.jpg"
        self._archive.writestr(small, pictures.small)
        self._archive.writestr(large, pictures.large)
        self._rows.write(self._page.row(number, photo, small=small, address=large))
