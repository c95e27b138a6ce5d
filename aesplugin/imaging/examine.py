"""Everything about one file, in this process: bytes → photo, rendition, measurements."""

from collections.abc import Callable
from dataclasses import dataclass

from aesplugin.assessment import Attribute
from aesplugin.imaging.attributes import measure
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import Picture, decode
from aesplugin.imaging.exif import read_exif as read_exif_of
from aesplugin.imaging.fingerprint import perceptual_hash, pixel_hash
from aesplugin.imaging.renditions import make_rendition
from aesplugin.imaging.thumbnails import thumbnail
from aesplugin.photo import Exif, Photo, Rendition


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of one photo without a model; `thumbnail` is a JPEG for pages."""

    photo: Photo
    rendition: Rendition
    attributes: dict[str, Attribute]
    thumbnail: bytes


def _nothing() -> None:
    pass


def examine(
    path: str,
    *,
    max_megapixels: float,
    read_exif: bool = True,
    before_decoding: Callable[[], None] = _nothing,
    before_exif: Callable[[], None] = _nothing,
) -> Examination:
    """Decodes, fingerprints and measures one file, reading it once.

    Hostile files can hang or crash a decoder: `aesplugin.imaging.pool` runs this in processes
    that can be killed. `before_decoding` is called when the file is read, and `before_exif` when
    pixels are done and the tags are about to be read, so that whoever kills this process knows
    what to blame.

    Raises:
        PhotoError: one of its subclasses, by what is wrong.
        MemoryError: the photo needs more memory than this process may take.
    """
    content = read_content(path)
    before_decoding()
    picture = decode(content.data, path, max_megapixels)
    native = (picture.width, picture.height)
    attributes = measure(picture.pixels, jpeg_quality=picture.jpeg_quality, native_size=native)
    rendition = make_rendition(picture.pixels, content.content_hash)
    exif, problem = Exif(), None
    if read_exif:
        before_exif()
        exif, problem = read_exif_of(content.data, picture.exif, xmp=picture.xmp, iptc=picture.iptc)
    photo = _photo(picture, content.content_hash, exif, problem)
    return Examination(photo, rendition, attributes, thumbnail(picture.pixels))


def _photo(picture: Picture, content_hash: str, exif: Exif, exif_problem: str | None) -> Photo:
    return Photo(
        content_hash=content_hash,
        pixel_hash=pixel_hash(picture.pixels),
        perceptual_hash=perceptual_hash(picture.pixels),
        width=picture.width,
        height=picture.height,
        format=picture.format,
        exif=exif,
        exif_problem=exif_problem,
        note=picture.note,
    )
