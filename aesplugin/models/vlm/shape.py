"""A photo in a shape that the processors of image-text models accept."""

from PIL import Image

from aesplugin.models.encoder.views import picture
from aesplugin.photo import Rendition

_THINNEST, _SMALLEST = 16, 32  # long side over short side; pixels of a side


def shown(rendition: Rendition) -> Image.Image:
    """The photo; thinner than 16 : 1 it is widened, since processors refuse such shapes."""
    image = picture(rendition)
    least = max(_SMALLEST, -(-max(image.size) // _THINNEST))
    size = (max(image.width, least), max(image.height, least))
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)
