"""Drawn art: logos, icons, posters, patterns and square codes."""

import numpy as np
from PIL import Image

from aesplugin.training.judge.canvas import (
    BLACK,
    FACES,
    WHITE,
    Canvas,
    Colour,
    Rng,
    Size,
    font,
    hue,
    mix,
    palette,
    pick,
)
from aesplugin.training.judge.drawn_screens import readable

Point = tuple[float, float]


def logo(rng: Rng, size: Size) -> Image.Image:
    """A mark of a few flat shapes, at times with a name below it."""
    back = pick(rng, (WHITE, WHITE, BLACK, hue(rng, light=(0.1, 1))))
    sheet, colours = Canvas(rng, size, back), palette(rng, 3)
    x, y, reach = sheet.wide / 2, sheet.high * 0.42, min(size) * rng.uniform(0.15, 0.35)
    for n in range(int(rng.integers(2, 6))):
        off = rng.uniform(-0.5, 0.5, 2) * reach * (n > 0)
        fill = pick(rng, (*colours, back)) if n else colours[0]
        shape(sheet, (x + off[0], y + off[1]), reach * rng.uniform(0.35, 1) ** (n > 0), fill)
    if rng.random() < 0.7:
        height = min(size) * rng.uniform(0.06, 0.14)
        name = sheet.words(1, 2)
        left = x - font("bold", round(height)).getlength(name) / 2
        sheet.write((left, sheet.high * 0.8), name, height, pick(rng, FACES), readable(back))
    return sheet.image


def shape(sheet: Canvas, at: Point, reach: float, fill: Colour) -> None:
    """A disc, ring, square, polygon, star, half disc or bar."""
    rng, kind, turn = sheet.rng, int(sheet.rng.integers(7)), sheet.rng.uniform(0, 6)
    box = (at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach)
    if kind == 0:
        sheet.pen.ellipse(box, fill)
    elif kind == 1:
        sheet.pen.ellipse(box, None, fill, max(int(reach / 5), 1))
    elif kind == 2:
        sheet.box(box, fill, round=reach * float(rng.choice([0, 0.25, 0.5])))
    elif kind == 3:
        sheet.pen.polygon(star(at, reach, int(rng.integers(3, 9)), (turn, 1.0)), fill)
    elif kind == 4:
        inner = rng.uniform(0.35, 0.8)
        sheet.pen.polygon(star(at, reach, int(rng.integers(4, 14)), (turn, inner)), fill)
    elif kind == 5:
        start = float(rng.choice([0, 90, 180, 270]))
        sheet.pen.pieslice(box, start, start + float(rng.choice([90, 180, 270])), fill)
    else:
        sheet.box((box[0], at[1] - reach * 0.2, box[2], at[1] + reach * 0.2), fill)


def star(at: Point, reach: float, points: int, how: tuple[float, float]) -> list[Point]:
    """A polygon whose every second corner lies at the share `how[1]` of `reach`."""
    turns = how[0] + np.arange(points * 2) * np.pi / points
    far = reach * np.where(np.arange(points * 2) % 2, how[1], 1.0)
    return [
        (at[0] + float(r * np.cos(t)), at[1] + float(r * np.sin(t)))
        for r, t in zip(far, turns, strict=True)
    ]


def icons(rng: Rng, size: Size) -> Image.Image:
    """A sheet of icons or stickers on a grid."""
    back = pick(rng, (WHITE, hue(rng, light=(0.05, 1), pale=0.5)))
    sheet, across, colours = Canvas(rng, size, back), int(rng.integers(2, 8)), palette(rng, 5)
    step, tiled = sheet.wide / across, rng.random() < 0.4
    for row in range(int(sheet.high / step) + 1):
        for column in range(across):
            at = ((column + 0.5) * step, (row + 0.5) * step)
            if tiled:
                tile = (
                    at[0] - step * 0.4,
                    at[1] - step * 0.4,
                    at[0] + step * 0.4,
                    at[1] + step * 0.4,
                )
                sheet.box(tile, pick(rng, colours), round=step * 0.15)
            for n in range(int(rng.integers(1, 4))):
                fill = pick(rng, (*colours, readable(back), WHITE))
                shape(sheet, at, step * rng.uniform(0.2, 0.34) / (n + 1), fill)
    return sheet.image


