"""Pictures that are no photographs, drawn by number: what the judge learns to leave unjudged.

Real graphics, documents and scientific images that may be learnt from are few, so they are drawn:
each number is another picture of one of the manners below, in another size, shape and colours.
"""

import io
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from aesplugin.assessment import Kind
from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.judge import drawn_art as art
from aesplugin.training.judge import drawn_cartoons as cartoons
from aesplugin.training.judge import drawn_charts as charts
from aesplugin.training.judge import drawn_documents as documents
from aesplugin.training.judge import drawn_science as science
from aesplugin.training.judge import drawn_screens as screens
from aesplugin.training.judge import from_photos as turned
from aesplugin.training.judge.canvas import Rng, Size, pick

SHORTEST, LONGEST = 400, 1024  # long side, pixels
_ANY: Final = (0.6, 1.7)  # width / height
_PAGE: Final = (0.65, 0.85)
_PHONE: Final = (0.45, 0.6)
_SCREEN: Final = (1.2, 1.8)
_FROM_PHOTOS: Final = 0.2  # of the pictures, where there are photos


class _Manner(NamedTuple):
    kind: Kind
    draw: Callable[[Rng, Size], Image.Image]
    shapes: tuple[float, float] = _ANY
    fine: bool = False  # drawn larger than shown: smooth edges


_DRAWN: Final = (
    _Manner(Kind.DOCUMENT, documents.page, _PAGE),
    _Manner(Kind.DOCUMENT, documents.page, _ANY),
    _Manner(Kind.DOCUMENT, documents.letter, _PAGE),
    _Manner(Kind.DOCUMENT, documents.note),
    _Manner(Kind.DOCUMENT, documents.receipt, (0.35, 0.6)),
    _Manner(Kind.DOCUMENT, documents.spreadsheet),
    _Manner(Kind.DOCUMENT, documents.calendar),
    _Manner(Kind.DOCUMENT, documents.form, (0.65, 1.6)),
    _Manner(Kind.DOCUMENT, documents.music),
    _Manner(Kind.GRAPHIC, screens.chat, _PHONE),
    _Manner(Kind.GRAPHIC, screens.web_page),
    _Manner(Kind.GRAPHIC, screens.post, (0.45, 0.8)),
    _Manner(Kind.GRAPHIC, screens.terminal, (0.9, 1.8)),
    _Manner(Kind.GRAPHIC, screens.settings_list, (0.45, 0.9)),
    _Manner(Kind.GRAPHIC, screens.desktop, _SCREEN),
    _Manner(Kind.GRAPHIC, charts.chart, (0.8, 1.8), fine=True),
    _Manner(Kind.GRAPHIC, charts.chart, (0.8, 1.8), fine=True),
    _Manner(Kind.GRAPHIC, charts.diagram, fine=True),
    _Manner(Kind.GRAPHIC, charts.street_map, fine=True),
    _Manner(Kind.GRAPHIC, charts.region_map),
    _Manner(Kind.GRAPHIC, art.logo, fine=True),
    _Manner(Kind.GRAPHIC, art.icons, fine=True),
    _Manner(Kind.GRAPHIC, art.poster, fine=True),
    _Manner(Kind.GRAPHIC, art.poster),
    _Manner(Kind.GRAPHIC, cartoons.meme),
    _Manner(Kind.GRAPHIC, cartoons.cartoon, fine=True),
    _Manner(Kind.GRAPHIC, cartoons.cartoon, fine=True),
    _Manner(Kind.GRAPHIC, cartoons.sketch, fine=True),
    _Manner(Kind.GRAPHIC, art.pattern, fine=True),
    _Manner(Kind.GRAPHIC, art.square_code),
    _Manner(Kind.SCIENTIFIC, science.heat_map),
    _Manner(Kind.SCIENTIFIC, science.heat_map),
    _Manner(Kind.SCIENTIFIC, science.x_ray),
    _Manner(Kind.SCIENTIFIC, science.ultrasound),
    _Manner(Kind.SCIENTIFIC, science.brain_slices),
    _Manner(Kind.SCIENTIFIC, science.cells),
    _Manner(Kind.SCIENTIFIC, science.cells),
    _Manner(Kind.SCIENTIFIC, science.electron_micrograph),
    _Manner(Kind.SCIENTIFIC, science.spectrogram),
    _Manner(Kind.SCIENTIFIC, science.light_spectrum),
    _Manner(Kind.SCIENTIFIC, science.gel),
    _Manner(Kind.SCIENTIFIC, science.matrix),
)
_TURNED: Final = (
    (Kind.GRAPHIC, turned.cartoon_of),
    (Kind.GRAPHIC, turned.drawing_of),
    (Kind.SCIENTIFIC, turned.thermal_of),
    (Kind.GRAPHIC, turned.halftone_of),
)
_EMBEDDED: Final = (
    (Kind.GRAPHIC, screens.web_page, _ANY),
    (Kind.GRAPHIC, screens.post, (0.45, 0.8)),
    (Kind.GRAPHIC, screens.chat, _PHONE),
    (Kind.GRAPHIC, screens.desktop, _SCREEN),
    (Kind.DOCUMENT, turned.printed_page, (0.65, 1.5)),
)


