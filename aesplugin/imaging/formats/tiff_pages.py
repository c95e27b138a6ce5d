"""Which directory of a TIFF holds the photo: not its thumbnail, a mask or a later page."""

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from typing import Any, Final

import numpy as np
from PIL import Image, ImageFilter, ImageOps
from tifffile import PHOTOMETRIC, TiffFile

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.picture import DECODER_FAILURES

# A page in grey levels; None where it cannot be decoded, or is too large.
Look = Callable[[Any], Image.Image | None]
RAW: Final = (PHOTOMETRIC.CFA, PHOTOMETRIC.LINEAR_RAW)

_MOST_PAGES: Final = 32
_MOST_PARTS: Final = 8  # SubIFDs of one page
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_OLD_REDUCED: Final = 2  # SubfileType, before TIFF 6
_SUBFILE, _OLD_SUBFILE, _ORIENTATION = 254, 255, 274
_EXIF, _DNG_VERSION = 34665, 50706
_SAME_SHAPE: Final = 0.03
_TINY: Final = 320  # px
_THUMBNAIL: Final = 2  # so many times larger is a photo than its thumbnail, at least
_COMPARED: Final = (1024, 1024)  # px at most each way, where two pages are compared
_SOFT: Final = ImageFilter.GaussianBlur(1)
_EDGE: Final = 2  # px: resizing differs there
_BLOCK: Final = 6  # px a side
# Levels. Of 60 photos made 2 to 6 times smaller by any filter, also as a JPEG of quality 60: up to
# 0.8 and 10. A sixth of a stop darker: 5 and more. Frames of a burst: 70 and more in some block.
_MEAN, _MOST = 2.0, 14.0
_MOST_LOOKED_AT: Final = 8  # pages
_BLANK: Final = 160  # px: a thumbnail of this size without a picture in it tells nothing


def main_page(file: Any, look: Look) -> tuple[Any, str | None]:
    """The first page that is a picture of its own, at its full size; and a note of those left out.

    Tags tell which page is a lesser copy. Where they do not, a larger page is the full size of the
    first if it is a SubIFD of it or is the same picture: else, as of another exposure of the same
    scene, it is another page of a document.

    Raises:
        DamagedPhoto: no directory can be read.
    """
    pages = list(_all(file))
    if not pages:
        raise DamagedPhoto("a TIFF file without a readable directory; copy it again")
    own = [page for page in pages if not _is_lesser(page)]
    if not own:
        return max(pages, key=lambda page: page.imagewidth * page.imagelength), None
    first = own[0]
    copies = _copies(first, own[1:], look)
    count = 1 + sum(page not in copies for page in own[1:])
    note = f"the first of {count} pages" if count > 1 else None
    return max(copies, key=lambda page: page.imagewidth, default=first), note


def _copies(first: Any, others: Sequence[Any], look: Look) -> list[Any]:
    """Larger pages with the picture of the first one; one that cannot be looked at may well be one.

    Of a first page that cannot be looked at nothing is: it is damaged, and no other stands for it.
    """
    larger = [page for page in others if _may_be_copy(first, page)]
    parts = {page.offset for page in _some(first.pages, _MOST_PARTS)} if first.subifds else set()
    copies = [page for page in larger if page.offset in parts]
    thumbnail = look(first) if len(larger) > len(copies) else None
    for page in larger[:_MOST_LOOKED_AT]:
        if page not in copies:
            full = look(page)
            if thumbnail is not None and (full is None or _is_same(thumbnail, full)):
                copies.append(page)
    return copies


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


def _may_be_copy(small: Any, large: Any) -> bool:
    """Whether sizes and shapes are those of a thumbnail and its photo."""
    if large.imagewidth < _THUMBNAIL * small.imagewidth:
        return False
    is_tiny = max(small.imagewidth, small.imagelength) <= _TINY
    if is_tiny and min(large.imagewidth, large.imagelength) > _TINY:
        return True  # 160 x 120 of any photo, with bars
    one, other = (page.imagewidth / page.imagelength for page in (small, large))
    return bool(abs(one - other) <= _SAME_SHAPE * other)


def _is_same(thumbnail: Image.Image, full: Image.Image) -> bool:
    """Whether the picture, made as small, is the thumbnail, perhaps with bars.

    One of a single grey may be.
    """
    if any(side > most for side, most in zip(thumbnail.size, _COMPARED, strict=True)):
        thumbnail = ImageOps.contain(thumbnail, _COMPARED, Image.Resampling.BOX)
    is_flat, is_full_flat = (np.asarray(page).std() < 1 for page in (thumbnail, full))
    if is_flat or is_full_flat:
        return bool(is_flat and (is_full_flat or max(thumbnail.size) <= _BLANK))
    differences = (_difference(thumbnail, *made) for made in _reductions(full, thumbnail.size))
    return any(mean <= _MEAN and most <= _MOST for mean, most in differences)


def _reductions(
    full: Image.Image, size: tuple[int, int]
) -> Iterator[tuple[Image.Image, tuple[int, int]]]:
    """The picture as a thumbnail of `size` would hold it, and where: bars may end a pixel off."""
    width, height = ImageOps.contain(full, size, Image.Resampling.NEAREST).size
    if max(size[0] - width, size[1] - height) <= 1:
        for how in (Image.Resampling.BOX, Image.Resampling.NEAREST):
            yield full.resize(size, how), (0, 0)
        step = round(full.width / size[0])
        every = Image.fromarray(np.ascontiguousarray(np.asarray(full)[::step, ::step]))
        if every.size == size:
            yield every, (0, 0)
        return
    is_tall = width < size[0]  # bars at its sides
    side, room = (width, size[0]) if is_tall else (height, size[1])
    for longer, shift in product((-1, 0, 1), (-1, 0, 1)):
        kept = side + longer
        at = (room - kept) // 2 + shift
        if kept > 0 and 0 <= at <= room - kept:
            fitted = (kept, height) if is_tall else (width, kept)
            yield full.resize(fitted, Image.Resampling.BOX), (at, 0) if is_tall else (0, at)


def _difference(
    thumbnail: Image.Image, small: Image.Image, at: tuple[int, int]
) -> tuple[float, float]:
    """In levels: of the means, and of any block's at most; blurred, for filters differ."""
    left, top = at
    cut = thumbnail.crop((left, top, left + small.width, top + small.height))
    one, other = (
        np.asarray(picture.filter(_SOFT), np.float64)[_EDGE:-_EDGE, _EDGE:-_EDGE]
        for picture in (cut, small)
    )
    change = one - other
    if change.size == 0:
        return 255.0, 255.0
    blocks = tuple(max(1, side // _BLOCK) for side in change.shape)
    means = [
        abs(float(part.mean()))
        for band in np.array_split(change, blocks[0])
        for part in np.array_split(band, blocks[1], axis=1)
    ]
    return abs(float(change.mean())), max(means)