def poster(rng: Rng, size: Size) -> Image.Image:
    """Large type on flat or shaded colour with shapes: a poster, a slide, a cover, a banner."""
    ground, second, third = palette(rng, 3)
    sheet = Canvas(rng, size, ground)
    if rng.random() < 0.4:
        _shade(sheet, ground, second)
    for _ in range(int(rng.integers(0, 6))):
        at = (rng.uniform(0, sheet.wide), rng.uniform(0, sheet.high))
        shape(sheet, at, min(size) * rng.uniform(0.05, 0.5), pick(rng, (second, third)))
    face, ink, edge = pick(rng, FACES), pick(rng, (WHITE, BLACK, third)), sheet.px(5)
    y, room = sheet.high * rng.uniform(0.05, 0.4), sheet.wide - 2 * edge
    for _ in range(int(rng.integers(1, 5))):
        text = sheet.words(1, 2)
        text = text.upper() if rng.random() < 0.6 else text
        height = min(room / max(font(face, 100).getlength(text), 1) * 100, sheet.high * 0.25)
        sheet.write((edge, y), text, height * rng.uniform(0.6, 1), face, ink)
        y += height * 1.15
    if rng.random() < 0.7:
        below = (edge, y + edge, edge + room * rng.uniform(0.4, 1), sheet.high - edge)
        sheet.paragraph(below, sheet.unit * rng.uniform(1.6, 3), pick(rng, FACES), ink)
    return sheet.image


def _shade(sheet: Canvas, top: Colour, bottom: Colour) -> None:
    """Runs the ground from one colour to another."""
    mask = Image.linear_gradient("L").resize(sheet.image.size)
    if sheet.rng.random() < 0.5:
        mask = Image.linear_gradient("L").rotate(90).resize(sheet.image.size)
    sheet.image.paste(Image.new("RGB", sheet.image.size, bottom), mask=mask)


def pattern(rng: Rng, size: Size) -> Image.Image:
    """A repeating ornament, stripes, checks or a flat landscape of layered hills."""
    sheet, colours = Canvas(rng, size), palette(rng, 5)
    if rng.random() < 0.45:
        _shade(sheet, colours[0], colours[1])
        sheet.disc(
            (rng.uniform(0, sheet.wide), sheet.high * 0.3), sheet.unit * rng.uniform(4, 14), WHITE
        )
        across = np.linspace(0, sheet.wide, 60)
        for n in range(int(rng.integers(2, 6))):
            line = np.full(60, sheet.high * (0.45 + n * 0.12))
            for k in (1, 3):
                bends, start = rng.uniform(2, 25), rng.uniform(0, 6)
                line += np.sin(across / sheet.wide * bends + start) / k * sheet.unit * 4
            points = [(float(x), float(y)) for x, y in zip(across, line, strict=True)]
            hill = mix(colours[2], colours[3], n / 5)
            sheet.pen.polygon([(0.0, float(sheet.high)), *points, (sheet.wide, sheet.high)], hill)
        return sheet.image
    step, seed = sheet.unit * rng.uniform(5, 16), int(rng.integers(1 << 30))
    for row in range(int(sheet.high / step) + 2):
        for column in range(int(sheet.wide / step) + 2):
            sheet.rng = np.random.default_rng(seed + (row + column) % 2)  # the motif repeats
            shape(sheet, (column * step, row * step), step * 0.48, colours[(row + column) % 2])
            shape(sheet, (column * step, row * step), step * 0.25, colours[2 + row % 2])
    return sheet.image


def square_code(rng: Rng, size: Size) -> Image.Image:
    """A square of black and white cells with three corner marks, as scanners read."""
    back = WHITE if rng.random() < 0.6 else hue(rng, light=(0.6, 1))
    sheet, ink = (
        Canvas(rng, size, back),
        BLACK if rng.random() < 0.7 else hue(rng, light=(0.05, 0.4)),
    )
    count, side = int(rng.integers(21, 58)), min(size) * rng.uniform(0.5, 0.92)
    left, top, step = (
        (sheet.wide - side) / 2,
        (sheet.high - side) * rng.uniform(0.2, 0.6),
        side / count,
    )
    cells = rng.random((count, count)) < 0.5
    for corner in ((0, 0), (0, count - 7), (count - 7, 0)):
        y, x = corner
        cells[max(y - 1, 0) : y + 8, max(x - 1, 0) : x + 8] = False
        cells[y : y + 7, x : x + 7] = True
        cells[y + 1 : y + 6, x + 1 : x + 6] = False
        cells[y + 2 : y + 5, x + 2 : x + 5] = True
    bits = Image.fromarray(np.where(cells, 255, 0).astype(np.uint8))
    mask = bits.resize((int(side), int(side)), Image.Resampling.NEAREST)
    sheet.image.paste(Image.new("RGB", mask.size, ink), (int(left), int(top)), mask)
    if rng.random() < 0.5:
        sheet.write((left, top + side + step), sheet.words(2, 4), step * 2.5, "sans", ink)
    return sheet.image
