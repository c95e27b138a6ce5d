"""Score photos without a catalog: files, folders, bytes, or pictures that Pillow has opened."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Self

from PIL import Image

from aesplugin.assessment import Assessment
from aesplugin.catalog.records import Entry
from aesplugin.compose import Workshop
from aesplugin.errors import PhotoError, UsageError
from aesplugin.imaging.scan import walk
from aesplugin.models.base import Answer
from aesplugin.photo import PhotoState
from aesplugin.services.pipeline.assess import Assessed, assess
from aesplugin.services.pipeline.record import grounded
from aesplugin.settings import load_settings

if TYPE_CHECKING:
    from aesplugin.imaging.examine import Examination

Source = str | os.PathLike[str] | bytes | Image.Image
"""A photo: a file or a folder of files, a file's bytes, or a picture of Pillow."""


class Scorer:
    """A model and decoding processes that stay open from photo to photo; nothing is stored.

    Use as a context manager, or call `close`. One thread at a time.
    """

    def __init__(
        self, model: str | None = None, *, device: str | None = None, comments: bool | None = None
    ) -> None:
        """Reads the settings; the model is loaded with the first photo.

        Args:
            model: a name of `aesplugin models list`; None: as set, `embedded` by default.
            device: auto, cpu, cuda, cuda:1, mps; None: as set.
            comments: whether a model that writes comments does; None: as set.

        Raises:
            SettingsError: a setting is not usable.
            UsageError: no such model.
            ModelError: it is on a server that does not answer, or is not there any more.
        """
        self._workshop = Workshop(load_settings(model=model, device=device, comments=comments))
        self._workshop.refresh_card()
        self._card = self._workshop.card

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the decoding processes."""
        self._workshop.close()

    def score(self, photos: Iterable[Source]) -> Iterator[Entry]:
        """One result for each file, as they come: not in the order given.

        `photos` may be endless: no more than a few dozen are read ahead. A folder brings the photos
        in it and below. Bytes and pictures are called `<bytes 3>` and `<image 4>`, by their place
        among those given. What cannot be scored has a state and a reason, and no assessment.

        Raises:
            UsageError: something given is no photo, or a mode of Pillow that no file can hold.
            ModelError: the model cannot be loaded.
        """
        if isinstance(photos, str | bytes | os.PathLike):
            raise UsageError("give a list of photos, even for one photo: scorer.score([photo])")
        with tempfile.TemporaryDirectory(prefix="aesplugin-") as folder:
            given = _Given(Path(folder))
            waiting: list[tuple[str, Examination]] = []
            for path, found in self._workshop.examiner.examine_all(given.files(photos)):
                yield from given.refused()
                name = given.name_of(path)
                if isinstance(found, PhotoError):
                    yield _failed(name, found)
                    continue
                waiting.append((name, found))
                if len(waiting) >= self._workshop.settings.batch_size:
                    yield from self._assessed(waiting)
                    waiting = []
            yield from given.refused()
            yield from self._assessed(waiting)

    def score_one(self, photo: Source) -> Entry:
        """The result of one photo.

        Raises:
            UsageError: as for `score`, or a folder that does not hold exactly one photo.
            ModelError: the model cannot be loaded.
        """
        found = list(self.score([photo]))
        if len(found) != 1:
            raise UsageError(f"{photo!s} holds {len(found)} photos: use score")
        return found[0]

    def _assessed(self, seen: "list[tuple[str, Examination]]") -> Iterator[Entry]:
        if not seen:
            return
        results = assess(self._workshop.model, [found.rendition for _, found in seen])
        for (name, found), result in zip(seen, results, strict=True):
            yield self._entry(name, found, result)

    def _entry(self, name: str, found: "Examination", result: Assessed) -> Entry:
        answer = result.outcome
        if isinstance(answer, PhotoError):
            return _failed(name, answer)
        if not isinstance(answer, Answer):
            state, reason = PhotoState.QUARANTINED, str(answer)
            failed = Entry(path=name, paths=(name,), state=state, reason=reason)
            return replace(failed, photo=found.photo, faces=found.faces)
        return Entry(
            path=name,
            paths=(name,),
            state=PhotoState.ASSESSED,
            photo=found.photo,
            attributes=found.attributes,
            assessment=Assessment(
                content_hash=found.photo.content_hash,
                model=self._card.name,
                model_revision=self._card.revision,
                score=answer.score,
                comment=answer.comment,
                suggestions=grounded(answer, found.attributes),
                embedding=answer.embedding,
                uncertainty=answer.uncertainty,
                content=answer.content,
                reasons=answer.reasons,
            ),
            faces=found.faces,
        )


class _Given:
    """What was given, as files: bytes and pictures lie in a folder of ours until they are read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}
        self._refused: list[Entry] = []

    def files(self, photos: Iterable[Source]) -> Iterator[str]:
        """The path of each file, drawn from `photos` one by one."""
        for number, photo in enumerate(photos, start=1):
            if isinstance(photo, bytes):
                yield self._kept(f"<bytes {number}>", photo)
            elif isinstance(photo, Image.Image):
                yield self._kept(f"<image {number}>", _as_file(photo))
            elif isinstance(photo, str | os.PathLike):
                path = os.path.abspath(os.path.expanduser(os.fspath(photo)))
                for stamp in walk([path], on_problem=self._refuse):
                    yield stamp.path
            else:
                raise UsageError(
                    f"{type(photo).__name__} is not a photo: give a path, a file's bytes or a"
                    " Pillow image (Image.fromarray makes one from an array)"
                )

    def name_of(self, path: str) -> str:
        """What a file is called in the result; one of ours is deleted now that it was read."""
        name = self._names.pop(path, None)
        if name is None:
            return path
        os.unlink(path)
        return name

    def refused(self) -> Iterator[Entry]:
        """Folders that could not be listed, since last asked."""
        while self._refused:
            yield self._refused.pop(0)

    def _refuse(self, path: str, error: PhotoError) -> None:
        self._refused.append(_failed(path, error))

    def _kept(self, name: str, data: bytes) -> str:
        path = self._folder / name.strip("<>")
        path.write_bytes(data)
        self._names[str(path)] = name
        return str(path)


def _as_file(image: Image.Image) -> bytes:
    """The picture without loss, with its profile and tags.

    Raises:
        UsageError: a mode that neither PNG nor TIFF holds.
    """
    kept = {"icc_profile": image.info.get("icc_profile"), "exif": image.info.get("exif")}
    kept = {name: value for name, value in kept.items() if value}
    for form, more in (("PNG", {"compress_level": 1}), ("TIFF", {})):
        out = BytesIO()
        try:
            image.save(out, form, **kept, **more)
        except (OSError, KeyError, ValueError):
            continue
        return out.getvalue()
    raise UsageError(f"an image of mode {image.mode} cannot be scored: convert it to RGB first")


def _failed(name: str, error: PhotoError) -> Entry:
    return Entry(path=name, paths=(name,), state=PhotoState(error.state), reason=str(error))
