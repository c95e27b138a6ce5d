"""Camera RAW through LibRaw: the embedded preview first, a half-size development otherwise."""

import io
from typing import Any, Final

import rawpy
from PIL import Image

from aesplugin.errors import PhotoError, UnsupportedPhoto
from aesplugin.imaging.jpeg import load_jpeg
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.renditions import LONG_SIDE

_FAILURES: Final = (rawpy.LibRawError, *DECODER_FAILURES)
# LibRaw's turn code (what the picture still needs) to the EXIF orientation.
_ORIENTATION: Final = {0: 1, 3: 3, 5: 8, 6: 6}
_LEAST_PREVIEW: Final = 0.6  # of the rendition's long side: a 160-pixel thumb cannot be judged


def load_raw(data: bytes, max_megapixels: float, *, name: str = "RAW") -> Loaded:
    """The camera's own preview where it is large enough: fast, and what the photographer saw.

    `name` is what the format is called.

    Raises:
        UnsupportedPhoto: no RAW format LibRaw knows. OversizedPhoto: by the header.
        DamagedPhoto: neither preview nor sensor data can be decoded.
    """
    try:
        raw = rawpy.imread(io.BytesIO(data))
    except rawpy.LibRawFileUnsupportedError:
        raise UnsupportedPhoto("a RAW format LibRaw does not know; convert it to DNG") from None
    except _FAILURES as error:
        raise refused(name, error) from None
    with raw:
        width, height = raw.sizes.width, raw.sizes.height
        check_size(raw.sizes.raw_width, raw.sizes.raw_height, max_megapixels)
        check_size(width, height, max_megapixels)
        least = _LEAST_PREVIEW * min(LONG_SIDE, max(width, height))
        preview = _preview(raw, max_megapixels)
        if preview is not None and max(preview.width, preview.height) >= least:
            turn = _preview_turn(preview, raw)
            image, icc = preview.image, preview.icc
        else:
            turn = _ORIENTATION.get(raw.sizes.flip, 1)
            image, icc = _developed(raw), None
        return Loaded(
            image=image, width=width, height=height, format=name, orientation=turn, icc=icc
        )


def embedded_jpeg(data: bytes) -> bytes | None:
    """The largest JPEG the camera put into the RAW file; None where there is none."""
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            thumb = raw.extract_thumb()
            return bytes(thumb.data) if thumb.format == rawpy.ThumbFormat.JPEG else None
    except _FAILURES:
        return None


def _preview(raw: Any, max_megapixels: float) -> Loaded | None:
    """The largest embedded picture, or None where there is none to be decoded."""
    try:
        thumb = raw.extract_thumb()
        if thumb.format == rawpy.ThumbFormat.JPEG:
            return load_jpeg(thumb.data, max_megapixels)
        image = Image.fromarray(thumb.data)
    except (PhotoError, *_FAILURES):
        return None
    return Loaded(image=image, width=image.width, height=image.height, format="RAW")


def _preview_turn(preview: Loaded, raw: Any) -> int:
    """The preview's own tag, else the RAW's; a preview stored upright already needs no turn."""
    if preview.orientation != 1:
        return preview.orientation
    turn = _ORIENTATION.get(raw.sizes.flip, 1)
    sensor_is_wide = raw.sizes.width >= raw.sizes.height
    preview_is_wide = preview.width >= preview.height
    return 1 if turn in (6, 8) and sensor_is_wide != preview_is_wide else turn


def _developed(raw: Any) -> Image.Image:
    """Half size, the camera's white balance, sRGB, as stored: turned like any other photo."""
    try:
        pixels = raw.postprocess(half_size=True, use_camera_wb=True, user_flip=0)
    except _FAILURES as error:
        raise refused("RAW", error) from None
    return Image.fromarray(pixels)