def non_photo(number: int, *, seed: int, photos: Sequence[Pixels] = ()) -> tuple[Kind, Pixels]:
    """The picture of this number: its kind, and [H, W, 3] with a long side of 400 to 1024.

    The same number and seed give the same picture (with the same fonts installed). Numbers in a
    row go through all manners, so that any 42 of them hold each. With `photos` a fifth of the
    pictures hold one: turned into a drawing or false colours, or small within a page or screen.
    """
    rng = np.random.default_rng((seed, number))
    held = rng.random() < _FROM_PHOTOS  # drawn in any case: photos change no other picture
    if held and photos:
        kind, image = _with_photo(rng, photos)
    else:
        manner = _DRAWN[number % len(_DRAWN)]
        size = _size(rng, manner.shapes)
        kind, image = manner.kind, _fine(rng, manner, size)
    return kind, _as_found(rng, image)


def _with_photo(rng: Rng, photos: Sequence[Pixels]) -> tuple[Kind, Image.Image]:
    if rng.random() < 0.5:
        kind, turn = pick(rng, _TURNED)
        photo = Image.fromarray(pick(rng, photos)).convert("RGB")
        scale = int(rng.integers(SHORTEST, LONGEST + 1)) / max(photo.size)
        size = (max(round(photo.width * scale), 1), max(round(photo.height * scale), 1))
        return kind, turn(rng, photo.resize(size, Image.Resampling.BICUBIC))
    kind, draw, shapes = pick(rng, _EMBEDDED)
    return kind, draw(rng, _size(rng, shapes), list(photos))


def _size(rng: Rng, shapes: tuple[float, float]) -> Size:
    """Width and height of a shape between the two, evenly by its logarithm."""
    shape = float(np.exp(rng.uniform(*np.log(shapes))))
    long = int(rng.integers(SHORTEST, LONGEST + 1))
    return (long, round(long / shape)) if shape > 1 else (round(long * shape), long)


def _fine(rng: Rng, manner: _Manner, size: Size) -> Image.Image:
    if not manner.fine or max(size) > 900:
        return manner.draw(rng, size)
    large = manner.draw(rng, (size[0] * 2, size[1] * 2))
    return large.resize(size, Image.Resampling.BOX)


def _as_found(rng: Rng, image: Image.Image) -> Pixels:
    """As pictures are passed on: most crisp, a third scaled softly, saved as JPEG or both."""
    how = rng.random()
    if how < 0.15:
        scale = rng.uniform(0.4, 0.9)
        small = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
        image = image.resize(small, Image.Resampling.BILINEAR).resize(
            image.size, Image.Resampling.BICUBIC
        )
    if 0.08 < how < 0.36:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=int(rng.integers(25, 90)))
        image = Image.open(file).convert("RGB")
    return np.array(image, np.uint8)
