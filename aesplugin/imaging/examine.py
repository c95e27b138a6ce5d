"""Everything about one file, in this process: bytes → photo, rendition, measurements."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PIL import Image

from aesplugin.assessment import Attribute
from aesplugin.errors import ModelError, OutOfMemory
from aesplugin.face import Face
from aesplugin.imaging.attributes import measure
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import Picture, decode
from aesplugin.imaging.fingerprint import perceptual_hash
from aesplugin.imaging.metadata.exif import read_exif as read_exif_of
from aesplugin.imaging.renditions import make_rendition, thumbnail
from aesplugin.photo import Exif, Photo, Rendition


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of one photo without its score; `thumbnail` is a JPEG for pages.

    `faces` is None where they were not read; `faces_problem` says why where they should have been.
    """

    photo: Photo
    rendition: Rendition
    attributes: dict[str, Attribute]
    thumbnail: bytes
    faces: tuple[Face, ...] | None = None
    faces_problem: str | None = None


class Stage(StrEnum):
    """What is done with a file, in this order, once it is read."""

    DECODING = "decoding"
    FACES = "faces"
    EXIF = "exif"


class ReadFaces(Protocol):
    """Finds faces; see `aesplugin.models.faces.reader.FaceReader.read`."""

    def __call__(
        self, image: Image.Image, *, full_width: int, larger: Callable[[float], Image.Image]
    ) -> tuple[Face, ...]:
        """Those of an upright RGB picture. Raises ModelError: they cannot be read."""
        ...


def _nothing(stage: Stage) -> None:
    pass


def examine(
    path: str,
    *,
    max_megapixels: float,
    read_exif: bool = True,
    read_faces: ReadFaces | None = None,
    before: Callable[[Stage], None] = _nothing,
) -> Examination:
    """Decodes, fingerprints and measures one file, reading it once.

    Hostile files can hang or crash a decoder: `aesplugin.imaging.sandbox.pool` runs this in
    processes that can be killed. `before` is called with each stage as it begins, so that whoever
    kills this process knows what to blame.

    Raises:
        PhotoError: one of its subclasses, by what is wrong.
        MemoryError: the photo needs more memory than this process may take.
    """
    content = read_content(path)
    before(Stage.DECODING)
    picture = decode(content.data, path, max_megapixels)
    native = (picture.width, picture.height)
    attributes = measure(picture.pixels, jpeg_quality=picture.jpeg_quality, native_size=native)
    rendition = make_rendition(picture.pixels, content.content_hash)
    small = thumbnail(picture.pixels)
    faces, faces_problem = None, None
    if read_faces is not None:
        before(Stage.FACES)
        faces, faces_problem = _faces(picture, read_faces)
    exif, problem = Exif(), None
    if read_exif:
        before(Stage.EXIF)
        exif, problem = read_exif_of(content.data, picture.exif, xmp=picture.xmp, iptc=picture.iptc)
    photo = _photo(picture, content.content_hash, exif, problem)
    return Examination(photo, rendition, attributes, small, faces, faces_problem)


def _faces(picture: Picture, read: ReadFaces) -> tuple[tuple[Face, ...] | None, str | None]:
    """The faces, or why they could not be read: the photo has its score all the same."""
    image = Image.fromarray(picture.pixels)
    try:
        return read(image, full_width=picture.width, larger=picture.larger), None
    except (MemoryError, OutOfMemory):
        return None, "they need more memory than allowed; raise decode_memory_mb"
    except ModelError as error:
        return None, str(error)


def _photo(picture: Picture, content_hash: str, exif: Exif, exif_problem: str | None) -> Photo:
    return Photo(
        content_hash=content_hash,
        perceptual_hash=perceptual_hash(picture.pixels),
        width=picture.width,
        height=picture.height,
        format=picture.format,
        exif=exif,
        exif_problem=exif_problem,
        note=picture.note,
    )
