"""A sheet to draw on: type, words, colours and smooth noise, all from one random generator."""

import colorsys
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Rng = np.random.Generator
Size = tuple[int, int]  # width, height
Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Plane = NDArray[np.float32]  # [H, W], 0..1
T = TypeVar("T")

WHITE: Final[Colour] = (255, 255, 255)
BLACK: Final[Colour] = (0, 0, 0)

_FACES: Final = {
    "sans": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "italic": "DejaVuSans-Oblique.ttf",
    "light": "DejaVuSans-ExtraLight.ttf",
    "narrow": "DejaVuSansCondensed.ttf",
    "narrow bold": "DejaVuSansCondensed-Bold.ttf",
    "serif": "DejaVuSerif.ttf",
    "serif bold": "DejaVuSerif-Bold.ttf",
    "serif italic": "DejaVuSerif-Italic.ttf",
    "serif narrow": "DejaVuSerifCondensed.ttf",
    "mono": "DejaVuSansMono.ttf",
}
FACES: Final = (*_FACES, "plain")  # "plain" is the face inside Pillow

_ENGLISH: Final = (
    "the of and to in is that for with as on by at from this which or an be are not have total "
    "report market price water light city season order number account history power result model "
    "energy people house school change across between under before after annual public meeting "
    "please thank regards offer quality service delivery amount invoice table figure value system "
    "method language nature science garden music kitchen summer winter morning yesterday"
)
_SYLLABLES: Final = {
    "english": "",
    "latin": "la mi ne ro ta ver sus qui don pel tra fo gen ist der und ein sch er wa ko zu",
    "cyrillic": "на по ста ро во ни ко ли пре до жи ет ра го ми ть ся чи",  # noqa: RUF001
    "greek": "και τον με λα στη πο ρα νου κο δε θη μα ξε φι",  # noqa: RUF001
}
_WORDS: Final = _ENGLISH.split()
_PARTS: Final = {tongue: parts.split() for tongue, parts in _SYLLABLES.items()}


@lru_cache(maxsize=512)
def font(face: str, size: int) -> Font:
    """A face of `FACES` at a height in pixels; Pillow's own where it is not installed."""
    try:
        return ImageFont.truetype(_FACES[face], max(size, 4))
    except (KeyError, OSError):
        return ImageFont.load_default(max(size, 4))


def hue(rng: Rng, *, light: tuple[float, float], pale: float = 1.0) -> Colour:
    """A random colour whose value lies in `light`, its saturation at most `pale`."""
    value = rng.uniform(*light)
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.random() ** 0.6 * pale, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def palette(rng: Rng, count: int) -> list[Colour]:
    """Colours that go together: one saturation and value, hues at even steps or close by."""
    start, step = rng.random(), rng.choice([1 / count, 0.08, 0.381, 0.5])
    saturation, value = rng.uniform(0.25, 1), rng.uniform(0.55, 1)
    made = []
    for n in range(count):
        parts = colorsys.hsv_to_rgb((start + n * step) % 1, saturation, value)
        made.append((int(parts[0] * 255), int(parts[1] * 255), int(parts[2] * 255)))
        value = float(np.clip(value + rng.uniform(-0.15, 0.15), 0.3, 1))
    return made


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour in the one."""
    red, green, blue = (int(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def pick(rng: Rng, among: Sequence[T]) -> T:
    """One of them, each as likely."""
    return among[int(rng.integers(len(among)))]


def smooth_noise(rng: Rng, size: Size, cells: float, octaves: int = 3) -> Plane:
    """Clouds, 0..1; `cells` is how many hills lie along the long side."""
    total = np.zeros((size[1], size[0]), np.float32)
    for octave in range(octaves):
        step = max(size) / (cells * 2**octave)
        few = (max(3, round(size[1] / step)), max(3, round(size[0] / step)))
        coarse = Image.fromarray(rng.random(few, np.float32))
        total += np.asarray(coarse.resize(size, Image.Resampling.BICUBIC)) * 0.5**octave
    low, high = float(total.min()), float(total.max())
    return (total - low) / np.float32(max(high - low, 1e-6))


class Canvas:
    """An image with a pen; `unit` is a hundredth of the long side, so that all scales with it."""

    def __init__(self, rng: Rng, size: Size, paper: Colour = WHITE) -> None:
        self.rng = rng
        self.image = Image.new("RGB", size, paper)
        self.pen = ImageDraw.Draw(self.image)
        self.wide, self.high = size
        self.unit = max(size) / 100
        self._tongue = pick(rng, ("english", "english", *_PARTS))

    def px(self, units: float) -> int:
        """Whole pixels of a length in units, at least one."""
        return max(1, round(units * self.unit))

    def word(self) -> str:
        """A word of this sheet's language."""
        if self._tongue == "english":
            return pick(self.rng, _WORDS)
        count = int(self.rng.integers(1, 5))
        return "".join(pick(self.rng, _PARTS[self._tongue]) for _ in range(count))

    def words(self, least: int, most: int) -> str:
        """A phrase that begins with a capital."""
        text = " ".join(self.word() for _ in range(int(self.rng.integers(least, most + 1))))
        return text[:1].upper() + text[1:]

    def write(
        self, at: tuple[float, float], text: str, height: float, face: str, ink: Colour
    ) -> float:
        """Writes one line, its top left at `at`; `height` in pixels. Returns where it ends."""
        kind = font(face, round(height))
        self.pen.text(at, text, ink, kind)
        return at[0] + kind.getlength(text)

    def paragraph(self, box: Box, height: float, face: str, ink: Colour) -> float:
        """Fills the width of `box` line by line with sentences; returns the bottom it reached."""
        left, top, right, bottom = box
        kind, leading = font(face, round(height)), height * 1.4
        letter = max(kind.getlength("abcdefghijklmno ") / 16, 1.0)
        lines = max(int((bottom - top) / leading), 0)
        fits = max(int((right - left) / letter), 4)
        for n in range(lines):
            text = ""
            while len(text) < fits:
                text += self.word() + (", " if self.rng.random() < 0.08 else " ")
            keep = fits if n < lines - 1 else int(fits * self.rng.uniform(0.2, 0.9))
            line = text[:keep].rsplit(" ", 1)[0]
            self.pen.text((left, top + n * leading), line, ink, kind)
        return top + lines * leading

    def box(self, box: Box, fill: Colour | None, edge: Colour | None = None, **how: float) -> None:
        """A rectangle; `round` its corners' radius and `width` its edge, both in pixels."""
        left, top, right, bottom = box
        whole = (left, top, max(right, left + 1), max(bottom, top + 1))
        width = max(1, round(how.get("width", 1)))
        self.pen.rounded_rectangle(whole, how.get("round", 0), fill, edge, width)

    def disc(self, at: tuple[float, float], radius: float, fill: Colour | None) -> None:
        """A filled circle."""
        self.pen.ellipse(
            (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill
        )

    def number(self) -> str:
        """A figure as tables hold it."""
        value = float(self.rng.lognormal(4, 2))
        return f"{value:,.2f}" if self.rng.random() < 0.6 else str(int(value))
