"""Camera RAW through LibRaw: the embedded preview first, a half-size development otherwise."""

import io
from dataclasses import replace
from typing import Any, Final

import numpy as np
import rawpy
from PIL import Image

from aesplugin.errors import PhotoError, UnsupportedPhoto
from aesplugin.imaging.formats.jpeg import load_jpeg
from aesplugin.imaging.formats.raster import upright
from aesplugin.imaging.metadata.exif_colour import of_raw
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.renditions import LONG_SIDE

_FAILURES: Final = (rawpy.LibRawError, *DECODER_FAILURES)
# LibRaw's turn code (what the picture still needs) to the EXIF orientation.
_ORIENTATION: Final = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}
_QUARTERS: Final = range(5, 9)
_LEAST_PREVIEW: Final = 0.6  # of the rendition's long side: a 160-pixel thumb cannot be judged
_SQUARE: Final = 0.05  # sides that differ by less do not tell how a preview stands
_COMPARED: Final = 64  # px a side of the two small pictures that are compared
_TAG_BYTES: Final = 512  # of a preview's head: its EXIF block with the orientation


def load_raw(
    data: bytes, max_megapixels: float, *, name: str = "RAW", long_side: int = LONG_SIDE
) -> Loaded:
    """The camera's own preview where it is large enough: fast, and what the photographer saw.

    `name` is what the format is called, `long_side` (px) what the picture is wanted for.

    Raises:
        UnsupportedPhoto: no RAW format LibRaw knows. OversizedPhoto: by the header.
        DamagedPhoto: neither preview nor sensor data can be decoded.
    """
    with _opened(data, name) as raw:
        check_size(raw.sizes.raw_width, raw.sizes.raw_height, max_megapixels)
        check_size(raw.sizes.width, raw.sizes.height, max_megapixels)
        least = _LEAST_PREVIEW * min(LONG_SIDE, max(raw.sizes.width, raw.sizes.height))
        preview = _preview(raw, max_megapixels, long_side)
        if preview is not None and max(preview.width, preview.height) >= least:
            return _of_preview(preview, raw, data, name)
        return Loaded(
            width=raw.sizes.width,
            height=raw.sizes.height,
            format=name,
            orientation=_ORIENTATION.get(raw.sizes.flip, 1),
            image=_developed(raw),  # last: developing forgets the turn
        )


def _opened(data: bytes, name: str) -> Any:
    try:
        return rawpy.imread(io.BytesIO(data))
    except rawpy.LibRawFileUnsupportedError:
        raise UnsupportedPhoto("a RAW format LibRaw does not know; convert it to DNG") from None
    except _FAILURES as error:
        raise refused(name, error) from None


def _of_preview(preview: Loaded, raw: Any, data: bytes, name: str) -> Loaded:
    width, height = raw.sizes.width, raw.sizes.height
    needs_quarter = _needs_quarter(raw)  # before developing, which forgets it
    is_tagged = preview.orientation != 1 and _is_tagged(raw, data)
    turn = _preview_turn(preview, raw, is_tagged=is_tagged)
    if turn == 1 and needs_quarter:
        width, height = height, width  # as stored, and the preview is stored upright
    return replace(
        preview,
        width=width,
        height=height,
        format=name,
        orientation=turn,
        encoding=preview.encoding or (None if preview.icc else of_raw(data)),
        jpeg_quality=None,
        exif=None,
        xmp=None,
        iptc=None,
    )


def _preview(raw: Any, max_megapixels: float, long_side: int) -> Loaded | None:
    """The largest embedded picture, or None where there is none to be decoded."""
    try:
        thumb = raw.extract_thumb()
        if thumb.format == rawpy.ThumbFormat.JPEG:
            return load_jpeg(thumb.data, max_megapixels, long_side=long_side)
        image = Image.fromarray(thumb.data)
    except (PhotoError, *_FAILURES):
        return None
    return Loaded(image=image, width=image.width, height=image.height, format="RAW")


def _is_tagged(raw: Any, data: bytes) -> bool:
    """Whether the preview's EXIF block is the camera's: LibRaw writes one where there is none."""
    thumb = raw.extract_thumb()
    if thumb.format != rawpy.ThumbFormat.JPEG:
        return False
    # Without the first two bytes: some makers store others, and LibRaw puts them right.
    return bytes(thumb.data[2 : 2 + _TAG_BYTES]) in data


def _needs_quarter(raw: Any) -> bool:
    return _ORIENTATION.get(raw.sizes.flip, 1) in _QUARTERS


def _preview_turn(preview: Loaded, raw: Any, *, is_tagged: bool) -> int:
    """What makes the preview upright: cameras store it as the sensor saw it, or upright already.

    Its own tag tells, unless the shape contradicts; else the shape, and where it does not tell
    (half a turn, or a square) the picture, compared with the sensor's.
    """
    turn = _ORIENTATION.get(raw.sizes.flip, 1)
    if is_tagged:
        own = preview.orientation
        return own if turn == 1 or _fits(preview, raw, own) else 1
    if turn == 1 or not _fits(preview, raw, turn):
        return 1
    if turn in _QUARTERS and not _is_square(preview.width, preview.height):
        return turn
    return _by_comparison(preview.image, raw, turn)


def _fits(preview: Loaded, raw: Any, turn: int) -> bool:
    """Whether the preview, so turned, is as wide or as tall as the upright photo."""
    width, height = int(raw.sizes.width), int(raw.sizes.height)
    if _is_square(preview.width, preview.height) or _is_square(width, height):
        return True
    is_photo_wide = (width > height) != _needs_quarter(raw)
    return ((preview.width > preview.height) != (turn in _QUARTERS)) == is_photo_wide


def _is_square(width: int, height: int) -> bool:
    return abs(width - height) <= _SQUARE * max(width, height)


def _by_comparison(preview: Image.Image, raw: Any, turn: int) -> int:
    """1 where the preview resembles the upright photo more than the photo as the sensor saw it."""
    try:
        sensor = _developed(raw)
    except PhotoError:
        return turn
    as_stored, as_turned = _small(sensor), _small(upright(sensor, turn))
    found = _small(preview)
    return 1 if (found * as_turned).sum() > (found * as_stored).sum() else turn


def _small(image: Image.Image) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Few grey values of mean 0 and deviation 1: they compare whatever the rendering."""
    grey = image.convert("L").resize((_COMPARED, _COMPARED), Image.Resampling.BOX)
    values = np.asarray(grey, np.float64)
    centred = values - values.mean()
    return np.asarray(centred / max(float(centred.std()), 1e-6))


def _developed(raw: Any) -> Image.Image:
    """Half size, the camera's white balance, sRGB, as stored: turned like any other photo."""
    try:
        pixels = raw.postprocess(half_size=True, use_camera_wb=True, user_flip=0)
    except _FAILURES as error:
        raise refused("RAW", error) from None
    return Image.fromarray(pixels)
