"""Photos turned into cartoons, drawings, thermal pictures and print: photographs no more."""

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from aesplugin.training.flaws.pixel_operations import Pixels, luma, to_float
from aesplugin.training.judge.canvas import Canvas, Rng, Size, hue, mix, pick
from aesplugin.training.judge.drawn_documents import scanned
from aesplugin.training.judge.drawn_science import COLOURED, false_colour, framed
from aesplugin.training.judge.drawn_screens import put_photo


def cartoon_of(rng: Rng, photo: Image.Image) -> Image.Image:
    """A few flat, lively colours with smooth borders, most with dark outlines."""
    scale = rng.uniform(120, 300) / max(photo.size)
    small = (max(round(photo.width * scale), 8), max(round(photo.height * scale), 8))
    flat = ImageOps.autocontrast(photo.resize(small, Image.Resampling.BOX), cutoff=2)
    flat = ImageEnhance.Color(flat.filter(ImageFilter.MedianFilter(5))).enhance(rng.uniform(1, 2.2))
    few = flat.quantize(int(rng.integers(4, 10)), dither=Image.Dither.NONE)
    large = few.convert("RGB").resize(photo.size, Image.Resampling.BICUBIC)
    drawn = large.quantize(palette=few, dither=Image.Dither.NONE).convert("RGB")
    if rng.random() < 0.7:
        drawn.paste((10, 10, 15), mask=_outlines(photo, float(rng.uniform(0.85, 0.95))))
    return drawn


def drawing_of(rng: Rng, photo: Image.Image) -> Image.Image:
    """Its outlines in ink, or its tones in pencil, on paper."""
    paper, pen = hue(rng, light=(0.88, 1), pale=0.2), hue(rng, light=(0.02, 0.4), pale=0.7)
    if rng.random() < 0.5:
        sheet = Image.new("RGB", photo.size, paper)
        sheet.paste(pen, mask=_outlines(photo, float(rng.uniform(0.75, 0.92))))
        return sheet
    grey = np.asarray(photo.convert("L"), np.float32)
    soft = np.asarray(photo.convert("L").filter(ImageFilter.GaussianBlur(6)), np.float32)
    pencil = np.clip(grey / np.maximum(soft, 1), 0, 1) ** rng.uniform(2, 6)
    tones = Image.fromarray((pencil * 255).astype(np.uint8))
    return ImageOps.colorize(tones, pen, paper)


def _outlines(photo: Image.Image, share: float) -> Image.Image:
    """A mask [H, W] of its edges, softened a little; `share` of the picture stays free of them."""
    grey = np.asarray(photo.convert("L").filter(ImageFilter.GaussianBlur(1.5)), np.float32) / 255
    down, across = np.gradient(grey)
    steep = np.hypot(down, across)
    least = max(float(np.quantile(steep[::4, ::4], share)), 1e-3)
    edges = np.clip((steep - least) / (least * 0.7), 0, 1)
    return Image.fromarray((edges * 255).astype(np.uint8))


def thermal_of(rng: Rng, photo: Image.Image) -> Image.Image:
    """Its brightness, coarsened as a thermal camera sees, in false colours."""
    small = (max(photo.width // 5, 1), max(photo.height // 5, 1))
    coarse = photo.resize(small, Image.Resampling.BOX).resize(photo.size, Image.Resampling.BICUBIC)
    bright = luma(to_float(np.asarray(coarse)))
    low, high = np.percentile(bright, (2, 98))
    values = np.clip((bright - low) / max(float(high - low), 0.05), 0, 1)
    if rng.random() < 0.3:
        values = 1 - values
    scale = pick(rng, COLOURED)
    return framed(rng, Image.fromarray(false_colour(values.astype(np.float32), scale)), scale)


def halftone_of(rng: Rng, photo: Image.Image) -> Image.Image:
    """Printed with dots, or in a few grey levels, as newspapers and old screens did."""
    step = int(rng.integers(2, 5))
    small = photo.resize((max(photo.width // step, 1), max(photo.height // step, 1)))
    dots = small.convert("1").convert("L").resize(photo.size, Image.Resampling.NEAREST)
    ink = mix((0, 0, 0), hue(rng, light=(0.1, 0.6)), rng.uniform(0, 1))
    return ImageOps.colorize(dots, ink, hue(rng, light=(0.85, 1), pale=0.3))


def printed_page(rng: Rng, size: Size, photos: list[Pixels]) -> Image.Image:
    """A page of a newspaper, book or catalogue with small photos between the text."""
    sheet, columns = Canvas(rng, size), int(rng.integers(1, 4))
    edge, height = sheet.px(5), sheet.px(rng.uniform(1.2, 2))
    sheet.write((edge, edge), sheet.words(2, 5), height * 2.5, "serif bold", (15, 15, 20))
    wide = (sheet.wide - edge * 2) / columns
    face = pick(rng, ("serif", "sans", "narrow"))
    for n in range(columns):
        left, top = edge + n * wide, edge + height * 5.0
        while top < sheet.high - edge:
            right, room = left + wide - height * 1.5, height * 1.4 * int(rng.integers(4, 14))
            bottom = min(top + room, sheet.high - edge)
            if rng.random() < 0.3 and bottom - top > height * 3:
                put_photo(sheet, (left, top, right, bottom), photos)
                top = bottom + height
            else:
                sheet.paragraph((left, top, right, bottom), height, face, (25, 25, 30))
                top = bottom + height
    return scanned(rng, sheet.image)
