"""Which directory of a TIFF holds the photo: not its thumbnail, a mask or a later page."""

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from tifffile import PHOTOMETRIC, TiffFile

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.picture import DECODER_FAILURES

RAW: Final = (PHOTOMETRIC.CFA, PHOTOMETRIC.LINEAR_RAW)

_MOST_PAGES: Final = 32
_MOST_PARTS: Final = 8  # SubIFDs of one page
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_OLD_REDUCED: Final = 2  # SubfileType, before TIFF 6
_SUBFILE, _OLD_SUBFILE, _ORIENTATION = 254, 255, 274
_EXIF, _DNG_VERSION = 34665, 50706
_SAME_SHAPE: Final = 0.03
_TINY: Final = 320  # px
_THUMBNAIL: Final = 2  # a page with the shape of another that is so many times larger is its copy


def main_page(file: Any) -> Any:
    """The first page that is a picture of its own, at its full size.

    Raises:
        DamagedPhoto: no directory can be read.
    """
    pages = list(_all(file))
    if not pages:
        raise DamagedPhoto("a TIFF file without a readable directory; copy it again")
    own = [page for page in pages if not _is_lesser(page)]
    if not own:
        return max(pages, key=lambda page: page.imagewidth * page.imagelength)
    first = own[0]
    larger = [page for page in own if _is_copy(first, page)]
    return max(larger, key=lambda page: page.imagewidth, default=first)


def is_plain(data: bytes) -> bool:
    """Whether it is a TIFF that no camera wrote as its RAW, whatever its name says."""
    try:
        with TiffFile(io.BytesIO(data)) as file:
            return not any(map(_is_of_camera, _some(file.pages, _MOST_PAGES)))
    except DECODER_FAILURES:
        return False


def _is_of_camera(page: Any) -> bool:
    exif = page.tags.valueof(_EXIF, {})
    return bool(
        page.subifds
        or _is_lesser(page)
        or page.photometric in RAW
        or page.tags.get(_DNG_VERSION)
        or not isinstance(exif, dict)
        or "MakerNote" in exif
    )


def orientation(page: Any, file: Any) -> int:
    """The page's EXIF orientation, or the file's where the page says none."""
    for holder in (page, file.pages[0]):
        value = holder.tags.valueof(_ORIENTATION)
        if isinstance(value, int) and 1 <= value <= 8:
            return int(value)
    return 1


def _all(file: Any) -> Iterator[Any]:
    """Pages and their SubIFDs, as many as can be read."""
    for page in _some(file.pages, _MOST_PAGES):
        yield page
        if page.subifds:
            yield from _some(page.pages, _MOST_PARTS)


def _some(pages: Any, most: int) -> Iterator[Any]:
    found = iter(pages)
    try:
        for page in islice(found, most):
            if page.imagewidth > 0 and page.imagelength > 0:
                yield page
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return  # a broken directory; those before it are good


def _is_lesser(page: Any) -> bool:
    kind = page.tags.valueof(_SUBFILE, 0)
    if isinstance(kind, int) and kind & (_REDUCED | _MASK):
        return True
    return bool(page.tags.valueof(_OLD_SUBFILE, 0) == _OLD_REDUCED)


def _is_copy(small: Any, large: Any) -> bool:
    if large.imagewidth < _THUMBNAIL * small.imagewidth:
        return False
    is_tiny = max(small.imagewidth, small.imagelength) <= _TINY
    if is_tiny and min(large.imagewidth, large.imagelength) > _TINY:
        return True  # 160 x 120 of any photo, with bars
    one, other = (page.imagewidth / page.imagelength for page in (small, large))
    return bool(abs(one - other) <= _SAME_SHAPE * other)
