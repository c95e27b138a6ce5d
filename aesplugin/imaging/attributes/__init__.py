"""What can be measured on the pixels: one family a file, values with a verdict, no opinion.

Each verdict is `good`, `poor` or `can't tell`; a value that cannot be measured is None.
The verdicts' limits were set on photos and flawed copies apart from those they are reported on.
"""

from aesplugin.assessment import Attribute
from aesplugin.imaging.attributes.blocking import measure_blocking
from aesplugin.imaging.attributes.colour import measure_colour
from aesplugin.imaging.attributes.exposure import measure_contrast, measure_exposure
from aesplugin.imaging.attributes.noise import measure_noise
from aesplugin.imaging.attributes.planes import Pixels, planes_of
from aesplugin.imaging.attributes.sharpness import measure_sharpness
from aesplugin.imaging.attributes.tilt import measure_tilt
from aesplugin.imaging.attributes.vignetting import measure_vignetting


def measure(
    pixels: Pixels, *, jpeg_quality: float | None, native_size: tuple[int, int]
) -> dict[str, Attribute]:
    """Measure one photo. Every value is finite or None; no shape of picture is refused.

    `pixels` [H, W, 3] uint8 are sRGB and upright, normally the rendition's (long side <= 1024)
    before it is compressed; `native_size` is the original's (width, height) after orientation,
    `jpeg_quality` its JPEG quality 1..100 (None where the original is no JPEG).
    """
    planes = planes_of(pixels)
    shrink = max(native_size) / max(pixels.shape[:2])
    return {
        **measure_exposure(planes),
        **measure_contrast(planes),
        **measure_colour(planes),
        **measure_sharpness(planes),
        **measure_noise(planes),
        **measure_tilt(planes),
        **measure_blocking(planes, jpeg_quality=jpeg_quality, shrink=shrink),
        **measure_vignetting(planes),
    }
